-- One row per dataset, year, month, scheme and fate of the rows: how many, and their amounts. A
-- contribution is of its insurance year and of the month in which it was paid. Books are compared
-- with it, and months are looked for in it, without another pass over the rows.
{% set periods = dataset_periods() -%}
{% set of_parents = parent_datasets() -%}
with exclusions as (select * from {{ ref('int_row_exclusion') }}),

settlements as (
    select
        setl_id as parent_id,
        cast(setl_time as date) as day,
        insutype
    from {{ accepted('settlement') }} as accepted_settlement
),

inspections as (
    select
        inspection_id as parent_id,
        inspected_on as day,
        cast(null as string) as insutype
    from {{ accepted('inspection') }} as accepted_inspection
),

{% for dataset in datasets() if dataset not in of_parents -%}
{% set place = periods.get(dataset, {}) -%}
{{ dataset }}_volume as (
    select
        '{{ dataset }}' as dataset,
        cast({{ place.get('year', 'null') }} as bigint) as year,
        cast({{ place.get('day', 'null') }} as date) as day,
        cast({{ place.get('insutype', 'null') }} as string) as insutype,
        case
            when staged._quarantined then 'quarantined'
            else coalesce(exclusions.status, 'accepted')
        end as fate,
        count(*) as rows,
        sum({{ main_amount_of(dataset) }}) as amount,
        sum({{ place.get('fund', 'cast(null as decimal(18, 4))') }}) as fund_amount
    from {{ ref('stg_' ~ dataset) }} as staged
    left join exclusions
        on
            exclusions.dataset = '{{ dataset }}'
            and {{ same_row('staged', 'exclusions') }}
    group by all
),

{% endfor -%}
-- items by settlement: the accepted ones are added up already
settlement_item_part as (
    select
        setl_id as parent_id,
        'accepted' as fate,
        items as rows,
        item_cost as amount
    from {{ ref('int_settlement__items') }}
    union all
    select
        setl_id as parent_id,
        'quarantined' as fate,
        1 as rows,
        amount
    from {{ ref('stg_settlement_item') }}
    where _quarantined
    union all
    select
        staged.setl_id as parent_id,
        exclusions.status as fate,
        1 as rows,
        staged.amount
    from exclusions
    inner join {{ ref('stg_settlement_item') }} as staged
        on
            exclusions.dataset = 'settlement_item'
            and {{ same_row('exclusions', 'staged') }}
),

inspection_finding_part as (
    select
        staged.inspection_id as parent_id,
        case
            when staged._quarantined then 'quarantined'
            else coalesce(exclusions.status, 'accepted')
        end as fate,
        1 as rows,
        staged.violation_amount as amount
    from {{ ref('stg_inspection_finding') }} as staged
    left join exclusions
        on
            exclusions.dataset = 'inspection_finding'
            and {{ same_row('staged', 'exclusions') }}
),

{% for dataset, parent in of_parents.items() -%}
{{ dataset }}_volume as (
    select
        '{{ dataset }}' as dataset,
        cast(null as bigint) as year,
        parents.day,
        parents.insutype,
        parts.fate,
        sum(parts.rows) as rows,
        sum(parts.amount) as amount,
        cast(null as decimal(38, 4)) as fund_amount
    from {{ dataset }}_part as parts
    left join {{ parent }}s as parents on parts.parent_id = parents.parent_id
    group by parents.day, parents.insutype, parts.fate
),

{% endfor -%}
-- by day before by month: a month is a text, and costly to make for every row
days as (
    {%- for dataset in (datasets() + of_parents.keys() | list) | unique %}
    select * from {{ dataset }}_volume
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

int_dataset_volume as (
    select
        dataset,
        coalesce(year, cast(year(day) as bigint)) as year,
        {{ month_of('day') }} as month,
        insutype,
        fate,
        cast(sum(rows) as bigint) as rows,
        cast(sum(amount) as decimal(38, 4)) as amount,
        cast(sum(fund_amount) as decimal(38, 4)) as fund_amount
    from days
    group by all
)

select * from int_dataset_volume
