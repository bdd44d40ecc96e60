-- Semantics 4: a linked reversal stands in the same person, place, scheme, institution, tier, class
-- and flags as its original, with opposite sign and bed days, so that the pair cancels in every
-- breakdown.
{% set alike = [
    'person_key', 'county', 'township', 'insutype', 'inst_code', 'service_tier', 'location',
    'service_class', 'is_two_disease', 'payment_method', 'setl_channel', 'credential_type',
    'is_unreferred', 'is_readmitted',
] -%}
with settlements as (select * from {{ ref('fct_settlement') }}),

reversals as (
    select *
    from settlements
    where reversed_setl_id is not null
),

reversals_cancel as (
    select
        reversals.setl_id,
        reversals.reversed_setl_id
    from reversals
    left join settlements as originals on reversals.reversed_setl_id = originals.setl_id
    where
        originals.setl_id is null
        or not originals.has_reversal
        or reversals.sign <> -originals.sign
        or reversals.bed_days is distinct from -originals.bed_days
        {%- for column in alike %}
        or reversals.{{ column }} is distinct from originals.{{ column }}
        {%- endfor %}
)

select * from reversals_cancel
