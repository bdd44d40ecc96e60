{# The rows of a dataset that count: neither quarantined nor duplicate nor superseded (semantics 2). A subquery for an import CTE. #}
{% macro accepted(dataset) -%}
    {{- return(
        "(select staged.* from " ~ ref("stg_" ~ dataset) ~ " as staged where not staged._quarantined and not exists (select 1 from "
        ~ ref("int_row_exclusion") ~ " as exclusion where exclusion.dataset = '" ~ dataset ~ "' and " ~ same_row("exclusion", "staged") ~ "))"
    ) -}}
{%- endmacro %}
