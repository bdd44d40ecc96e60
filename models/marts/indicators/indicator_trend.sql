-- One row per indicator value, beside the same period of last year (同比), the previous month (环比),
-- the target and its completion, and the alert it raises. Changes of a ratio are in percentage
-- points, of an amount or count in per cent (semantics 7). One idea in the order of its CTEs: a
-- cell beside its bases (compared), how far it is from each (changed), the rules broken (alerts).
with cells as (select * from {{ ref('indicator_value') }}),

periods as (select * from {{ ref('int_period') }}),

indicators as (select * from {{ ref('indicator') }}),

targets as (select * from {{ accepted('target') }} as accepted_target),

rules as (select * from {{ ref('alert_rule') }}),

terms as (select * from {{ ref('int_indicator_term') }}),

-- a rate over a repeated denominator raises alerts for all schemes together only
repeated as (
    select distinct indicator_code
    from terms
    where part_of_ratio = 'denominator' and is_repeated
),

-- for these the dataset's target is the denominator, not a value to reach
denominated as (
    select distinct indicator_code
    from terms
    where is_target
),

compared as (
    select
        cells.*,
        indicators.unit,
        indicators.direction,
        periods.month,
        last_year.value as last_year_value,
        previous.value as previous_value,
        case
            when
                denominated.indicator_code is null
                and cells.insutype = 'all'
                and cells.breakdown = 'none'
                then coalesce(targets.target_value, indicators.default_target)
            when {{ scheme_family('cells.insutype') }} = 'employee'
                then coalesce(indicators.employee_target, indicators.default_target)
            else indicators.default_target
        end as target_value
    from cells
    inner join indicators on cells.indicator_code = indicators.code
    inner join periods using (period)
    {% for name, at in [('last_year', 'last_year_period'), ('previous', 'previous_period')] -%}
    left join cells as {{ name }}
        on
            {{ name }}.period = periods.{{ at }}
            {%- for column in cell_key() + ['indicator_code'] if column != 'period' %}
            and {{ name }}.{{ column }} = cells.{{ column }}
            {%- endfor %}
    {% endfor -%}
    left join denominated on cells.indicator_code = denominated.indicator_code
    left join targets
        on
            cells.indicator_code = targets.indicator_code
            and cells.region_code = targets.region_code
            and periods.year = targets.year
),

changed as (
    select
        *,
        {% for base in ['last_year', 'previous'] -%}
        -- a base that is 0 or missing gives no change, of a ratio neither (semantics 7)
        case
            when unit = 'percent'
                then case when {{ base }}_value <> 0 then value - {{ base }}_value end
            else {{ exact_ratio('(value - ' ~ base ~ '_value)', base ~ '_value', 100, places=10) }}
        end as {{ base }}_change,
        {% endfor -%}
        case
            when direction in ('higher', 'none') and target_value > 0
                then {{ exact_ratio('value', 'target_value', 100, places=10) }}
        end as completion,
        -- by the exact value; a target without a direction is one to compare with, not one to reach
        case
            when direction = 'higher' and value >= target_value then 'met'
            when direction = 'lower' and value <= target_value then 'met'
            when direction = 'band' and value between 0 and target_value then 'met'
            when direction <> 'none' and value is not null and target_value is not null
                then 'missed'
        end as target_status
    from compared
),

alerts as (
    select
        {% for column in cell_key() -%}
        changed.{{ column }},
        {% endfor -%}
        changed.indicator_code,
        rules.level,
        rules.message_zh,
        row_number() over (
            partition by changed.{{ (cell_key() + ['indicator_code']) | join(', changed.') }}
            order by rules.level asc, rules.message_zh asc
        ) as weight
    from changed
    inner join rules
        on
            changed.indicator_code = rules.indicator_code
            and (
                rules.breakdown is null
                or (
                    changed.breakdown = rules.breakdown
                    and changed.breakdown_value = rules.breakdown_value
                )
            )
    left join repeated on changed.indicator_code = repeated.indicator_code
    where
        changed.status in ('ok', 'net_reversal')
        and (repeated.indicator_code is null or changed.insutype = 'all')
        and case rules.comparator
            when '>' then {{ alert_metric() }} > {{ alert_threshold() }}
            when '<' then {{ alert_metric() }} < {{ alert_threshold() }}
        end
),

indicator_trend as (
    select
        {% for column in cell_key() -%}
        changed.{{ column }},
        {% endfor -%}
        changed.indicator_code,
        changed.value,
        changed.status,
        changed.last_year_value,
        changed.last_year_change,
        changed.previous_value,
        changed.previous_change,
        changed.target_value,
        changed.completion,
        changed.target_status,
        alerts.level as alert_level,
        alerts.message_zh as alert_zh
    from changed
    left join alerts
        on
            alerts.weight = 1
            {%- for column in cell_key() + ['indicator_code'] %}
            and alerts.{{ column }} = changed.{{ column }}
            {%- endfor %}
)

select * from indicator_trend
