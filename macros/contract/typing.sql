{# Text to type, as semantics 1 says ("Values"). Each returns an expression that is null where the text does not parse. #}

{# The typed expression of one field of the contract. #}
{% macro typed(raw, field) %}
    {%- if field.codes %}{{ return(to_code(raw, field.codes)) }}
    {%- elif field.type == 'integer' %}{{ return(to_integer(raw)) }}
    {%- elif field.type in ('number', 'amount') %}{{ return(to_amount(raw)) }}
    {%- elif field.type == 'date' %}{{ return(to_date(raw)) }}
    {%- elif field.type == 'timestamp' %}{{ return(to_timestamp(raw)) }}
    {%- else %}{{ exceptions.raise_compiler_error("typed: field '" ~ field.name ~ "' has the unknown type '" ~ field.type ~ "'") }}
    {%- endif %}
{% endmacro %}

{# A code, given as the code or as its Chinese label. An unknown value is kept. #}
{% macro to_code(raw, codes) %}
    {%- set whens = [] %}
    {%- for code, label in codes.items() %}{% do whens.append("when '" ~ label ~ "' then '" ~ code ~ "'") %}{% endfor %}
    {{- return("case " ~ raw ~ " " ~ whens | join(" ") ~ " else " ~ raw ~ " end") }}
{% endmacro %}

{#
  A decimal of 4 places. Reads thousands commas, full-width digits, ￥, parentheses as negative, scientific notation.
  The plain spelling is tried first: the cleaning is only paid for by the values that need it. (A point behind the exponent, 5E3., is
  no number, though DuckDB would read it.)
#}
{% macro to_amount(raw) %}
    {%- set folded = "translate(" ~ raw ~ ", '０１２３４５６７８９．，－＋（）Ｅ￥¥ ', '0123456789.,-+()E')" %}
    {%- set number = "case when " ~ matches(folded, "\\(?[-+]?[0-9]{1,3}(,[0-9]{3})+(\\.[0-9]*)?\\)?") ~ " then replace(" ~ folded ~ ", ',', '') else " ~ folded ~ " end" %}
    {%- set signed = rearrange(number, "\\(([^()]*)\\)", "-\\1") %}
    {%- set whole_exponent = matches(folded, "[^eE]*([eE][-+0-9]+\\)?)?") %}
    {{- return(
        "case when not contains(" ~ raw ~ ", '_') then coalesce("
        ~ "try_cast(case when " ~ raw ~ " not like '%.' then " ~ raw ~ " end as decimal(18, 4)), "
        ~ "try_cast(case when " ~ whole_exponent ~ " then " ~ signed ~ " end as decimal(18, 4))) end"
    ) }}
{% endmacro %}

{# A whole number; a fraction other than 0 does not parse. #}
{% macro to_integer(raw) %}
    {%- set number = to_amount(raw) %}
    {{- return("case when " ~ number ~ " = round(" ~ number ~ ", 0) then cast(" ~ number ~ " as bigint) end") }}
{% endmacro %}

{% macro to_date(raw) %}
    {{- return("case when " ~ raw ~ " like '____-__-__' then try_cast(" ~ raw ~ " as date) else cast(" ~ spelled_time(raw) ~ " as date) end") }}
{% endmacro %}

{% macro to_timestamp(raw) %}
    {{- return(
        "case when " ~ raw ~ " like '____-__-__ __:__:__' or " ~ raw ~ " like '____-__-__' then try_cast(" ~ raw ~ " as timestamp) "
        ~ "else " ~ spelled_time(raw) ~ " end"
    ) }}
{% endmacro %}

{# The other spellings: 2026/9/30, 20260930, 2026年9月30日, an Excel serial of 5 digits; a time may follow. #}
{% macro spelled_time(raw) %}
    {%- set time = "(?:[ T]*([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]+)?)?))?" %}
    {%- set separated = "([0-9]{4})[-/年]([0-9]{1,2})[-/月]([0-9]{1,2})日?" ~ time %}
    {%- set digits = "([0-9]{4})([0-9]{2})([0-9]{2})" ~ time.replace("*", "+") %}
    {%- set serial = "([0-9]{5})" ~ time.replace("*", "+") %}
    {{- return(
        "case when " ~ matches(raw, separated) ~ " then try_cast(" ~ trimmed(rearrange(raw, separated, "\\1-\\2-\\3 \\4")) ~ " as timestamp) "
        ~ "when " ~ matches(raw, digits) ~ " then try_cast(" ~ trimmed(rearrange(raw, digits, "\\1-\\2-\\3 \\4")) ~ " as timestamp) "
        ~ "when " ~ matches(raw, serial) ~ " then try_cast(" ~ trimmed(
            "concat(cast(" ~ add_days("date '1899-12-30'", "left(" ~ raw ~ ", 5)") ~ " as string), ' ', " ~ rearrange(raw, serial, "\\2") ~ ")"
        ) ~ " as timestamp) end"
    ) }}
{% endmacro %}
