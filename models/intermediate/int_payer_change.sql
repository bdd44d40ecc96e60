{{ built_by('year', 'int_insurance_year') }}
-- One row per insurance year, ten-day of payment, township and scheme in which the number of payers
-- changed: who reaches a net contribution above 0 adds 1, who falls back to 0 takes 1 away. Added
-- up to a month's end it is the number of int_payer_span: employee before resident, each once.
with contributions as (
    select *
    from {{ ref('int_contribution') }}
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

paid as (
    select
        person_key,
        year,
        family,
        ten_day_no,
        month_no,
        -- the township is one for a person's year and family; of several schemes the first
        min(township) as township,
        min(scheme) as scheme,
        sum(total_amount) as net_amount
    from contributions
    group by person_key, year, family, ten_day_no, month_no
),

running as (
    select
        person_key,
        year,
        family,
        ten_day_no,
        township,
        min(scheme) over (partition by person_key, year, family, month_no) as scheme,
        sum(net_amount) over (
            partition by person_key, year, family
            order by ten_day_no
        ) > 0 as is_paid,
        lead(ten_day_no) over (
            partition by person_key, year, family
            order by ten_day_no
        ) as next_ten_day_no,
        min(family) over (partition by person_key, year)
        = max(family) over (partition by person_key, year) as is_single
    from paid
),

-- only persons who paid in several scheme families are looked at family by family
moments as (
    select distinct
        person_key,
        year,
        ten_day_no
    from running
    where not is_single
),

ranked as (
    select
        moments.person_key,
        moments.year,
        moments.ten_day_no,
        running.township,
        running.scheme,
        row_number() over (
            partition by moments.person_key, moments.year, moments.ten_day_no
            order by case running.family when 'employee' then 1 when 'resident' then 2 else 3 end
        ) as family_rank
    from moments
    left join running
        on
            moments.person_key = running.person_key
            and moments.year = running.year
            and moments.ten_day_no >= running.ten_day_no
            and moments.ten_day_no < coalesce(running.next_ten_day_no, moments.ten_day_no + 1)
            and running.is_paid
),

states as (
    select
        person_key,
        year,
        ten_day_no,
        case when is_paid then township end as township,
        case when is_paid then scheme end as scheme
    from running
    where is_single
    union all
    select
        person_key,
        year,
        ten_day_no,
        township,
        scheme
    from ranked
    where family_rank = 1
),

followed as (
    select
        person_key,
        year,
        ten_day_no,
        township,
        scheme,
        lag(township) over (
            partition by person_key, year
            order by ten_day_no
        ) as previous_township,
        lag(scheme) over (
            partition by person_key, year
            order by ten_day_no
        ) as previous_scheme
    from states
),

changes as (
    select
        year,
        ten_day_no,
        township,
        scheme,
        1 as persons
    from followed
    where scheme is not null
    union all
    select
        year,
        ten_day_no,
        previous_township as township,
        previous_scheme as scheme,
        -1 as persons
    from followed
    where previous_scheme is not null
),

int_payer_change as (
    select
        year,
        ten_day_no,
        township,
        scheme,
        sum(persons) as persons
    from changes
    group by year, ten_day_no, township, scheme
    having sum(persons) <> 0
)

{{ with_fingerprint('int_payer_change', 'year', ref('int_insurance_year')) }}
