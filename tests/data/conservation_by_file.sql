-- Semantics 2, nothing lost: for every dataset and landed file, file_conservation states the rows
-- of landing's ledger, and the accepted rows and their main amount, counted row by row, are what it
-- reaches by subtraction. Rows that belong to no landed file fail too.
with files as (select * from {{ ref('stg_file') }}),

stated as (select * from {{ ref('file_conservation') }}),

accepted as (
    {%- for dataset in datasets() %}
    {%- set amount = contract_of(dataset).config.meta.main_amount if execute %}
    select
        '{{ dataset }}' as dataset,
        _file_id,
        _sheet,
        count(*) as accepted_rows,
        sum({{ amount or 'cast(0 as decimal(18, 4))' }}) as accepted_amount
    from {{ accepted(dataset) }} as accepted_{{ dataset }}
    group by _file_id, _sheet
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
    select
        dataset,
        coalesce(files.label, accepted._file_id) as file,
        files.landed_rows,
        coalesce(accepted.accepted_rows, 0) as accepted_rows,
        coalesce(accepted.accepted_amount, 0) as accepted_amount
    from files
    full outer join accepted using (dataset, _file_id, _sheet)
),

conservation_by_file as (
    select
        dataset,
        file,
        counted.landed_rows as ledger_rows,
        stated.landed_rows,
        counted.accepted_rows as counted_rows,
        stated.accepted_rows,
        counted.accepted_amount as counted_amount,
        stated.accepted_amount
    from counted
    full outer join stated using (dataset, file)
    where
        counted.landed_rows is distinct from stated.landed_rows
        or counted.accepted_rows is distinct from stated.accepted_rows
        or counted.accepted_amount is distinct from stated.accepted_amount
)

select * from conservation_by_file
