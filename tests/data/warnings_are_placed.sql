-- Every warning on a row of a person counts once by file and once by township.
with counts as (select * from {{ ref('warning_count') }}),

summed as (
    select
        rule_code,
        dataset,
        sum(case when scope = 'file' then rows else 0 end) as by_file,
        sum(case when scope = 'township' then rows else 0 end) as by_township
    from counts
    where
        dataset in (
            'enrollment', 'contribution', 'settlement', 'settlement_item', 'priority_roster'
        )
    group by rule_code, dataset
),

warnings_are_placed as (
    select *
    from summed
    where by_file <> by_township
)

select * from warnings_are_placed
