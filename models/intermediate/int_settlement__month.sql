-- One row per month of settlements: the fingerprint of all that its facts depend on (months are the
-- unit of work). A landed row never changes, so of its own fields only its place is looked at: the
-- state of a month costs little, however long the history.
with states as (
    select
        month,
        {{ lineage_columns() | join(', ') }},
        original_row,
        reversed_setl_id,
        has_reversal,
        person_key,
        township,
        is_enrolled,
        is_registered,
        inst_region,
        location,
        service_tier,
        is_unreferred,
        is_readmitted,
        items,
        own_item_cost,
        item_cost,
        item_drug_cost,
        item_material_cost
    from {{ ref('int_settlement__itemized') }}
),

resolutions as (
    select
        month,
        {{ row_fingerprint('states') }} as resolution
    from states
),

int_settlement__month as (
    select
        month,
        count(*) as settlements,
        {{ combined_fingerprint('resolution') }} as fingerprint
    from resolutions
    group by month
)

select * from int_settlement__month
