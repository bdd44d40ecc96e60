-- One row per field of the input contract, with its Chinese header.
with int_contract_field (dataset, dataset_zh, field, field_zh) as (
    values
    {%- for dataset in datasets() %}
    {%- set last_dataset = loop.last %}
    {%- for field in contract_fields(dataset) %}
    (
        '{{ dataset }}',
        '{{ contract_of(dataset).config.meta.zh }}',
        '{{ field.name }}',
        '{{ field.zh }}'
    ){{ ',' if not (loop.last and last_dataset) }}
    {%- endfor %}
    {%- endfor %}
)

select * from int_contract_field
