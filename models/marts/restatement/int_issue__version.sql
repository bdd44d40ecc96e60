-- One row per well-formed row whose key a sheet brought that some issue did not have, or whose key
-- was superseded: all versions of the few keys that may have changed an issued month. No copy of
-- rows is kept when a report is issued: which sheets it was made from is enough.
{% set periods = dataset_periods() -%}
{% set parents = {
    'settlement_item': 'setl_id', 'inspection_finding': 'inspection_id'
} -%}
{% set own_days = {'enrollment': 'begin_date', 'priority_roster': 'listed_on'} -%}
{% set compared = datasets() | reject('equalto', 'control_total') | list -%}
with issues as (select * from {{ ref('int_issue') }}),

issued_sheets as (select * from {{ ref('stg_issued_sheet') }}),

files as (select * from {{ ref('stg_file') }}),

settlement_item_parents as (
    select
        setl_id as parent_id,
        month as parent_month
    from {{ ref('fct_settlement') }}
),

inspection_finding_parents as (
    select
        inspection_id as parent_id,
        month as parent_month
    from {{ ref('fct_inspection') }}
),

-- what is of a later month than all issues of before the sheet cannot have changed them
unseen as (
    select
        files._file_id,
        files._sheet,
        max(issues.period) as last_period
    from files
    cross join issues
    left join issued_sheets
        on
            issues.issue = issued_sheets.issue
            and files._file_id = issued_sheets._file_id
            and files._sheet = issued_sheets._sheet
    where issued_sheets.issue is null
    group by files._file_id, files._sheet
),

last_issue as (
    select max(period) as last_period
    from issues
),

-- a new version may have taken a row into a later month
superseded as (
    select
        exclusions.*,
        last_issue.last_period
    from {{ ref('int_row_exclusion') }} as exclusions
    inner join last_issue
        on exclusions.status = 'superseded' and last_issue.last_period is not null
),

{% for dataset in compared %}
{% set fields = contract_fields(dataset) -%}
{% set names = fields | map(attribute='name') | list -%}
{% set keys = fields | selectattr('key') | map(attribute='name') | list -%}
{% set place = periods.get(dataset, {}) -%}
{% set day = own_days.get(dataset, place.get('day')) -%}
{% set month -%}
{% if dataset in parents %}parents.parent_month
{%- elif day %}{{ month_of('staged.' ~ day) }}
{%- else %}cast(null as string){% endif %}
{%- endset -%}
{% set reversal = is_reversal() if dataset == 'settlement' else 'false' -%}
{% set counted -%}
{{ "coalesce(valid_flag <> '0', true)" if dataset == 'settlement' else 'true' }}
{%- endset -%}
{{ dataset }}_key as (
    {% for source, relation in [('unseen', 'unseen'), ('exclusion', 'superseded')] -%}
    select staged.{{ keys | join(', staged.') }}
    from {{ ref('stg_' ~ dataset) }} as staged
    inner join {{ relation }}
        on
            staged._file_id = {{ relation }}._file_id
            and staged._sheet = {{ relation }}._sheet
            {%- if source == 'exclusion' %}
            and staged._row = superseded._row
            and superseded.dataset = '{{ dataset }}'
            {%- endif %}
    {%- if dataset in parents %}
    left join {{ dataset }}_parents as parents on staged.{{ parents[dataset] }} = parents.parent_id
    {%- endif %}
    where
        not staged._quarantined
        and coalesce({{ month }} <= {{ relation }}.last_period, true)
    {%- if not loop.last %}
    union
    {%- endif %}
    {% endfor %}
),

{{ dataset }}_version as (
    select
        '{{ dataset }}' as dataset,
        staged._file_id,
        staged._sheet,
        staged._row,
        concat_ws(chr(31), {{ keys | join(', ') }}) as row_key,
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
    inner join {{ dataset }}_key using ({{ keys | join(', ') }})
    {%- if dataset in parents %}
    left join {{ dataset }}_parents as parents on staged.{{ parents[dataset] }} = parents.parent_id
    {%- endif %}
    where not staged._quarantined
),

{% endfor -%}
int_issue__version as (
    {%- for dataset in compared %}
    select * from {{ dataset }}_version
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from int_issue__version
