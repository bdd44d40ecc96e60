{# Numbers: decimal division is not exact on every engine, so a ratio is made from whole numbers. #}

{#
  numerator x factor / denominator, half up (away from zero) at 10 places, exact; null where the denominator is not positive.
  Both parts are decimals of at most `places` places; factor is a whole number (semantics 7). Twice the ratio's 10 places, plus one half, is
  divided as a whole number; the sign is put back after that.
#}
{% macro exact_ratio(numerator, denominator, factor=1, places=4) %}
    {%- set n = "2 * 10000000000 * " ~ factor ~ " * abs(" ~ scaled_integer(numerator, places) ~ ")" -%}
    {%- set d = scaled_integer(denominator, places) -%}
    case when {{ denominator }} > 0 then
        cast(
            case when {{ numerator }} < 0 then -1 else 1 end
            * cast({{ whole_quotient(n ~ " + " ~ d, "2 * " ~ d) }} as decimal(28, 0)) * cast(0.0000000001 as decimal(10, 10))
        as decimal(38, 10))
    end
{% endmacro %}

{# A decimal of `places` places as a whole number of the last place; of the widest type that counts exactly. #}
{% macro scaled_integer(number, places) %}{{ return(adapter.dispatch('scaled_integer')(number, places)) }}{% endmacro %}
{% macro default__scaled_integer(number, places) %}{{ return("cast(" ~ number ~ " * " ~ 10 ** places ~ " as hugeint)") }}{% endmacro %}
{% macro spark__scaled_integer(number, places) %}
{{ return("cast(cast(" ~ number ~ " as decimal(38, " ~ places ~ ")) * " ~ 10 ** places ~ " as decimal(38, 0))") }}
{% endmacro %}

{# How often one whole number goes into another; neither is negative. The quotient has at most 28 digits, the divisor 21. #}
{% macro whole_quotient(dividend, divisor) %}{{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}{% endmacro %}
{% macro default__whole_quotient(dividend, divisor) %}{{ return("((" ~ dividend ~ ") // (" ~ divisor ~ "))") }}{% endmacro %}
{# decimal division rounds: first the remainder is taken away. A divisor of 21 digits leaves the quotient its 28. #}
{% macro spark__whole_quotient(dividend, divisor) %}
{{ return("((" ~ dividend ~ " - (" ~ dividend ~ ") % (" ~ divisor ~ ")) / cast(" ~ divisor ~ " as decimal(21, 0)))") }}
{% endmacro %}
