-- Semantics 2: every quarantined row of a file stands in the quarantine list with at least one
-- fault, so that it can go back to who sent it.
with stated as (select * from {{ ref('file_conservation') }}),

listed as (
    select
        dataset,
        file,
        count(distinct row) as listed_rows
    from {{ ref('quarantine') }}
    group by dataset, file
),

quarantine_is_whole as (
    select
        dataset,
        file,
        coalesce(stated.quarantined_rows, 0) as quarantined_rows,
        coalesce(listed.listed_rows, 0) as listed_rows
    from stated
    full outer join listed using (dataset, file)
    where coalesce(stated.quarantined_rows, 0) <> coalesce(listed.listed_rows, 0)
)

select * from quarantine_is_whole
