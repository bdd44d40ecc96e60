-- One row per fault of a quarantined row, as it goes back to who sent the file: where, what, what
-- to do, and what came of the row since (semantics 2).
with record_faults as (
    select *
    from {{ ref('int_row_fault') }}
    where level = 'record'
),

quarantined_rows as (select * from {{ ref('int_quarantined_row') }}),

faults as (
    select
        record_faults.*,
        quarantined_rows.record_key,
        coalesce(quarantined_rows.status, 'open') as status,
        quarantined_rows.corrected_file,
        quarantined_rows.corrected_row
    from record_faults
    left join quarantined_rows
        on
            record_faults.dataset = quarantined_rows.dataset
            and {{ same_row('record_faults', 'quarantined_rows') }}
),

{{ fault_message_ctes() }}

quarantine as (
    {{ faults_with_messages(
        'faults', ['record_key', 'status', 'corrected_file', 'corrected_row']
    ) }}
)

select * from quarantine
