-- One row per month, mode, scheme and account item (`all` for the total): income due and arrived,
-- expense, balance and budget of the fund.
{% set measures = [
    'fund_due', 'fund_arrived', 'fund_income', 'fund_interest', 'fund_expense', 'fund_reserve',
    'fund_opening_balance', 'fund_closing_balance',
] -%}
{% set measure_list = "'" ~ measures | join("', '") ~ "'" -%}
with cells as (
    select *
    from {{ ref('measure_value') }}
    where breakdown in ('none', 'account_item')
),

mart_fund as (
    select
        period,
        period_mode,
        region_code,
        insutype,
        breakdown_value as account_item,
        {% for measure in measures -%}
        max(case when measure = '{{ measure }}' then value end) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from cells
    where measure in ({{ measure_list }})
    group by period, period_mode, region_code, insutype, breakdown_value
)

select * from mart_fund
