{{ built_by('month', 'int_settlement__month') }}
-- One row per effective settlement: signed amounts, person, place and flags. A reversal is a row of
-- its own month with sign -1.
with resolved as (
    select *
    from {{ ref('int_settlement__resolved') }}
    where month in {{ changed('month', ref('int_settlement__month')) }}
),

landed as (select * from {{ ref('stg_settlement') }}),

fct_settlement as (
    select
        resolved.setl_id,
        resolved.month,
        resolved.sign,
        resolved.reversed_setl_id,
        resolved.has_reversal,
        resolved.person_key,
        resolved.psn_no,
        landed.certno_mask,
        landed.psn_name_mask,
        resolved.county,
        resolved.township,
        resolved.is_enrolled,
        resolved.insutype,
        resolved.med_type,
        resolved.service_class,
        resolved.is_two_disease,
        resolved.inst_code,
        resolved.is_registered,
        resolved.location,
        resolved.service_tier,
        resolved.begin_date,
        resolved.end_date,
        resolved.sign * resolved.bed_days as bed_days,
        landed.setl_time,
        resolved.payment_method,
        resolved.setl_channel,
        resolved.credential_type,
        landed.disease_code,
        landed.diagnosis_code,
        resolved.is_unreferred,
        resolved.is_readmitted,
        {% for amount in settlement_amounts() -%}
        case
            when resolved.is_negated then -landed.{{ amount }}
            else landed.{{ amount }}
        end as {{ amount }},
        {% endfor -%}
        resolved.items,
        resolved.item_cost,
        resolved.item_drug_cost,
        resolved.item_material_cost,
        {{ lineage_columns() | map('replace', '_', 'resolved._', 1) | join(',\n        ') }},
        resolved.month_fingerprint
    from resolved
    inner join landed
        on {{ same_row('resolved', 'landed') }}
)

select * from fct_settlement
