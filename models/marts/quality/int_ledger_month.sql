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

int_ledger_month as (
    select
        sides.kind,
        sides.insutype,
        sides.period,
        periods.year,
        periods.month_no,
        cast(sum(sides.left_value) as decimal(38, 4)) as left_value,
        cast(sum(sides.right_value) as decimal(38, 4)) as right_value
    from sides
    inner join periods on sides.period = periods.period
    group by sides.kind, sides.insutype, sides.period, periods.year, periods.month_no
)

select * from int_ledger_month
