-- One row per warning on a row that is used and flagged (semantics 2).
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
                and exclusion._file_id = staged._file_id
                and exclusion._sheet = staged._sheet
                and exclusion._row = staged._row
        )
),

warnings as (
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
),

{{ fault_message_ctes() }}

row_warning as (
    {{ faults_with_messages('warnings') }}
)

select * from row_warning
