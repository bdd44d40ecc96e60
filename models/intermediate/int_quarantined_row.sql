-- One row per quarantined row whose key can be read: under which key it came, and what a later
-- batch made of it (semantics 2): corrected, at fault again, or nothing.
with files as (select * from {{ ref('stg_file') }}),

faults as (select * from {{ ref('int_row_fault') }}),

{% for dataset in datasets() %}
{% set fields = contract_fields(dataset) | selectattr('key') | map(attribute='name') | list -%}
{% set keys = fields | join(', ') -%}
{% set key_names = "'" ~ fields | join("', '") ~ "'" -%}
{{ dataset }}_keyed as (
    select
        '{{ dataset }}' as dataset,
        {{ lineage_columns() | join(', ') }},
        {{ keys }},
        {{ record_key_of(dataset) }} as record_key
    from {{ ref('stg_' ~ dataset) }} as staged
    where
        staged._quarantined
        -- a fault of the key itself, or of the whole row, whose values stand in the wrong columns
        and not exists (
            select 1
            from faults
            where
                faults.dataset = '{{ dataset }}'
                and faults.field in ('', {{ key_names }})
                and {{ same_row('faults', 'staged') }}
        )
),

{{ dataset }}_come_again as (
    select
        keyed.dataset,
        keyed._file_id,
        keyed._sheet,
        keyed._row,
        staged._file_id as new_file_id,
        staged._sheet as new_sheet,
        staged._row as new_row
    from {{ ref('stg_' ~ dataset) }} as staged
    inner join {{ dataset }}_keyed as keyed using ({{ keys }})
    where not staged._quarantined
),

{% endfor -%}
keyed as (
    {%- for dataset in datasets() %}
    select
        dataset,
        {{ lineage_columns() | join(', ') }},
        record_key
    from {{ dataset }}_keyed
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

come_again as (
    {%- for dataset in datasets() %}
    select * from {{ dataset }}_come_again
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- the first row that came is named, so that a correction once told stays as it was told
corrections as (
    select
        come_again.*,
        new_files.label as corrected_file,
        row_number() over (
            partition by
                come_again.dataset,
                come_again._file_id,
                come_again._sheet,
                come_again._row
            order by new_files.batch, new_files.file, come_again.new_sheet, come_again.new_row
        ) as correction_rank
    from come_again
    inner join files as old_files
        on
            come_again._file_id = old_files._file_id
            and come_again._sheet = old_files._sheet
    inner join files as new_files
        on
            come_again.new_file_id = new_files._file_id
            and come_again.new_sheet = new_files._sheet
    where new_files.batch > old_files.batch
),

-- an export that is cumulative brings its faults with it: the newest delivery stands for them all
newest as (
    select
        keyed.*,
        files.batch < max(files.batch) over (
            partition by keyed.dataset, keyed.record_key
        ) as came_again
    from keyed
    inner join files
        on
            keyed._file_id = files._file_id
            and keyed._sheet = files._sheet
),

int_quarantined_row as (
    select
        newest.dataset,
        newest._file_id,
        newest._sheet,
        newest._row,
        newest.record_key,
        case
            when corrections.corrected_file is not null then 'corrected'
            when newest.came_again then 'repeated'
            else 'open'
        end as status,
        corrections.corrected_file,
        corrections.new_row as corrected_row
    from newest
    left join corrections
        on
            newest.dataset = corrections.dataset
            and {{ same_row('newest', 'corrections') }}
            and corrections.correction_rank = 1
)

select * from int_quarantined_row
