-- Insurance years are the unit of work of persons: what is built of a year is what its enrollments
-- and contributions now are, whether this run built the year or an earlier one did.
{% set models = [
    'int_enrollment', 'int_residence', 'int_contribution', 'int_contribution_span', 'int_coverage_span',
    'int_payer_span', 'int_payer_change', 'int_payer_match', 'int_payment',
] -%}
with states as (select * from {{ ref('int_insurance_year') }}),

built as (
    {%- for model in models %}
    select distinct
        '{{ model }}' as model,
        year,
        year_fingerprint
    from {{ ref(model) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

built_rows as (
    select year from {{ ref('int_enrollment') }}
    union all
    select year from {{ ref('int_contribution') }}
),

counted as (
    select
        year,
        count(*) as built_rows
    from built_rows
    group by year
),

years_are_current as (
    select
        built.model,
        year,
        built.year_fingerprint,
        states.fingerprint
    from built
    full outer join states using (year)
    where built.year_fingerprint is distinct from states.fingerprint
    union all
    select
        'rows' as model,
        year,
        cast(counted.built_rows as string) as year_fingerprint,
        cast(states.landed_rows as string) as fingerprint
    from counted
    full outer join states using (year)
    where counted.built_rows is distinct from states.landed_rows
)

select * from years_are_current
