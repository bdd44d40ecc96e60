-- One row per main indicator, county (or the city above several) and month with a value: whether it
-- left its usual range, and whether a written reason tolerates that.
with limited as (select * from {{ ref('int_indicator__usual') }}),

tolerances as (select * from {{ ref('tolerance') }}),

-- of several reasons that hold the newest, of these the one for the region
excused as (
    select
        limited.indicator_code,
        limited.region_code,
        limited.period,
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
    group by limited.indicator_code, limited.region_code, limited.period
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
            limited.indicator_code = excused.indicator_code
            and limited.region_code = excused.region_code
            and limited.period = excused.period
)

select * from indicator_drift
