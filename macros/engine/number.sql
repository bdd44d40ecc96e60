{# Numbers: decimal division is not exact on every engine, so a ratio is made from whole numbers. #}

{#
  numerator x factor / denominator, half up (away from zero) at 10 places, exact; null where the denominator is not positive.
  Both parts are decimals of at most `places` places; factor is a whole number (semantics 7).
#}
{% macro exact_ratio(numerator, denominator, factor=1, places=4) %}
{{ return(adapter.dispatch('exact_ratio')(numerator, denominator, factor, places)) }}
{% endmacro %}
{% macro default__exact_ratio(numerator, denominator, factor, places) %}
    {%- set scale = 10 ** places -%}
    {%- set n = "abs(cast(" ~ numerator ~ " * " ~ scale ~ " as hugeint)) * " ~ factor -%}
    {%- set d = "cast(" ~ denominator ~ " * " ~ scale ~ " as hugeint)" -%}
    case when {{ denominator }} > 0 then
        cast(sign({{ numerator }}) * ((2 * 10000000000::hugeint * {{ n }} + {{ d }}) // (2 * {{ d }})) as decimal(38, 0))
        * cast(0.0000000001 as decimal(11, 10))
    end
{% endmacro %}
