{# Whole rows and partitions: what the engines do differently with a table. #}

{# A number that differs, in practice, where any column of the row differs. `relation` is the CTE's name. #}
{% macro row_fingerprint(relation) %}{{ return(adapter.dispatch('row_fingerprint')(relation)) }}{% endmacro %}
{% macro default__row_fingerprint(relation) %}{{ return("hash(" ~ relation ~ ")") }}{% endmacro %}

{# Combines the fingerprints of the rows of a month, whatever their order. #}
{% macro combined_fingerprint(column) %}{{ return(adapter.dispatch('combined_fingerprint')(column)) }}{% endmacro %}
{% macro default__combined_fingerprint(column) %}{{ return("cast(sum(cast(" ~ column ~ " as hugeint)) as varchar)") }}{% endmacro %}

{#
  For an incremental model by month: the months whose fingerprint in `states` (month, fingerprint) is not the one that the table was built
  with. A subquery of months; all months on a first build or a full refresh.
#}
{% macro changed_months(states) -%}
    {%- if is_incremental() -%}
    (
        select states.month
        from {{ states }} as states
        where not exists (
            select 1
            from {{ this }} as built
            where built.month = states.month and built.month_fingerprint = states.fingerprint
        )
    )
    {%- else -%}
    (select states.month from {{ states }} as states)
    {%- endif -%}
{%- endmacro %}

{# Before an incremental build by month: drops the months that are about to be built again, or are no longer there. #}
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
