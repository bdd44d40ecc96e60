-- One row per main indicator, county (or the city above several) and month with a value, all
-- schemes together: against the median of the up to 12 months before, where there are at least 6.
-- The month's own value where the catalogue has one, else the year to date. The limit is 4.5 median
-- absolute deviations (3 standard deviations of a normal spread), at least 5 per cent of the usual
-- value.
{% set cell = ['indicator_code', 'region_code', 'period'] -%}
with cells as (select * from {{ ref('indicator_value') }}),

periods as (select * from {{ ref('int_period') }}),

counties as (
    select distinct region_code
    from {{ ref('int_region_rollup') }}
),

indicators as (
    select
        code,
        case when {{ lists('modes', "'month'") }} then 'month' else 'ytd' end as period_mode
    from {{ ref('indicator') }}
    where headline is not null
),

readings as (
    select
        cells.indicator_code,
        cells.region_code,
        cells.period,
        periods.month_no,
        cells.period_mode,
        cells.value
    from cells
    inner join indicators
        on cells.indicator_code = indicators.code and cells.period_mode = indicators.period_mode
    inner join counties on cells.region_code = counties.region_code
    inner join periods on cells.period = periods.period
    where
        cells.insutype = 'all'
        and cells.breakdown = 'none'
        and cells.value is not null
),

earlier as (
    select
        readings.indicator_code,
        readings.region_code,
        readings.period,
        before.value
    from readings
    inner join readings as before
        on
            readings.indicator_code = before.indicator_code
            and readings.region_code = before.region_code
            and before.month_no between readings.month_no - 12 and readings.month_no - 1
),

usual as (
    {{ medians('earlier', cell, 'value') }}
),

deviations as (
    select
        {% for column in cell -%}
        earlier.{{ column }},
        {% endfor -%}
        abs(earlier.value - usual.median) as deviation
    from earlier
    inner join usual
        on
            earlier.indicator_code = usual.indicator_code
            and earlier.region_code = usual.region_code
            and earlier.period = usual.period
),

spread as (
    {{ medians('deviations', cell, 'deviation') }}
),

int_indicator__usual as (
    select
        readings.indicator_code,
        readings.region_code,
        readings.period,
        readings.period_mode,
        readings.value,
        usual.median as usual,
        readings.value - usual.median as deviation,
        greatest(
            {{ exact_ratio('(spread.median * 9)', '2', places=10) }},
            {{ exact_ratio('abs(usual.median)', '20', places=10) }}
        ) as limit_value
    from readings
    left join usual
        on
            usual.numbers >= 6
            {%- for column in cell %}
            and readings.{{ column }} = usual.{{ column }}
            {%- endfor %}
    left join spread
        on
            usual.indicator_code = spread.indicator_code
            and usual.region_code = spread.region_code
            and usual.period = spread.period
)

select * from int_indicator__usual
