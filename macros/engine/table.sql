{# Whole rows and partitions: what the engines do differently with a table. #}

{#
  A number that differs, in practice, where any column of the row differs. `relation` is the CTE's name, which none of its columns may have:
  DuckDB would hash that column alone.
#}
{% macro row_fingerprint(relation) %}{{ return(adapter.dispatch('row_fingerprint')(relation)) }}{% endmacro %}
{% macro default__row_fingerprint(relation) %}{{ return("hash(" ~ relation ~ ")") }}{% endmacro %}
{# as JSON, since Spark's hash passes over a null and so cannot tell which of two columns holds the value #}
{% macro spark__row_fingerprint(relation) %}{{ return("xxhash64(to_json(struct(" ~ relation ~ ".*)))") }}{% endmacro %}

{# Combines the fingerprints of the rows of a part (a month, an insurance year), whatever their order. #}
{% macro combined_fingerprint(column) %}{{ return(adapter.dispatch('combined_fingerprint')(column)) }}{% endmacro %}
{% macro default__combined_fingerprint(column) %}{{ return("cast(sum(cast(" ~ column ~ " as hugeint)) as string)") }}{% endmacro %}
{% macro spark__combined_fingerprint(column) %}{{ return("cast(sum(cast(" ~ column ~ " as decimal(38, 0))) as string)") }}{% endmacro %}

{#
  The configuration of a model that is built by `part` (month or year, a column of it): `states` names the model that has a fingerprint for
  each part. The model itself has the fingerprint that it was built with, as <part>_fingerprint.
#}
{% macro built_by(part, states) %}{{ return(adapter.dispatch('built_by')(part, states)) }}{% endmacro %}
{% macro default__built_by(part, states) %}
    {{ config(
        materialized='incremental', incremental_strategy='append',
        pre_hook="{{ drop_changed('" ~ part ~ "', ref('" ~ states ~ "')) }}",
    ) }}
{% endmacro %}
{% macro spark__built_by(part, states) %}
    {{ config(
        materialized='incremental', incremental_strategy='insert_overwrite', partition_by=part,
        pre_hook="{{ drop_vanished('" ~ part ~ "', ref('" ~ states ~ "')) }}",
    ) }}
{% endmacro %}

{#
  For an incremental model by part: the parts whose fingerprint in `states` (<part>, fingerprint) is not the one that the table was built
  with, as a list of literals, which every engine carries down to the rows that it reads; all parts on a first build or a full refresh.
#}
{% macro changed(part, states) -%}
    {%- if is_incremental() -%}
        {%- if part ~ "_fingerprint" not in adapter.get_columns_in_relation(this) | map(attribute="name") -%}
            {% do refuse_older(this) %}
        {%- endif -%}
        {%- set parts = run_query(
            "select states." ~ part ~ " from " ~ states ~ " as states where not exists (select 1 from " ~ this
            ~ " as built where built." ~ part ~ " = states." ~ part ~ " and built." ~ part ~ "_fingerprint = states.fingerprint)"
        ).columns[0].values() -%}
    ({% for value in parts %}{{ part_literal(value) }}{% if not loop.last %}, {% endif %}{% else %}null{% endfor %})
    {%- else -%}
    (select states.{{ part }} from {{ states }} as states)
    {%- endif -%}
{%- endmacro %}

{# Stops at a table that another version of the program built: its columns are not those of the model. #}
{% macro refuse_older(relation) %}
    {% do exceptions.raise_compiler_error(
        "表 " ~ relation ~ " 是以前的程序建的，不能接着建。请用 yibao run，或 dbt build --full-refresh 整体重建。"
    ) %}
{% endmacro %}

{#
  dbt asks this before it adds to a table. Its own advice, to add the columns that lack, would leave old rows without them.
#}
{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) %}
    {%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
    {%- if changes["schema_changed"] %}{% do refuse_older(target_relation) %}{% endif -%}
    {{ return(changes["source_columns"]) }}
{% endmacro %}

{# The last statement of a model by part: the rows of its CTE `relation`, with the fingerprint that their part has in `states`. #}
{% macro with_fingerprint(relation, part, states) -%}
select
    {{ relation }}.*,
    states.fingerprint as {{ part }}_fingerprint
from {{ relation }}
inner join {{ states }} as states on {{ relation }}.{{ part }} = states.{{ part }}
{%- endmacro %}

{% macro part_literal(value) %}{{ return("'" ~ value ~ "'" if value is string else value | int | string) }}{% endmacro %}

{# DuckDB, before an incremental build by part: drops the parts that are about to be built again, or are no longer there. #}
{% macro drop_changed(part, states) -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as built
    where not exists (
        select 1
        from {{ states }} as states
        where built.{{ part }} = states.{{ part }} and built.{{ part }}_fingerprint = states.fingerprint
    )
    {%- endif -%}
{%- endmacro %}

{# Spark overwrites the parts that it builds again; before that, drops those that are no longer there. #}
{% macro drop_vanished(part, states) -%}
    {%- if is_incremental() %}
        {%- set vanished = run_query(
            "select distinct " ~ part ~ " from " ~ this ~ " where " ~ part ~ " not in (select " ~ part ~ " from " ~ states ~ ")"
        ) %}
        {%- set partitions = [] %}
        {%- for value in vanished.columns[0].values() %}{% do partitions.append("partition (" ~ part ~ " = " ~ part_literal(value) ~ ")") %}{% endfor %}
        {%- if partitions %}alter table {{ this }} drop {{ partitions | join(", ") }}{% endif %}
    {%- endif -%}
{%- endmacro %}
