-- One row per kind of check, scheme and reported month in which either side has something: what was
-- paid in against the ledger's income, and what the fund paid against the ledger's expense (账账).
-- Paid in counts as for collect_rate, from January of its insurance year on. Not compared: income
-- from the treasury and from interest, expense of accounts, and what is not for treatment.
with periods as (select * from {{ ref('int_period') }}),

contributions as (select * from {{ ref('int_contribution') }}),

settlements as (select * from {{ ref('measure_settlement') }}),

entries as (select * from {{ ref('fct_fund_entry') }}),

sides as (
    select
        'contribution_ledger' as kind,
        contributions.scheme as insutype,
        periods.period,
        contributions.total_amount as left_value,
        cast(null as decimal(38, 4)) as right_value
    from contributions
    inner join periods on contributions.month_no = periods.month_no
    union all
    select
        'settlement_ledger' as kind,
        insutype,
        month as period,
        all_fund as left_value,
        cast(null as decimal(38, 4)) as right_value
    from settlements
    union all
    select
        case direction
            when 'income' then 'contribution_ledger' else 'settlement_ledger'
        end as kind,
        insutype,
        month as period,
        cast(null as decimal(38, 4)) as left_value,
        amount as right_value
    from entries
    where
        (direction = 'income' and account_item in ('personal', 'employer', 'aid'))
        or (direction = 'expense' and account_item not in ('family_account', 'other_expense'))
),

summed as (
    select
        kind,
        insutype,
        period,
        sum(left_value) as left_value,
        sum(right_value) as right_value
    from sides
    group by kind, insutype, period
),

-- nothing in a month that was delivered is 0, else it is missing (semantics 7)
{% set deliveries = {
    'contribution': ['contributions', 'year'],
    'settlement': ['settlements', 'month'],
    'ledger': ['entries', 'month'],
} -%}
{% for name, (relation, column) in deliveries.items() -%}
{{ name }}_delivered as (
    select distinct {{ column }}
    from {{ relation }}
),

{% endfor -%}
int_ledger_month as (
    select
        summed.kind,
        summed.insutype,
        summed.period,
        periods.year,
        periods.month_no,
        cast(
            case
                when
                    (
                        summed.kind = 'contribution_ledger'
                        and contribution_delivered.year is not null
                    )
                    or (
                        summed.kind = 'settlement_ledger'
                        and settlement_delivered.month is not null
                    )
                    then coalesce(summed.left_value, 0)
            end as decimal(38, 4)
        ) as left_value,
        cast(
            case when ledger_delivered.month is not null then coalesce(summed.right_value, 0) end
            as decimal(38, 4)
        ) as right_value
    from summed
    inner join periods on summed.period = periods.period
    left join contribution_delivered on periods.year = contribution_delivered.year
    left join settlement_delivered on periods.period = settlement_delivered.month
    left join ledger_delivered on periods.period = ledger_delivered.month
)

select * from int_ledger_month
