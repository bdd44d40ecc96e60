{{ built_by('year', 'int_insurance_year') }}
-- One row per accepted enrollment row, with its person, its scheme family, the months of its year
-- in which it is effective at month end, and its rank among the rows of that person (semantics 3).
with enrollment as (
    select *
    from {{ accepted('enrollment') }} as accepted_enrollment
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

persons as (select * from {{ ref('int_person') }}),

identified as (
    select
        enrollment.*,
        coalesce(persons.person_key, 'psn:' || enrollment.psn_no) as person_key,
        left(enrollment.region_code, 6) as county,
        {{ township_of('enrollment.region_code') }} as township,
        {{ village_of('enrollment.region_code') }} as village,
        {{ bucketed('enrollment.insutype', 'enrollment', 'insutype') }} as scheme,
        {{ scheme_family('enrollment.insutype') }} as family,
        coalesce(enrollment.psn_type = '12' or enrollment.insutype = '340', false) as is_exempt,
        case
            when enrollment.status = '1' then enrollment.end_date
            when enrollment.status in ('2', '4')
                then coalesce(enrollment.end_date, cast(enrollment.updt_time as date))
        end as stopped_on,
        coalesce(enrollment.certno_check = 'ok', false) as has_certificate,
        enrollment.birth_date is not null as has_birth_date,
        enrollment.household_no is not null as has_household
    from enrollment
    left join persons using (psn_no)
),

spanned as (
    select
        *,
        greatest({{ month_number('begin_date') }}, year * 12 + 1) as first_month,
        -- a month counts where its last day is before the stop: the months before the month of the
        -- stop
        least(
            coalesce({{ month_number('stopped_on') }} - 1, year * 12 + 12),
            year * 12 + 12
        ) as last_month,
        coalesce(
            status = '1' or (status in ('2', '4') and stopped_on is not null), false
        ) as can_be_effective
    from identified
),

int_enrollment as (
    select
        person_key,
        county,
        township,
        village,
        scheme,
        family,
        year,
        psn_no,
        insutype,
        status,
        is_exempt,
        can_be_effective and first_month <= last_month as is_effective,
        first_month,
        last_month,
        has_certificate,
        has_birth_date,
        has_household,
        row_number() over (
            partition by person_key, year
            order by
                case family when 'employee' then 1 when 'resident' then 2 else 3 end,
                begin_date desc, updt_time desc nulls last, psn_no asc, insutype asc
        ) as person_rank,
        count(*) over (partition by person_key, year) as person_rows,
        -- where a person lives: the order of semantics 3 for the township of a settlement, after
        -- the scheme family
        row_number() over (
            partition by person_key, year
            order by
                case when status = '1' then 1 else 2 end,
                begin_date desc, updt_time desc nulls last, psn_no asc, insutype asc
        ) as residence_rank
    from spanned
)

{{ with_fingerprint('int_enrollment', 'year', ref('int_insurance_year')) }}
