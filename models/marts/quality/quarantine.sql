-- One row per fault of a quarantined row, as it goes back to who sent the file: where, what, and
-- what to do (semantics 2).
with faults as (
    select *
    from {{ ref('int_row_fault') }}
    where level = 'record'
),

{{ fault_message_ctes() }}

quarantine as (
    {{ faults_with_messages('faults') }}
)

select * from quarantine
