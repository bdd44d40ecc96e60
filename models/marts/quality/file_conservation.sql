-- One row per dataset and file (sheet of a workbook): landed = accepted + quarantined + duplicate +
-- superseded, by rows and by the main amount of the dataset (semantics 2).
with files as (select * from {{ ref('stg_file') }}),

exclusions as (select * from {{ ref('int_row_exclusion') }}),

landed as (
    {%- for dataset in datasets() %}
    {%- set amount = main_amount_of(dataset) %}
    select
        '{{ dataset }}' as dataset,
        _file_id,
        _sheet,
        count(*) as landed_rows,
        count(case when _quarantined then 1 end) as quarantined_rows,
        cast(sum({{ amount }}) as decimal(38, 4)) as landed_amount,
        cast(
            sum(case when _quarantined then {{ amount }} end) as decimal(38, 4)
        ) as quarantined_amount
    from {{ ref('stg_' ~ dataset) }}
    group by _file_id, _sheet
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

excluded as (
    {%- for dataset in datasets() %}
    {%- set amount = main_amount_of(dataset) %}
    select
        '{{ dataset }}' as dataset,
        exclusions._file_id,
        exclusions._sheet,
        count(case when exclusions.status = 'duplicate' then 1 end) as duplicate_rows,
        count(case when exclusions.status = 'superseded' then 1 end) as superseded_rows,
        cast(
            sum(case when exclusions.status = 'duplicate' then {{ amount }} end) as decimal(38, 4)
        ) as duplicate_amount,
        cast(
            sum(case when exclusions.status = 'superseded' then {{ amount }} end) as decimal(38, 4)
        ) as superseded_amount
    from exclusions
    inner join {{ ref('stg_' ~ dataset) }} as staged
        on
            exclusions.dataset = '{{ dataset }}'
            and {{ same_row('exclusions', 'staged') }}
    group by exclusions._file_id, exclusions._sheet
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

file_conservation as (
    select
        files.dataset,
        files.label as file,
        coalesce(landed.landed_rows, 0) as landed_rows,
        coalesce(landed.landed_rows, 0)
        - coalesce(landed.quarantined_rows, 0)
        - coalesce(excluded.duplicate_rows, 0)
        - coalesce(excluded.superseded_rows, 0) as accepted_rows,
        coalesce(landed.quarantined_rows, 0) as quarantined_rows,
        coalesce(excluded.duplicate_rows, 0) as duplicate_rows,
        coalesce(excluded.superseded_rows, 0) as superseded_rows,
        coalesce(landed.landed_amount, 0) as landed_amount,
        coalesce(landed.landed_amount, 0)
        - coalesce(landed.quarantined_amount, 0)
        - coalesce(excluded.duplicate_amount, 0)
        - coalesce(excluded.superseded_amount, 0) as accepted_amount,
        coalesce(landed.quarantined_amount, 0) as quarantined_amount,
        coalesce(excluded.duplicate_amount, 0) as duplicate_amount,
        coalesce(excluded.superseded_amount, 0) as superseded_amount
    from files
    left join landed using (dataset, _file_id, _sheet)
    left join excluded using (dataset, _file_id, _sheet)
)

select * from file_conservation
