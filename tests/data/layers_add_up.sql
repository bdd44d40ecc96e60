-- Who paid: the layers of a row add up to the inpatients' cost exactly, and each is the sum of its
-- column over the settlements, looked up a second time.
{% set columns = {
    'ip_pool': 'pool_pay', 'ip_large_amount': 'large_amount_pay',
    'ip_catastrophic_only': 'catastrophic_pay', 'ip_civil_servant': 'civil_servant_pay',
    'ip_aid': 'aid_pay', 'ip_other': 'other_pay', 'ip_cash': 'cash_pay',
    'ip_account': 'coalesce(account_pay, 0) + coalesce(mutual_account_pay, 0)',
    'ip_catastrophic': 'coalesce(catastrophic_pay, 0) + coalesce(large_amount_pay, 0)',
} -%}
with marts as (select * from {{ ref('mart_compensation') }}),

settlements as (
    select settlements.*
    from {{ ref('fct_settlement') }} as settlements
    inner join {{ ref('dim_period') }} as periods on settlements.month = periods.period
    where settlements.service_class in ('inpatient', 'maternity_inpatient')
),

looked_up as (
    select
        'all' as place,
        {% for layer, column in columns.items() -%}
        sum({{ column }}) as {{ layer }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from settlements
),

shown as (
    select
        'all' as place,
        {% for layer in columns -%}
        sum({{ layer }}) as {{ layer }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from marts
),

added_up as (
    select
        period || ' ' || township || ' ' || insutype || ' ' || inst_code as place,
        ip_cost,
        ip_pool + ip_large_amount + ip_catastrophic_only + ip_civil_servant + ip_aid + ip_other
        + ip_account + ip_cash + ip_unexplained as layers
    from marts
),

layers_add_up as (
    select
        place,
        'ip_cost' as layer,
        ip_cost as expected,
        layers as found
    from added_up
    where ip_cost <> layers
    {%- for layer in columns %}
    union all
    select
        place,
        '{{ layer }}' as layer,
        looked_up.{{ layer }} as expected,
        shown.{{ layer }} as found
    from looked_up
    inner join shown using (place)
    where coalesce(looked_up.{{ layer }}, 0) <> coalesce(shown.{{ layer }}, 0)
    {%- endfor %}
)

select * from layers_add_up
