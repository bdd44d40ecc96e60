-- One row per cell and participation measure: the state at the period's last day, the same for the
-- month and the year to date.
{% set measures = [
    'insured_persons', 'insured_resident_persons', 'insured_unpaid_persons',
    'double_covered_persons', 'contribution_persons', 'contribution_amount',
] -%}
with participation as (select * from {{ ref('measure_participation') }}),

rollup_of as (select * from {{ ref('int_region_rollup') }}),

modes as (
    select 'month' as period_mode
    union all
    select 'ytd' as period_mode
),

regions as (
    select
        participation.*,
        rollup_of.region_code
    from participation
    inner join rollup_of on participation.county = rollup_of.county
    union all
    select
        participation.*,
        participation.township as region_code
    from participation
),

summed as (
    select
        period,
        region_code,
        coalesce(insutype, 'all') as insutype,
        {% for measure in measures -%}
        sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from regions
    group by grouping sets ((period, region_code), (period, region_code, insutype))
),

cells as (
    select
        summed.*,
        modes.period_mode,
        'none' as breakdown,
        'all' as breakdown_value
    from summed
    cross join modes
),

int_cell__participation as (
    {{ measures_as_rows('cells', measures) }}
)

select * from int_cell__participation
