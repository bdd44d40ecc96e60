{{ built_by('month', 'int_settlement__month') }}
-- One row per month, county, township, scheme, service tier and institution: every settlement and
-- item measure of measures.csv, and who paid the inpatients' cost, at the finest grain at which it
-- can be added up.
{% set measures = dict(settlement_measures(), **payment_layers()) -%}
with settlements as (
    select *
    from {{ ref('fct_settlement') }}
    where month in {{ changed('month', ref('int_settlement__month')) }}
),

measure_settlement as (
    select
        month,
        county,
        township,
        insutype,
        service_tier,
        inst_code,
        {% for name, measure in measures.items() -%}
        cast(coalesce(sum({{ amount_measured(measure) }}), 0) as {{ measured_type(measure) }})
            as {{ name }},
        {% endfor -%}
        month_fingerprint
    from settlements
    group by month, county, township, insutype, service_tier, inst_code, month_fingerprint
)

select * from measure_settlement
