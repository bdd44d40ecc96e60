-- Semantics 2: by year, month and scheme stand the same rows and amounts of each fate as by file.
{% set fates = ['accepted', 'quarantined', 'duplicate', 'superseded'] -%}
with volumes as (select * from {{ ref('int_dataset_volume') }}),

files as (select * from {{ ref('file_conservation') }}),

by_file as (
    {%- for fate in fates %}
    select
        dataset,
        '{{ fate }}' as fate,
        sum({{ fate }}_rows) as rows,
        sum({{ fate }}_amount) as amount
    from files
    group by dataset
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

by_month as (
    select
        dataset,
        fate,
        sum(rows) as rows,
        coalesce(sum(amount), 0) as amount
    from volumes
    group by dataset, fate
),

volumes_conserved as (
    select
        by_file.dataset,
        by_file.fate,
        by_file.rows as rows_by_file,
        by_month.rows as rows_by_month,
        by_file.amount as amount_by_file,
        by_month.amount as amount_by_month
    from by_file
    left join by_month on by_file.dataset = by_month.dataset and by_file.fate = by_month.fate
    where
        by_file.rows <> coalesce(by_month.rows, 0)
        or by_file.amount <> coalesce(by_month.amount, 0)
)

select * from volumes_conserved
