-- One row per cell and measure of the fund ledger. It knows no township: it holds for the county,
-- or for the city above several.
{% set contributed = "direction = 'income' and account_item in ("
    ~ "'personal', 'employer', 'central', 'province', 'city', 'county', 'aid')" -%}
{% set flows = {
    'fund_due': "case when " ~ contributed ~ " then amount_due end",
    'fund_arrived': "case when " ~ contributed ~ " then amount end",
    'fund_income': "case when direction = 'income' then amount end",
    'fund_interest': "case when direction = 'income' and account_item = 'interest' then amount end",
    'fund_expense': "case when direction = 'expense' then amount end",
    'fund_reserve': "case when direction = 'reserve' then amount end",
} -%}
with entries as (select * from {{ ref('fct_fund_entry') }}),

periods as (select * from {{ ref('int_period') }}),

schemes as (select * from {{ ref('dim_scheme') }}),

top_region as (
    select distinct region_code
    from {{ ref('int_region_rollup') }}
    where is_top
),

-- each entry in its own month, and in every year to date that covers it
covered as (
    select
        periods.period,
        'month' as period_mode,
        entries.*
    from entries
    inner join periods on entries.month = periods.period
    union all
    select
        periods.period,
        'ytd' as period_mode,
        entries.*
    from entries
    inner join periods on entries.year = periods.year and entries.month <= periods.period
),

flows as (
    select
        period,
        period_mode,
        coalesce(insutype, 'all') as insutype,
        case when grouping(account_item) = 0 then 'account_item' else 'none' end as breakdown,
        coalesce(account_item, 'all') as breakdown_value,
        {% for name, amount in flows.items() -%}
        coalesce(sum({{ amount }}), 0) as {{ name }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from covered
    group by grouping sets (
        (period, period_mode),
        (period, period_mode, insutype),
        (period, period_mode, account_item),
        (period, period_mode, insutype, account_item)
    )
),

-- a balance needs an opening entry of its year; the total needs that of every scheme (semantics 7)
openings as (
    select
        year,
        insutype,
        sum(amount) as fund_opening_balance
    from entries
    where direction = 'opening'
    group by year, insutype
),

totals as (
    select
        year,
        sum(fund_opening_balance) as fund_opening_balance
    from openings
    group by year
),

opening_or_missing as (
    select
        periods.period,
        periods.year,
        schemes.insutype,
        openings.fund_opening_balance
    from periods
    cross join schemes
    left join openings on periods.year = openings.year and schemes.insutype = openings.insutype
    where schemes.insutype <> 'all'
),

balances as (
    select
        period,
        insutype,
        fund_opening_balance
    from opening_or_missing
    union all
    select
        opening_or_missing.period,
        'all' as insutype,
        case
            when count(*) = count(opening_or_missing.fund_opening_balance)
                then max(totals.fund_opening_balance)
        end as fund_opening_balance
    from opening_or_missing
    left join totals using (year)
    group by opening_or_missing.period
),

balance_cells as (
    select
        balances.period,
        'ytd' as period_mode,
        balances.insutype,
        'none' as breakdown,
        'all' as breakdown_value,
        balances.fund_opening_balance,
        balances.fund_opening_balance
        + coalesce(flows.fund_income, 0)
        - coalesce(flows.fund_expense, 0) as fund_closing_balance
    from balances
    left join flows
        on
            balances.period = flows.period
            and flows.period_mode = 'ytd'
            and balances.insutype = flows.insutype
            and flows.breakdown = 'none'
    where balances.fund_opening_balance is not null
),

{% for name in ['flows', 'balance_cells'] -%}
{{ name }}_placed as (
    select
        {{ name }}.*,
        top_region.region_code
    from {{ name }}
    cross join top_region
),

{% endfor -%}
int_cell__fund as (
    {{ measures_as_rows('flows_placed', flows.keys() | list) }}
    union all
    {{ measures_as_rows('balance_cells_placed', ['fund_opening_balance', 'fund_closing_balance']) }}
)

select * from int_cell__fund
