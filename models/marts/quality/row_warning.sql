-- One row per warning on a row that is used and flagged (semantics 2).
with warnings as (select * from {{ ref('int_row_warning') }}),

{{ fault_message_ctes() }}

row_warning as (
    {{ faults_with_messages('warnings') }}
)

select * from row_warning
