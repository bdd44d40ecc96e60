-- One row per check of two books: kind, subject, period and measure (账实、人票款、账账相符).
{% set books = ['control_total', 'contribution', 'ledger', 'settlement'] -%}
with books as (
    {%- for book in books %}
    select
        {{ reconciliation_columns() | join(',\n        ') }}
    from {{ ref('int_reconciliation__' ~ book) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

measured as (
    select
        *,
        coalesce(left_value, 0) - coalesce(right_value, 0) as difference
    from books
),

judged as (
    select
        *,
        case
            -- where keys are compared, sums that happen to be equal prove nothing
            when differing_keys is null and {{ agrees('difference') }} then 'equal'
            when differing_keys = 0 and left_value is not null and right_value is not null
                then 'equal'
            when cause is not null then 'timing'
            when left_value is null then 'missing_left'
            when right_value is null then 'missing_right'
            else 'differs'
        end as status
    from measured
),

reconciliation as (
    select
        kind,
        dataset,
        subject,
        period,
        insutype,
        measure,
        left_name_zh,
        right_name_zh,
        left_value,
        right_value,
        cast(difference as decimal(38, 4)) as difference,
        status,
        case when status = 'timing' then cause end as cause,
        coalesce(
            differing_keys,
            case when status = 'equal' or measure = 'amount_ytd' then 0 else 1 end
        ) as differing_keys,
        case
            when status = 'equal' then '相符'
            when cause = 'late_posting' then '跨期入账：' || right_name_zh || '迟记，合起来相符'
            when cause = 'early_posting' then '跨期入账：' || right_name_zh || '早记，合起来相符'
            when status = 'missing_left' then left_name_zh || '没有数据'
            when status = 'missing_right' then right_name_zh || '没有数据'
            when difference > 0 then left_name_zh || '大于' || right_name_zh
            when difference < 0 then left_name_zh || '小于' || right_name_zh
            else '合计相等，逐笔不符'
        end
        || coalesce('；' || remark_zh, '') as note_zh
    from judged
)

select * from reconciliation
