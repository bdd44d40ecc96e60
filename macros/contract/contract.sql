{# The input contract as seen from SQL: models/staging/_sources.yml, read from dbt's graph. #}

{#
  sqlfluff reads the models with the target `lint` (.sqlfluff). What a loop over the contract repeats says nothing new to a linter and costs
  it minutes: there two datasets stand for all, and a dataset's keys for its fields. Every line of a model is still rendered.
#}
{% macro is_linting() %}{{ return(target.name == 'lint') }}{% endmacro %}

{# The datasets that have a staging model. dbt must know a model's parents while it parses, when the contract is not there yet. #}
{% macro datasets() %}
    {% set names = [
        'region', 'population', 'enrollment', 'contribution', 'fund_ledger', 'settlement', 'settlement_item', 'referral', 'institution',
        'budget', 'priority_roster', 'inspection', 'inspection_finding', 'target', 'control_total',
    ] %}
    {{ return(names[:2] if is_linting() else names) }}
{% endmacro %}

{# The source node of one dataset. #}
{% macro contract_of(dataset) %}
    {% for node in graph.sources.values() if node.source_name == 'landing' and node.name == dataset %}
        {{ return(node) }}
    {% endfor %}
    {{ exceptions.raise_compiler_error("contract_of: no dataset '" ~ dataset ~ "' in models/staging/_sources.yml") }}
{% endmacro %}

{# The fields of one dataset: a list of {name, type, required, key, pii, zh, codes}. Empty while dbt parses. #}
{% macro contract_fields(dataset) %}
    {% set fields = [] %}
    {% if execute %}
        {% for column in contract_of(dataset).columns.values() %}
            {% set field = dict({'required': false, 'key': false, 'pii': none, 'codes': {}}, name=column.name, **column.config.meta) %}
            {% if field.key or not is_linting() %}{% do fields.append(field) %}{% endif %}
        {% endfor %}
    {% endif %}
    {{ return(fields) }}
{% endmacro %}

{# The amount by which the files of a dataset are reconciled; null for a dataset without one. #}
{% macro main_amount_of(dataset) %}
    {{ return((contract_of(dataset).config.meta.main_amount if execute) or 'cast(null as decimal(18, 4))') }}
{% endmacro %}

{# Names of the columns that lineage adds to every landed row. #}
{% macro lineage_columns() %}{{ return(['_file_id', '_sheet', '_row']) }}{% endmacro %}

{# Whether two rows are the same landed one: the condition of a join. #}
{% macro same_row(left, right) -%}
    {%- set columns = [] -%}
    {%- for column in lineage_columns() %}{% do columns.append(left ~ "." ~ column ~ " = " ~ right ~ "." ~ column) %}{% endfor -%}
    {{- return(columns | join(" and ")) -}}
{%- endmacro %}

{# What staging keeps of a field: the field, and for personal data the mask (and the state of a certificate). #}
{% macro staged_columns_of(field) %}
    {% if field.pii == 'id' %}{{ return([field.name, field.name ~ '_mask', field.name ~ '_check']) }}
    {% elif field.pii == 'name' %}{{ return([field.name, field.name ~ '_mask']) }}
    {% else %}{{ return([field.name]) }}{% endif %}
{% endmacro %}

{# Select list: every field of the dataset with its type, and the raw text of those that may fail to parse. #}
{% macro typed_columns(dataset) %}
    {%- for field in contract_fields(dataset) %}
        {%- set raw = 'landed.' ~ field.name %}
        {%- if field.pii %}
    {{ staged_columns_of(field) | map('replace', field.name, raw) | join(',\n    ') }},
        {%- elif field.type in ('text', 'code') and not field.codes %}
    {{ raw }},
        {%- else %}
    {{ raw }} as {{ field.name }}__raw,
    {{ typed(raw, field) }} as {{ field.name }},
        {%- endif %}
    {%- endfor %}
    landed._fault as _fault,
    landed._file_id as _file_id,
    coalesce(landed._sheet, '') as _sheet,
    landed._row as _row
{% endmacro %}

{# Select list: the columns a staging model ends with, without the raw text. #}
{% macro staged_columns(dataset) %}
    {%- set names = [] %}
    {%- for field in contract_fields(dataset) %}{% do names.extend(staged_columns_of(field)) %}{% endfor %}
    {{- (names + lineage_columns()) | join(',\n    ') }}
{%- endmacro %}

{# All fields of a dataset as one text, equal exactly where the typed values are equal (semantics 2: exact duplicates). #}
{% macro content_of(dataset) %}
    {%- set parts = [] %}
    {%- for field in contract_fields(dataset) %}{% do parts.append("coalesce(cast(" ~ field.name ~ " as string), chr(29))") %}{% endfor %}
    {{- "concat_ws(chr(31), " ~ (parts or ["''"]) | join(", ") ~ ")" }}
{%- endmacro %}

{# The key of a row `staged` as one text. #}
{% macro row_key_of(dataset) %}
    {%- set names = contract_fields(dataset) | selectattr("key") | map(attribute="name") | list %}
    {{- return("concat_ws(chr(31), staged." ~ names | join(", staged.") ~ ")") }}
{% endmacro %}

{#
  In an incremental staging model: only files that it does not hold yet. They are named: by the names of those that it is to leave out, were there
  more than ten, Spark would pass over no file and read all that was ever landed.
#}
{% macro only_new_files(dataset) %}
    {%- set ledger = source("ledger", "file") %}
    {%- if is_incremental() %}
        {%- set files = run_query(
            "select distinct ledger.file_id from " ~ ledger ~ " as ledger where ledger.dataset = '" ~ dataset
            ~ "' and not exists (select 1 from " ~ this ~ " as staged where staged._file_id = ledger.file_id)"
        ).columns[0].values() %}
    where _file_id in ({% for file in files %}'{{ file }}'{% if not loop.last %}, {% endif %}{% else %}null{% endfor %})
    {%- endif %}
{%- endmacro %}

{# The Chinese label of a code; a value without one stands for itself. #}
{% macro label_of(column, dataset, field) %}
    {%- set whens = [] %}
    {%- for f in contract_fields(dataset) if f.name == field %}
        {%- for code, label in f.codes.items() %}{% do whens.append("when '" ~ code ~ "' then '" ~ label ~ "'") %}{% endfor %}
    {%- endfor %}
    {{- return(("case " ~ column ~ " " ~ whens | join(" ") ~ " else " ~ column ~ " end") if whens else column) }}
{% endmacro %}

{# The key of a row as the bureau reads it: header=value of each of its fields, codes by their label. #}
{% macro record_key_of(dataset) %}
    {%- set parts = [] %}
    {%- for field in contract_fields(dataset) if field.key %}
        {%- do parts.append("'" ~ field.zh ~ "=' || " ~ label_of(field.name, dataset, field.name)) %}
    {%- endfor %}
    {{- "concat_ws('，', " ~ (parts or ["''"]) | join(", ") ~ ")" }}
{%- endmacro %}
