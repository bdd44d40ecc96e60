-- Semantics 3 and 8: no certificate number in what is published. 18 digits with a date of birth and
-- the right check character are one, wherever they stand; 15 digits have no check character and
-- look like any account number, so of certificates and names at least the mask is required.
{% set texts = [
    ('quarantine', 'file'), ('quarantine', 'value_masked'), ('quarantine', 'message_zh'),
    ('row_warning', 'file'), ('row_warning', 'value_masked'), ('row_warning', 'message_zh'),
    ('file_conservation', 'file'), ('dim_institution', 'inst_code'),
    ('dim_institution', 'inst_name'), ('dim_region', 'region_name'),
    ('reconciliation', 'left_name_zh'), ('reconciliation_difference', 'key'),
    ('warning_count', 'scope_name'), ('mart_settlement', 'disease_code'),
    ('mart_settlement', 'diagnosis_code'), ('mart_finding', 'case_no'),
    ('mart_restatement_row', 'record_key'), ('mart_restatement_row', 'file'),
] -%}
{% set month_and_day = '(0[1-9]|1[0-2])([0-2][0-9]|3[01])' -%}
{% set number = '[1-9][0-9]{5}(18|19|20)[0-9]{2}' ~ month_and_day ~ '[0-9]{3}[0-9Xx]' -%}
{% set weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] -%}
with texts as (
    {%- for table, column in texts %}
    select distinct
        '{{ table }}.{{ column }}' as place,
        {{ column }} as text
    from {{ ref(table) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

suspects as (
    select
        place,
        upper(regexp_extract(text, '(^|[^0-9])({{ number }})([^0-9Xx]|$)', 2)) as number
    from texts
),

-- one pass: an engine that inlines a CTE would read all texts again for every digit
checked as (
    select
        place,
        number,
        (
            {%- for weight in weights %}
            {{ weight }} * cast(substring(number, {{ loop.index }}, 1) as integer)
            {%- if not loop.last %} +{% endif %}
            {%- endfor %}
        ) % 11 as remainder
    from suspects
    where number <> ''
),

listed as (
    select
        'quarantine' as place,
        row,
        field,
        value_masked
    from {{ ref('quarantine') }}
    union all
    select
        'row_warning' as place,
        row,
        field,
        value_masked
    from {{ ref('row_warning') }}
    {%- for field in ['certno', 'psn_name'] %}
    union all
    select
        'mart_settlement' as place,
        row,
        '{{ field }}' as field,
        {{ field }}_mask as value_masked
    from {{ ref('mart_settlement') }}
    {%- endfor %}
),

no_raw_identity as (
    select
        place,
        -- the number itself is not repeated here: the result may be logged
        left(number, 3) || '***********' || right(number, 4) as what
    from checked
    where substring('10X98765432', remainder + 1, 1) = right(number, 1)
    union all
    select
        place,
        'row ' || cast(row as string) as what
    from listed
    where field in ('certno', 'psn_name') and value_masked not like '%*%'
)

select * from no_raw_identity
