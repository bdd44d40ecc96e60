-- One row per warning on a row that is used and flagged, found in staging or later (semantics 2).
with staged as (
    select staged.*
    from {{ ref('int_row_fault') }} as staged
    where
        staged.level = 'warning'
        and not exists (
            select 1
            from {{ ref('int_row_exclusion') }} as exclusion
            where
                exclusion.dataset = staged.dataset
                and {{ same_row('exclusion', 'staged') }}
        )
),

int_row_warning as (
    select
        dataset,
        {{ lineage_columns() | join(', ') }},
        level,
        rule_code,
        field,
        value_masked
    from staged
    {%- for subject in ['settlement', 'item', 'enrollment'] %}
    union all
    select * from {{ ref('int_' ~ subject ~ '__warning') }}
    {%- endfor %}
)

select * from int_row_warning
