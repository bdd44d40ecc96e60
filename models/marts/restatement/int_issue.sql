-- One row per issued period that is reported: its newest issue, with which it is compared.
with issues as (select * from {{ ref('stg_issue') }}),

periods as (select * from {{ ref('dim_period') }}),

ranked as (
    select
        issues.*,
        row_number() over (
            partition by issues.period
            order by issues.issued_at desc, issues.issue desc
        ) as issue_rank
    from issues
    inner join periods on issues.period = periods.period
),

int_issue as (
    select
        issue,
        period,
        left(period, 4) as year,
        status,
        issued_at
    from ranked
    where issue_rank = 1
)

select * from int_issue
