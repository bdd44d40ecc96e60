-- One row per issue of a report.
with issues as (select * from {{ source('issued', 'issue') }}),

stg_issue as (
    select
        issue,
        period,
        region_code,
        product,
        status,
        run_id,
        cast(dated as date) as dated,
        issued_at
    from issues
)

select * from stg_issue
