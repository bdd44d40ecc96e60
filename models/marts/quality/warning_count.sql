-- One row per rule, dataset and place: how many accepted rows are warned of, by file, by township
-- and by institution. A row counts once for each rule that it breaks.
with warnings as (select * from {{ ref('row_warning') }}),

placed as (select * from {{ ref('int_warning__placed') }}),

regions as (select * from {{ ref('dim_region') }}),

institutions as (select * from {{ ref('dim_institution') }}),

-- several fields of a row may break one rule
by_file as (
    select
        rule_code,
        'file' as scope,
        file as scope_code,
        file as scope_name,
        dataset,
        count(distinct row) as rows
    from warnings
    group by rule_code, file, dataset
),

by_township as (
    select
        placed.rule_code,
        'township' as scope,
        placed.township as scope_code,
        max(coalesce(
            regions.region_name,
            case when placed.township like '______000' then '未知乡镇' else placed.township end
        )) as scope_name,
        placed.dataset,
        count(*) as rows
    from placed
    left join regions on placed.township = regions.region_code
    where placed.township is not null
    group by placed.rule_code, placed.township, placed.dataset
),

by_institution as (
    select
        placed.rule_code,
        'institution' as scope,
        placed.inst_code as scope_code,
        max(coalesce(institutions.inst_name, placed.inst_code)) as scope_name,
        placed.dataset,
        count(*) as rows
    from placed
    left join institutions on placed.inst_code = institutions.inst_code
    where placed.inst_code is not null
    group by placed.rule_code, placed.inst_code, placed.dataset
),

warning_count as (
    select * from by_file
    union all
    select * from by_township
    union all
    select * from by_institution
)

select * from warning_count
