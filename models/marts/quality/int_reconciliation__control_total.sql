-- One row per accepted control total: what the book states against the accepted rows of its dataset,
-- period and scheme (账实). An unknown dataset, or a measure that it does not have, finds nothing.
with controls as (select * from {{ accepted('control_total') }} as accepted_control),

volumes as (select * from {{ ref('int_dataset_volume') }}),

persons as (select * from {{ ref('int_control_total__person') }}),

datasets as (
    select distinct
        dataset,
        dataset_zh
    from {{ ref('int_contract_field') }}
),

counted as (
    select
        controls.control_id,
        volumes.fate,
        case controls.measure
            when 'rows' then cast(volumes.rows as decimal(38, 4))
            when 'amount' then volumes.amount
            when 'fund_amount' then volumes.fund_amount
        end as value
    from controls
    inner join volumes
        on
            controls.dataset = volumes.dataset
            and (
                controls.period = cast(volumes.year as string)
                or controls.period = volumes.month
                or volumes.dataset in ('{{ registers() | join("', '") }}')
            )
            and (controls.insutype is null or controls.insutype = volumes.insutype)
),

summed as (
    select
        control_id,
        sum(case when fate = 'accepted' then value end) as accepted,
        sum(case when fate = 'quarantined' then value end) as quarantined,
        sum(case when fate <> 'accepted' then value end) as set_aside
    from counted
    group by control_id
),

compared as (
    select
        controls.*,
        datasets.dataset_zh,
        controls.value as stated,
        case
            when controls.measure = 'persons' then cast(persons.persons as decimal(38, 4))
            else summed.accepted
        end as found,
        summed.quarantined,
        summed.set_aside
    from controls
    left join summed on controls.control_id = summed.control_id
    left join persons on controls.control_id = persons.control_id
    left join datasets on controls.dataset = datasets.dataset
),

int_reconciliation__control_total as (
    select
        'control_total' as kind,
        dataset,
        control_id as subject,
        period,
        coalesce(insutype, 'all') as insutype,
        measure,
        coalesce(source, '') || '账面数' as left_name_zh,
        '数仓采用的' || coalesce(dataset_zh, dataset)
        || {{ label_of('measure', 'control_total', 'measure') }} as right_name_zh,
        cast(stated as decimal(38, 4)) as left_value,
        cast(found as decimal(38, 4)) as right_value,
        cast(null as string) as cause,
        cast(null as bigint) as differing_keys,
        case
            when dataset_zh is null then '控制数的数据集名称不认识'
            when {{ agrees('stated - found') }} then cast(null as string)
            when {{ agrees('stated - found - set_aside') }}
                then '差额等于这一期隔离、重复和被替代的行'
            when {{ agrees('stated - found - quarantined') }} then '差额等于这一期隔离的行'
        end as remark_zh
    from compared
)

select * from int_reconciliation__control_total
