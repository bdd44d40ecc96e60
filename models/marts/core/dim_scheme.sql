-- One row per insurance scheme that enrollment holds, and `all`.
with enrollment as (select * from {{ ref('int_enrollment') }}),

schemes as (
    select distinct scheme
    from enrollment
),

dim_scheme as (
    select
        scheme as insutype,
        {{ label_of('scheme', 'enrollment', 'insutype') }} as insutype_zh,
        {{ scheme_family('scheme') }} as family
    from schemes
    union all
    select
        'all' as insutype,
        '全部险种' as insutype_zh,
        'all' as family
)

select * from dim_scheme
