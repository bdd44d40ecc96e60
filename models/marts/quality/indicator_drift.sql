-- One row per main indicator, county (or the city above several) and month with a value: against the
-- median of the up to 12 months before, all schemes together. The month's own value where the
-- catalogue has one, else the year to date. The limit is 4.5 median absolute deviations (3 standard
-- deviations of a normal spread), at least 5 per cent of the usual value; with fewer than 6 months
-- before, nothing is said.
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

tolerances as (select * from {{ ref('tolerance') }}),

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
            {% for column in cell -%}
            {{ 'and ' if not loop.first }}earlier.{{ column }} = usual.{{ column }}
            {% endfor %}
),

spread as (
    {{ medians('deviations', cell, 'deviation') }}
),

limited as (
    select
        readings.*,
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
            {% for column in cell -%}
            {{ 'and ' if not loop.first }}usual.{{ column }} = spread.{{ column }}
            {% endfor %}
),

-- of several reasons that hold the newest, of these the one for the region
excused as (
    select
        {% for column in cell -%}
        limited.{{ column }},
        {% endfor -%}
        max_by(
            tolerances.reason_zh,
            tolerances.from_period || coalesce(tolerances.region_code, '')
        ) as reason_zh
    from limited
    inner join tolerances
        on
            limited.indicator_code = tolerances.indicator_code
            and (
                tolerances.region_code is null or limited.region_code = tolerances.region_code
            )
            and limited.period between tolerances.from_period and tolerances.until_period
    where abs(limited.deviation) > limited.limit_value
    group by limited.{{ cell | join(', limited.') }}
),

indicator_drift as (
    select
        limited.period,
        limited.period_mode,
        limited.region_code,
        limited.indicator_code,
        limited.value,
        cast(limited.usual as decimal(38, 10)) as usual,
        cast(limited.deviation as decimal(38, 10)) as deviation,
        cast(limited.limit_value as decimal(38, 10)) as limit_value,
        case
            when limited.usual is null then 'no_history'
            when abs(limited.deviation) <= limited.limit_value then 'ok'
            when excused.reason_zh is null then 'drift'
            else 'tolerated'
        end as status,
        case
            when limited.usual is null then '之前有值的月份不足6个'
            when abs(limited.deviation) <= limited.limit_value then cast(null as string)
            when excused.reason_zh is not null then excused.reason_zh
            when limited.deviation > 0 then '明显高于以往，请核实并写明原因'
            else '明显低于以往，请核实并写明原因'
        end as reason_zh
    from limited
    left join excused
        on
            {% for column in cell -%}
            {{ 'and ' if not loop.first }}limited.{{ column }} = excused.{{ column }}
            {% endfor %}
)

select * from indicator_drift
