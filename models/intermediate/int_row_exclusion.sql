-- One row per landed row that is well formed but does not count: an exact duplicate, or superseded
-- by a newer row of its key (semantics 2). Whole rows are compared only where a key repeats.
with files as (select * from {{ ref('stg_file') }}),

{% for dataset in datasets() %}
{% set fields = contract_fields(dataset) -%}
{% set keys = fields | selectattr('key') | map(attribute='name') | join(', ') -%}
{% set has_updated = fields | selectattr('name', 'equalto', 'updt_time') | list -%}
{{ dataset }}_repeated as (
    select {{ keys }}
    from {{ ref('stg_' ~ dataset) }}
    where not _quarantined
    group by {{ keys }}
    having count(*) > 1
),

{{ dataset }}_ranked as (
    select
        '{{ dataset }}' as dataset,
        {{ lineage_columns() | join(', ') }},
        {{ row_key_of(dataset) }} as row_key,
        {{ content_of(dataset) }} as content,
        {{ 'updt_time' if has_updated else 'cast(null as timestamp)' }} as updated_at
    from {{ ref('stg_' ~ dataset) }} as staged
    inner join {{ dataset }}_repeated using ({{ keys }})
    where not staged._quarantined
),

{% endfor -%}
repeated as (
    {%- for dataset in datasets() %}
    select * from {{ dataset }}_ranked
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

placed as (
    select
        repeated.*,
        files.batch,
        files.file
    from repeated
    inner join files using (_file_id, _sheet)
),

within_content as (
    select
        *,
        row_number() over (
            partition by dataset, row_key, content
            order by updated_at desc nulls last, batch desc, file desc, _sheet desc, _row desc
        ) as copy_rank
    from placed
),

within_key as (
    select
        *,
        row_number() over (
            partition by dataset, row_key
            order by updated_at desc nulls last, batch desc, file desc, _sheet desc, _row desc
        ) as version_rank
    from within_content
    where copy_rank = 1
),

int_row_exclusion as (
    select
        dataset,
        {{ lineage_columns() | join(', ') }},
        'duplicate' as status
    from within_content
    where copy_rank > 1
    union all
    select
        dataset,
        {{ lineage_columns() | join(', ') }},
        'superseded' as status
    from within_key
    where version_rank > 1
)

select * from int_row_exclusion
