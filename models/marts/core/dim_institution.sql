-- One row per institution: the register, and those that only settlements name.
with register as (select * from {{ accepted('institution') }} as accepted_institution),

settlements as (select * from {{ ref('fct_settlement') }}),

unregistered as (
    select
        inst_code,
        min(service_tier) as service_tier
    from settlements
    where not is_registered
    group by inst_code
),

dim_institution as (
    select
        inst_code,
        inst_name,
        {{ bucketed('inst_type', 'institution', 'inst_type') }} as inst_type,
        hosp_level,
        {{ bucketed('service_tier', 'institution', 'service_tier') }} as service_tier,
        region_code,
        ownership,
        agreement_begin,
        agreement_end,
        status,
        true as is_registered
    from register
    union all
    select
        inst_code,
        '未登记机构 ' || inst_code as inst_name,
        cast(null as string) as inst_type,
        cast(null as string) as hosp_level,
        service_tier,
        cast(null as string) as region_code,
        cast(null as string) as ownership,
        cast(null as date) as agreement_begin,
        cast(null as date) as agreement_end,
        cast(null as string) as status,
        false as is_registered
    from unregistered
)

select * from dim_institution
