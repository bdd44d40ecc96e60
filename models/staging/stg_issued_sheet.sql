-- One row per issue and landed sheet that its run was made from.
with sheets as (select * from {{ source('issued', 'issued_sheet') }}),

stg_issued_sheet as (
    select
        issue,
        file_id as _file_id,
        sheet as _sheet,
        dataset
    from sheets
)

select * from stg_issued_sheet
