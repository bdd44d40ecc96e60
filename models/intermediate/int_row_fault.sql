-- One row per fault that staging found in a landed row: record faults of quarantined rows, warnings
-- of the others (semantics 2).
with flagged as (
    {%- for dataset in datasets() %}
    select
        '{{ dataset }}' as dataset,
        {{ lineage_columns() | join(', ') }},
        _quarantined,
        _faults
    from {{ ref('stg_' ~ dataset) }}
    where _faults is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

split as (
    {{ split_rows(
        'flagged',
        ['dataset'] + lineage_columns() + ['_quarantined'],
        '_faults',
        fault_separator()
    ) }}
),

named as (
    select
        dataset,
        {{ lineage_columns() | join(', ') }},
        _quarantined,
        {{ part_of('part', fault_part_separator(), 1) }} as level,
        {{ part_of('part', fault_part_separator(), 2) }} as rule_code,
        {{ part_of('part', fault_part_separator(), 3) }} as field,
        {{ part_of('part', fault_part_separator(), 4) }} as value_masked
    from split
),

int_row_fault as (
    select *
    from named
    where _quarantined = (level = 'record')
)

select * from int_row_fault
