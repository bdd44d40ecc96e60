-- One row per well-formed row of a key that may count otherwise than at some issue: all versions of
-- these few keys. No copy of rows is kept when a report is issued: which sheets it was made from is
-- enough.
{% set periods = dataset_periods() -%}
with keys as (select * from {{ ref('int_issue__key') }}),

{% for dataset in compared_datasets() %}
{% set names = contract_fields(dataset) | map(attribute='name') | list -%}
{% set place = periods.get(dataset, {}) -%}
{% set month = row_month_of(dataset) -%}
{% set reversal = is_reversal() if dataset == 'settlement' else 'false' -%}
{% set counted -%}
{{ "coalesce(valid_flag <> '0', true)" if dataset == 'settlement' else 'true' }}
{%- endset -%}
{{ dataset }}_version as (
    select
        '{{ dataset }}' as dataset,
        staged._file_id,
        staged._sheet,
        staged._row,
        keys.row_key,
        {{ record_key_of(dataset) }} as record_key,
        {{ content_of(dataset) }} as content,
        {{ month }} as month,
        coalesce(
            {{ 'cast(staged.year as string)' if 'year' in names else 'cast(null as string)' }},
            left({{ month }}, 4)
        ) as year,
        {{ 'region_code' if 'region_code' in names else 'cast(null as string)' }} as region_code,
        {{ place.get('insutype', 'cast(null as string)') }} as insutype,
        {{ 'certno_mask' if 'certno' in names else 'cast(null as string)' }} as certno_mask,
        {{ 'updt_time' if 'updt_time' in names else 'cast(null as timestamp)' }} as updated_at,
        {{ counted }} as is_counted,
        {{ reversal }} as is_reversal,
        {{ 'original_setl_id' if dataset == 'settlement' else 'cast(null as string)' }}
            as reversed_key,
        cast(
            case when {{ reversal }} and {{ main_amount_of(dataset) }} > 0 then -1 else 1 end
            * {{ main_amount_of(dataset) }} as decimal(38, 4)
        ) as amount,
        cast(
            case when {{ reversal }} and {{ main_amount_of(dataset) }} > 0 then -1 else 1 end
            * {{ place.get('fund', 'cast(null as decimal(18, 4))') }} as decimal(38, 4)
        ) as fund_amount
    from {{ ref('stg_' ~ dataset) }} as staged
    inner join keys on keys.dataset = '{{ dataset }}' and {{ row_key_of(dataset) }} = keys.row_key
    {{ with_parents(dataset) }}
    where not staged._quarantined
),

{% endfor -%}
int_issue__version as (
    {%- for dataset in compared_datasets() %}
    select * from {{ dataset }}_version
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from int_issue__version
