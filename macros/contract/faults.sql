{#
  Faults of a row, found while it is typed (semantics 2). A fault is {level, rule, field, when}: level record or warning, rule a code of
  seeds/rule.csv, field the field that is wrong, when the SQL condition over the typed columns. In the data they stand as one text: faults divided by
  chr(30), each as level, rule, field, value divided by chr(31).
#}
{% macro fault(level, rule, field, when) %}
    {% if level not in ('record', 'warning') %}
        {{ exceptions.raise_compiler_error("fault: level must be record or warning, not '" ~ level ~ "'") }}
    {% endif %}
    {{ return({'level': level, 'rule': rule, 'field': field, 'when': when}) }}
{% endmacro %}

{# The faults that the contract itself names: missing, unparseable, unknown code, certificate. #}
{% macro contract_faults(dataset) %}
    {% set faults = [] %}
    {% for field in contract_fields(dataset) %}
        {% set parsed = not field.pii and (field.codes or field.type not in ('text', 'code')) %}
        {% set raw = field.name ~ '__raw' if parsed else field.name %}
        {% if field.required %}{% do faults.append(fault('record', 'required_missing', field.name, raw ~ ' is null')) %}{% endif %}
        {% if field.pii == 'id' %}
            {% do faults.append(fault('record', 'lost_digits', field.name, field.name ~ "_check = 'lost_digits'")) %}
            {% for state in ('length', 'birth_date', 'checksum') %}
                {% do faults.append(fault('warning', 'certificate_' ~ state, field.name, field.name ~ "_check = '" ~ state ~ "'")) %}
            {% endfor %}
        {% elif field.codes %}
            {% do faults.append(fault('warning', 'unknown_code', field.name, field.name ~ " not in ('" ~ field.codes.keys() | join("', '") ~ "')")) %}
        {% elif parsed %}
            {% do faults.append(fault('record', 'unparseable', field.name, raw ~ ' is not null and ' ~ field.name ~ ' is null')) %}
        {% endif %}
    {% endfor %}
    {{ return(faults) }}
{% endmacro %}

{#
  Two columns: `_faults` (text as above, null where there is none) and `_quarantined`. A row of the wrong shape has that one fault only: its
  values stand in the wrong columns.
#}
{% macro fault_columns(dataset, more=[]) %}
    {%- set faults = contract_faults(dataset) + more %}
    {%- set names = {} %}
    {%- for field in contract_fields(dataset) %}
        {%- do names.update({field.name: field.name ~ '_mask' if field.pii else (field.name ~ '__raw' if field.codes or field.type not in ('text', 'code') else field.name)}) %}
    {%- endfor %}
    {#- of several lost numbers the first is named #}
    {%- set detail = part_of(part_of("_fault", "';'", 1), "':'", 2) %}
    case
        when _fault like 'lost_digits:%' then concat_ws(chr(31), 'record', 'lost_digits', {{ detail }}, '')
        when _fault is not null then concat_ws(chr(31), 'record', 'row_shape', '', {{ detail }})
        when
            {% for f in faults -%}
            {{ 'or ' if not loop.first }}{{ f.when }}
            {% else -%}
            false
            {% endfor %} then concat_ws(
                chr(30)
                {%- for f in faults %},
                case
                    when {{ f.when }}
                        then concat_ws(
                            chr(31), '{{ f.level }}', '{{ f.rule }}', '{{ f.field }}',
                            coalesce(left(cast({{ names.get(f.field, f.field) }} as string), 40), '')
                        )
                end
                {%- endfor %}
            )
    end as _faults,
    coalesce(
        _fault is not null
        {%- for f in faults if f.level == 'record' %}
        or {{ f.when }}
        {%- endfor %},
        false
    ) as _quarantined
{%- endmacro %}

{# A list of faults as the bureau reads it: file, row, field, and in Chinese what is wrong and what to do; then `more` columns of the faults. #}
{% macro fault_message_ctes() -%}
files as (select * from {{ ref('stg_file') }}),

rules as (select * from {{ ref('rule') }}),

fields as (select * from {{ ref('int_contract_field') }}),
{%- endmacro %}

{% macro faults_with_messages(faults, more=[]) -%}
    select
        {{ faults }}.dataset,
        files.label as file,
        {{ faults }}._row as row,
        nullif({{ faults }}.field, '') as field,
        {{ faults }}.rule_code,
        {{ faults }}.level,
        nullif({{ faults }}.value_masked, '') as value_masked,
        coalesce('“' || fields.field_zh || '”', '') || rules.message_zh
        || case when {{ faults }}.value_masked <> '' then '（' || {{ faults }}.value_masked || '）' else '' end
        || '。' || rules.advice_zh || '。' as message_zh
        {%- for column in more %},
        {{ faults }}.{{ column }}
        {%- endfor %}
    from {{ faults }}
    inner join files using (_file_id, _sheet)
    inner join rules using (rule_code)
    left join fields on {{ faults }}.dataset = fields.dataset and {{ faults }}.field = fields.field
{%- endmacro %}
