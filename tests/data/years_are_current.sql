-- Insurance years are the unit of work of persons: what is built of a year is what its enrollments
-- and contributions now are, whether this run built the year or an earlier one did.
{% set models = [
    'int_enrollment', 'int_residence', 'int_contribution', 'int_contribution_span', 'int_coverage_span',
    'int_payer_span', 'int_payer_change', 'int_payer_match', 'int_payment',
] -%}
{% set persons = 'count(distinct person_key)' -%}
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

reported as (select distinct year from {{ ref('int_period') }}),

enrollment as (select * from {{ ref('int_enrollment') }}),

contributions as (select * from {{ ref('int_contribution') }}),

payers as (
    select
        person_key,
        year,
        family
    from contributions
    group by person_key, year, family
    having sum(total_amount) > 0
),

payment_spans as (select * from {{ ref('int_contribution_span') }}),

landed as (
    select year from enrollment
    union all
    select year from contributions
),

-- what each model holds of a year, and what it is made from
counted as (
    {%- for model, found, source, expected, condition in [
        ('int_insurance_year', 'sum(landed_rows)', 'landed', 'count(*)', 'true'),
        ('int_residence', 'count(*)', 'enrollment', persons, 'true'),
        ('int_coverage_span', persons, 'enrollment', persons, 'is_effective'),
        ('int_contribution_span', persons, 'contributions', persons, 'month_no <= year * 12 + 12'),
        ('int_payer_span', persons, 'payment_spans', persons, 'is_paid'),
        ('int_payer_change', 'sum(persons)', 'payers', persons, 'true'),
        ('int_payer_match', 'count(case when is_payer then 1 end)', 'payers', 'count(*)', 'true'),
        ('int_payment', 'count(*)', 'contributions', 'count(*)', 'true'),
    ] %}
    select
        '{{ model }}' as model,
        year,
        {{ found }} as found,
        0 as expected
    from {{ ref(model) }}
    group by year
    union all
    select
        '{{ model }}' as model,
        year,
        0 as found,
        {{ expected }} as expected
    from {{ source }}
    where {{ condition }}
    group by year
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

compared as (
    select
        model,
        year,
        sum(expected) as expected,
        sum(found) as found
    from counted
    group by model, year
    having sum(expected) <> sum(found)
),

years_are_current as (
    select
        built.model,
        year,
        built.year_fingerprint as found,
        states.fingerprint as expected
    from built
    full outer join states using (year)
    where built.year_fingerprint is distinct from states.fingerprint
    union all
    -- a year that is not reported has no payments to compare, and nobody is followed month by month
    select
        compared.model,
        compared.year,
        cast(compared.found as string) as found,
        cast(compared.expected as string) as expected
    from compared
    left join reported on compared.year = reported.year
    where reported.year is not null or compared.model = 'int_insurance_year'
)

select * from years_are_current
