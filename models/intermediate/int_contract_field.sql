-- One row per field of the input contract, with its Chinese header.
with int_contract_field as (
    {%- for dataset in datasets() %}
    {%- set dataset_loop = loop %}
    {%- for field in contract_fields(dataset) %}
    select
        '{{ dataset }}' as dataset,
        '{{ contract_of(dataset).config.meta.zh if execute }}' as dataset_zh,
        '{{ field.name }}' as field,
        '{{ field.zh }}' as field_zh
    {%- if not (loop.last and dataset_loop.last) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
)

select * from int_contract_field
