{# Whole rows and partitions: what the engines do differently with a table. #}

{# A number that differs, in practice, where any column of the row differs. `relation` is the CTE's name. #}
{% macro row_fingerprint(relation) %}{{ return(adapter.dispatch('row_fingerprint')(relation)) }}{% endmacro %}
{% macro default__row_fingerprint(relation) %}{{ return("hash(" ~ relation ~ ")") }}{% endmacro %}
{# as JSON, since Spark's hash passes over a null and so cannot tell which of two columns holds the value #}
{% macro spark__row_fingerprint(relation) %}{{ return("xxhash64(to_json(struct(" ~ relation ~ ".*)))") }}{% endmacro %}

{# Combines the fingerprints of the rows of a month, whatever their order. #}
{% macro combined_fingerprint(column) %}{{ return(adapter.dispatch('combined_fingerprint')(column)) }}{% endmacro %}
{% macro default__combined_fingerprint(column) %}{{ return("cast(sum(cast(" ~ column ~ " as hugeint)) as string)") }}{% endmacro %}
{% macro spark__combined_fingerprint(column) %}{{ return("cast(sum(cast(" ~ column ~ " as decimal(38, 0))) as string)") }}{% endmacro %}

{# The configuration of a model that is built by month: `states` names the model that has a fingerprint for each month. #}
{% macro built_by_month(states) %}{{ return(adapter.dispatch('built_by_month')(states)) }}{% endmacro %}
{% macro default__built_by_month(states) %}
    {{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ drop_changed_months(ref('" ~ states ~ "')) }}") }}
{% endmacro %}
{% macro spark__built_by_month(states) %}
    {{ config(
        materialized='incremental', incremental_strategy='insert_overwrite', partition_by='month',
        pre_hook="{{ drop_vanished_months(ref('" ~ states ~ "')) }}",
    ) }}
{% endmacro %}

{#
  For an incremental model by month: the months whose fingerprint in `states` (month, fingerprint) is not the one that the table was built
  with, as a list of literals, which every engine carries down to the rows that it reads; all months on a first build or a full refresh.
#}
{% macro changed_months(states) -%}
    {%- if is_incremental() -%}
        {%- set months = run_query(
            "select states.month from " ~ states ~ " as states where not exists (select 1 from " ~ this
            ~ " as built where built.month = states.month and built.month_fingerprint = states.fingerprint)"
        ).columns[0].values() -%}
    ('{{ months | join("', '") }}')
    {%- else -%}
    (select states.month from {{ states }} as states)
    {%- endif -%}
{%- endmacro %}

{# DuckDB, before an incremental build by month: drops the months that are about to be built again, or are no longer there. #}
{% macro drop_changed_months(states) -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as built
    where not exists (
        select 1
        from {{ states }} as states
        where built.month = states.month and built.month_fingerprint = states.fingerprint
    )
    {%- endif -%}
{%- endmacro %}

{# Spark overwrites the months that it builds again; before that, drops the months that are no longer there. #}
{% macro drop_vanished_months(states) -%}
    {%- if is_incremental() %}
        {%- set vanished = run_query("select distinct month from " ~ this ~ " where month not in (select month from " ~ states ~ ")") %}
        {%- set partitions = [] %}
        {%- for month in vanished.columns[0].values() %}{% do partitions.append("partition (month = '" ~ month ~ "')") %}{% endfor %}
        {%- if partitions %}alter table {{ this }} drop {{ partitions | join(", ") }}{% endif %}
    {%- endif -%}
{%- endmacro %}
