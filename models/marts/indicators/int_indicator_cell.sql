-- One row per cell that is expected of an indicator (semantics 7): the catalogue says which modes,
-- regions, schemes and further breakdown; a cell without any row behind it is here all the same,
-- for missing is not zero.
with indicators as (select * from {{ ref('indicator') }}),

periods as (select * from {{ ref('int_period') }}),

regions as (select * from {{ ref('dim_region') }}),

schemes as (select * from {{ ref('dim_scheme') }}),

settlements as (select * from {{ ref('measure_settlement') }}),

budgets as (select * from {{ ref('int_budget') }}),

institutions as (select * from {{ ref('dim_institution') }}),

entries as (select * from {{ ref('fct_fund_entry') }}),

roster as (select * from {{ ref('int_priority') }}),

-- what was seen in the year
seen as (
    select distinct
        'service_tier' as breakdown,
        service_tier as breakdown_value,
        cast(left(month, 4) as bigint) as year
    from settlements
    union
    select distinct
        'inst' as breakdown,
        inst_code as breakdown_value,
        cast(left(month, 4) as bigint) as year
    from settlements
    union
    select distinct
        'inst' as breakdown,
        inst_code as breakdown_value,
        year
    from budgets
    union
    select distinct
        'service_tier' as breakdown,
        institutions.service_tier as breakdown_value,
        budgets.year
    from budgets
    inner join institutions using (inst_code)
    union
    select distinct
        'account_item' as breakdown,
        account_item as breakdown_value,
        year
    from entries
    union
    select distinct
        'group' as breakdown,
        roster.group_code as breakdown_value,
        periods.year
    from roster
    cross join periods
    union
    select distinct
        'inst_type' as breakdown,
        institutions.inst_type as breakdown_value,
        periods.year
    from institutions
    cross join periods
    where institutions.is_registered
),

modes as (
    select 'month' as period_mode
    union all
    select 'ytd' as period_mode
),

-- breakdown none: counties and townships; without `region` in the catalogue only the county (and
-- the city above several)
places as (
    select
        indicators.code as indicator_code,
        indicators.breakdowns,
        periods.period,
        periods.year,
        modes.period_mode,
        regions.region_code,
        regions.level,
        schemes.insutype
    from indicators
    cross join periods
    inner join modes
        on {{ lists('indicators.modes', 'modes.period_mode') }}
    inner join regions
        on regions.level <> 'township' or {{ lists('indicators.breakdowns', "'region'") }}
    inner join schemes
        on schemes.insutype = 'all' or {{ lists('indicators.breakdowns', "'insutype'") }}
),

int_indicator_cell as (
    select
        indicator_code,
        period,
        period_mode,
        region_code,
        insutype,
        'none' as breakdown,
        'all' as breakdown_value
    from places
    union all
    select
        places.indicator_code,
        places.period,
        places.period_mode,
        places.region_code,
        places.insutype,
        seen.breakdown,
        seen.breakdown_value
    from places
    inner join seen
        on
            places.year = seen.year
            and {{ lists('places.breakdowns', 'seen.breakdown') }}
            and (places.level <> 'township' or seen.breakdown = 'group')
    where seen.breakdown_value is not null
)

select * from int_indicator_cell
