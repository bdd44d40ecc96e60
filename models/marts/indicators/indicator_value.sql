-- One row per indicator and expected cell: numerator, denominator, value and status (semantics 7).
-- One idea in the order of its CTEs: what a cell's terms are and where each is looked up (sought),
-- what stands there (found), the terms added up to the two parts of the ratio (parts), which status
-- the cell has (stated), the parts that it may show (amounts), their ratio (valued).
with cells as (select * from {{ ref('int_indicator_cell') }}),

indicators as (select * from {{ ref('indicator') }}),

terms as (select * from {{ ref('int_indicator_term') }}),

measure_values as (select * from {{ ref('measure_value') }}),

targets as (select * from {{ accepted('target') }} as accepted_target),

deliveries as (select * from {{ ref('int_delivery') }}),

top_region as (
    select distinct region_code
    from {{ ref('int_region_rollup') }}
    where is_top
),

-- where a measure is looked up for a cell, and whether it has the dimensions of the cell at all
sought as (
    select
        cells.*,
        terms.part_of_ratio,
        terms.position,
        terms.operator,
        terms.measure,
        terms.dataset,
        terms.delivery_kind,
        terms.is_balance,
        terms.is_target,
        case
            when terms.is_scale then 'scale'
            when terms.has_region then cells.region_code
            else top_region.region_code
        end as at_region,
        case when terms.has_insutype then cells.insutype else 'all' end as at_insutype,
        case when terms.is_scale then 'none' else cells.breakdown end as at_breakdown,
        case when terms.is_scale then 'all' else cells.breakdown_value end as at_breakdown_value,
        terms.is_scale
        or (
            (terms.has_region or cells.region_code = top_region.region_code)
            and (cells.insutype = 'all' or terms.has_insutype or terms.is_repeated)
            and (
                cells.breakdown = 'none'
                or {{ lists('terms.dims', 'cells.breakdown', ', ') }}
            )
        ) as has_dimensions
    from cells
    inner join terms using (indicator_code)
    cross join top_region
),

-- a sum without rows is 0 where its dataset was delivered, else missing; a balance needs its
-- opening entry, a target the region that it names
found as (
    select
        sought.*,
        case
            when not sought.has_dimensions then null
            when sought.is_target then targets.target_value
            when sought.is_balance then measure_values.value
            when deliveries.dataset is not null then coalesce(measure_values.value, 0)
        end as value,
        sought.has_dimensions
        and (not sought.is_target or targets.target_value is not null) as holds,
        deliveries.dataset is not null
        and (not sought.is_balance or measure_values.value is not null) as is_delivered
    from sought
    left join measure_values
        on
            sought.measure = measure_values.measure
            and sought.period = measure_values.period
            and sought.period_mode = measure_values.period_mode
            and sought.at_region = measure_values.region_code
            and sought.at_insutype = measure_values.insutype
            and sought.at_breakdown = measure_values.breakdown
            and sought.at_breakdown_value = measure_values.breakdown_value
    left join targets
        on
            sought.is_target
            and sought.indicator_code = targets.indicator_code
            and sought.region_code = targets.region_code
            and cast(left(sought.period, 4) as bigint) = targets.year
            and sought.insutype = 'all'
    left join deliveries
        on
            sought.dataset = deliveries.dataset
            and sought.delivery_kind = deliveries.kind
            and sought.period = deliveries.period
            and sought.period_mode = deliveries.period_mode
),

-- the numerator's first measure decides whether anything was delivered
parts as (
    select
        indicator_code,
        {{ cell_key() | join(', ') }},
        {% for part in ['numerator', 'denominator'] -%}
        sum(case
            when part_of_ratio = '{{ part }}' and operator = '+' then value
            when part_of_ratio = '{{ part }}' and operator = '-' then -value
        end) as {{ part }}_sum,
        coalesce(max(case
            when part_of_ratio = '{{ part }}' and operator = '*' then value
        end), 1) as {{ part }}_scale,
        {% endfor -%}
        min(case when holds then 1 else 0 end) = 1 as holds,
        max(case
            when part_of_ratio = 'numerator' and position = 1 and is_delivered then 1
            else 0
        end) = 1 as is_delivered,
        max(case
            when part_of_ratio = 'numerator' and dataset in ('settlement', 'settlement_item') then 1
            else 0
        end) = 1 as may_reverse
    from found
    group by indicator_code, {{ cell_key() | join(', ') }}
),

stated as (
    select
        parts.*,
        indicators.unit
    from parts
    inner join indicators on parts.indicator_code = indicators.code
),

amounts as (
    select
        *,
        case
            when is_delivered then cast(numerator_sum * numerator_scale as decimal(38, 4))
        end as numerator,
        cast(denominator_sum * denominator_scale as decimal(38, 4)) as denominator
    from stated
),

valued as (
    select
        *,
        case
            when not is_delivered or not holds then cast(null as decimal(38, 10))
            when unit = 'percent' then {{ exact_ratio('numerator', 'denominator', 100) }}
            else {{ exact_ratio('numerator', 'denominator') }}
        end as value
    from amounts
),

indicator_value as (
    select
        {{ cell_key() | join(', ') }},
        indicator_code,
        numerator,
        denominator,
        value,
        case
            when not is_delivered then 'no_data'
            when not holds then 'no_dimension'
            when coalesce(denominator, 0) <= 0 then 'no_denominator'
            when may_reverse and numerator < 0 then 'net_reversal'
            else 'ok'
        end as status
    from valued
)

select * from indicator_value
