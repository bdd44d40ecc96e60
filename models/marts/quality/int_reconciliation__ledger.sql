-- One row per kind, scheme and month, and one for the year to date: a detail account against the
-- ledger. A month that differs is a matter of timing where two neighbouring months together agree,
-- where the ledger is a month behind or ahead, or where the year to date agrees again by then or
-- later; else the amount differs.
with months as (select * from {{ ref('int_ledger_month') }}),

{% set over_months = 'partition by kind, insutype order by month_no' -%}
measured as (
    select
        *,
        coalesce(left_value, 0) as detail,
        coalesce(right_value, 0) as ledger,
        coalesce(left_value, 0) - coalesce(right_value, 0) as difference
    from months
),

-- the months before and after, where they are the neighbours
neighboured as (
    select
        *,
        {% for name, move, distance in [('before', 'lag', -1), ('after', 'lead', 1)] -%}
        {% for value in ['detail', 'ledger', 'difference'] -%}
        case
            when {{ move }}(month_no) over ({{ over_months }}) = month_no + {{ distance }}
                then {{ move }}({{ value }}) over ({{ over_months }})
        end as {{ value }}_{{ name }},
        {% endfor -%}
        {% endfor -%}
        sum(left_value) over (
            partition by kind, insutype, year order by month_no
        ) as left_so_far,
        sum(right_value) over (
            partition by kind, insutype, year order by month_no
        ) as right_so_far,
        sum(difference) over (
            partition by kind, insutype, year order by month_no
        ) as difference_so_far
    from measured
),

cleared as (
    select
        *,
        min(abs(difference_so_far)) over (
            partition by kind, insutype, year order by month_no
            rows between current row and unbounded following
        ) <= 0.01 as is_cleared
    from neighboured
),

caused as (
    select
        *,
        case
            when {{ agrees('difference') }} then cast(null as string)
            when {{ agrees('difference + difference_after') }}
                then case when difference > 0 then 'late_posting' else 'early_posting' end
            when {{ agrees('difference + difference_before') }}
                then case when difference < 0 then 'late_posting' else 'early_posting' end
            when
                (detail <> 0 and {{ agrees('detail - ledger_after') }})
                or (ledger <> 0 and {{ agrees('ledger - detail_before') }})
                then 'late_posting'
            when
                (detail <> 0 and {{ agrees('detail - ledger_before') }})
                or (ledger <> 0 and {{ agrees('ledger - detail_after') }})
                then 'early_posting'
            -- what is open after this month, or was before the month that clears it
            when is_cleared
                then case
                    when difference_so_far > 0.01 then 'late_posting'
                    when difference_so_far < -0.01 then 'early_posting'
                    when difference < 0 then 'late_posting'
                    else 'early_posting'
                end
        end as cause,
        case
            when is_cleared and difference_so_far > 0.01 then 'late_posting'
            when is_cleared and difference_so_far < -0.01 then 'early_posting'
        end as cause_so_far
    from cleared
),

{% set names = {
    'contribution_ledger': ['contribution', '征缴明细', '基金台账的缴费收入'],
    'settlement_ledger': ['settlement', '结算的基金支付', '基金台账的待遇支出'],
} -%}
int_reconciliation__ledger as (
    {%- for measure, suffix, cause in [
        ('amount', 'value', 'cause'), ('amount_ytd', 'so_far', 'cause_so_far')
    ] %}
    select
        kind,
        {% for name in ['dataset', 'left_name_zh', 'right_name_zh'] -%}
        {% set position = loop.index0 -%}
        case kind
            {%- for kind, texts in names.items() %}
            when '{{ kind }}' then '{{ texts[position] }}'
            {%- endfor %}
        end as {{ name }},
        {% endfor -%}
        insutype as subject,
        period,
        insutype,
        '{{ measure }}' as measure,
        cast(left_{{ suffix }} as decimal(38, 4)) as left_value,
        cast(right_{{ suffix }} as decimal(38, 4)) as right_value,
        {{ cause }} as cause,
        cast(null as bigint) as differing_keys,
        cast(null as string) as remark_zh
    from caused
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from int_reconciliation__ledger
