-- Who paid: the layers of a row add up to the inpatients' cost exactly, and each is the sum of its
-- column over the settlements, looked up a second time.
{% set columns = {
    'ip_pool': 'pool_pay', 'ip_large_amount': 'large_amount_pay',
    'ip_catastrophic_only': 'catastrophic_pay', 'ip_civil_servant': 'civil_servant_pay',
    'ip_aid': 'aid_pay', 'ip_other': 'other_pay', 'ip_cash': 'cash_pay',
} -%}
with marts as (select * from {{ ref('mart_compensation') }}),

settlements as (
    select settlements.*
    from {{ ref('fct_settlement') }} as settlements
    inner join {{ ref('dim_period') }} as periods on settlements.month = periods.period
    where settlements.service_class in ('inpatient', 'maternity_inpatient')
),

layers_add_up as (
    select
        period || ' ' || township || ' ' || insutype || ' ' || inst_code as place,
        'ip_cost' as layer,
        ip_cost as expected,
        {{ columns.keys() | join(' + ') }} + ip_account + ip_unexplained as found
    from marts
    where ip_cost <> {{ columns.keys() | join(' + ') }} + ip_account + ip_unexplained
    {%- for layer, column in dict(
        columns, ip_account='coalesce(account_pay, 0) + coalesce(mutual_account_pay, 0)'
    ).items() %}
    union all
    select
        'all' as place,
        '{{ layer }}' as layer,
        expected,
        found
    from (select coalesce(sum({{ column }}), 0) as expected from settlements) as looked_up
    cross join (select coalesce(sum({{ layer }}), 0) as found from marts) as summed
    where expected <> found
    {%- endfor %}
    union all
    select
        'all' as place,
        'ip_catastrophic' as layer,
        sum(ip_catastrophic) as expected,
        sum(ip_large_amount + ip_catastrophic_only) as found
    from marts
    having sum(ip_catastrophic) <> sum(ip_large_amount + ip_catastrophic_only)
)

select * from layers_add_up
