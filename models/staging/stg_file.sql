-- One row per landed sheet, with the name under which the bureau knows it.
with ledger as (select * from {{ source('ledger', 'file') }}),

stg_file as (
    select
        file_id as _file_id,
        coalesce(sheet, '') as _sheet,
        dataset,
        file,
        case when sheet is null then file else file || '#' || sheet end as label,
        rows as landed_rows,
        batch,
        cast(modified_on as date) as modified_on
    from ledger
)

select * from stg_file
