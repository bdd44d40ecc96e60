{{ built_by('year', 'int_insurance_year') }}
-- One row per person, reported year and scheme family who paid (net above 0) or is enrolled and
-- effective in it: whether both agree (人). Those exempt from paying (semantics 3) are looked at
-- only where they paid. A year of which one side was not delivered is not comparable.
with years as (select distinct year from {{ ref('int_period') }}),

contributions as (
    select *
    from {{ ref('int_contribution') }}
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

enrollment as (
    select *
    from {{ ref('int_enrollment') }}
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

sides as (
    select
        person_key,
        year,
        family,
        scheme as paid_scheme,
        total_amount as paid,
        cast(null as string) as enrolled_scheme,
        cast(null as boolean) as is_exempt
    from contributions
    union all
    select
        person_key,
        year,
        family,
        cast(null as string) as paid_scheme,
        cast(null as decimal(18, 4)) as paid,
        scheme as enrolled_scheme,
        is_exempt
    from enrollment
    where is_effective
),

matched as (
    select
        sides.person_key,
        sides.year,
        sides.family,
        coalesce(min(sides.enrolled_scheme), min(sides.paid_scheme)) as insutype,
        coalesce(sum(sides.paid) > 0, false) as is_payer,
        count(sides.enrolled_scheme) > 0 as is_registered,
        count(case when not sides.is_exempt then 1 end) > 0 as should_pay
    from sides
    inner join years on sides.year = years.year
    group by sides.person_key, sides.year, sides.family
),

delivered as (
    select
        year,
        family,
        count(case when is_payer then 1 end) > 0 as has_payers,
        count(case when is_registered then 1 end) > 0 as has_registered
    from matched
    group by year, family
),

int_payer_match as (
    select
        matched.person_key,
        matched.year,
        matched.insutype,
        matched.is_payer,
        matched.is_registered,
        delivered.has_payers,
        delivered.has_registered
    from matched
    inner join delivered on matched.year = delivered.year and matched.family = delivered.family
    where matched.is_payer or matched.should_pay
)

{{ with_fingerprint('int_payer_match', 'year', ref('int_insurance_year')) }}
