-- One row per dataset: the share of its landed rows that are neither quarantined nor warned of.
with files as (select * from {{ ref('file_conservation') }}),

datasets as (
    select distinct dataset
    from {{ ref('int_contract_field') }}
),

warned as (
    select distinct
        dataset,
        {{ lineage_columns() | join(', ') }}
    from {{ ref('int_row_warning') }}
),

landed as (
    select
        dataset,
        sum(landed_rows) as landed_rows,
        sum(quarantined_rows) as quarantined_rows
    from files
    group by dataset
),

flagged as (
    select
        dataset,
        count(*) as warned_rows
    from warned
    group by dataset
),

counted as (
    select
        datasets.dataset,
        cast(coalesce(landed.landed_rows, 0) as bigint) as landed_rows,
        cast(coalesce(landed.quarantined_rows, 0) as bigint) as quarantined_rows,
        coalesce(flagged.warned_rows, 0) as warned_rows
    from datasets
    left join landed on datasets.dataset = landed.dataset
    left join flagged on datasets.dataset = flagged.dataset
),

dataset_score as (
    select
        *,
        {{ percent('landed_rows - quarantined_rows - warned_rows', 'landed_rows') }} as score
    from counted
)

select * from dataset_score
