{# A ratio in a wide mart: summed parts of the row, per cent or amount; null where there is nothing to divide by. #}
{% macro percent(numerator, denominator) %}{{ return(exact_ratio("(" ~ numerator ~ ")", denominator, 100)) }}{% endmacro %}
{% macro per(numerator, denominator) %}{{ return(exact_ratio("(" ~ numerator ~ ")", denominator)) }}{% endmacro %}
