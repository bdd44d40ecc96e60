{# Dates: the engines differ in names and in the type of a difference. #}

{# Whole days from one date to a later one. #}
{% macro days_between(earlier, later) %}{{ return(adapter.dispatch('days_between')(earlier, later)) }}{% endmacro %}
{% macro default__days_between(earlier, later) %}{{ return("date_diff('day', " ~ earlier ~ ", " ~ later ~ ")") }}{% endmacro %}
{% macro spark__days_between(earlier, later) %}{{ return("datediff(" ~ later ~ ", " ~ earlier ~ ")") }}{% endmacro %}

{# A date moved by whole days; by whole months. #}
{% macro add_days(date, days) %}{{ return(adapter.dispatch('add_days')(date, days)) }}{% endmacro %}
{% macro default__add_days(date, days) %}{{ return("cast(" ~ date ~ " + to_days(cast(" ~ days ~ " as integer)) as date)") }}{% endmacro %}
{% macro spark__add_days(date, days) %}{{ return("date_add(" ~ date ~ ", cast(" ~ days ~ " as integer))") }}{% endmacro %}

{% macro add_months(date, months) %}{{ return(adapter.dispatch('add_months')(date, months)) }}{% endmacro %}
{% macro default__add_months(date, months) %}{{ return("cast(" ~ date ~ " + to_months(cast(" ~ months ~ " as integer)) as date)") }}{% endmacro %}
{% macro spark__add_months(date, months) %}{{ return("add_months(" ~ date ~ ", cast(" ~ months ~ " as integer))") }}{% endmacro %}

{# The month of a date or timestamp as text, YYYY-MM. #}
{% macro month_of(date) %}{{ return(adapter.dispatch('month_of')(date)) }}{% endmacro %}
{% macro default__month_of(date) %}{{ return("strftime(" ~ date ~ ", '%Y-%m')") }}{% endmacro %}
{% macro spark__month_of(date) %}{{ return("date_format(" ~ date ~ ", 'yyyy-MM')") }}{% endmacro %}

{# Months counted from year 0: 12 x year + month. Spans of months are compared by it. #}
{% macro month_number(date) %}{{ return("(year(" ~ date ~ ") * 12 + month(" ~ date ~ "))") }}{% endmacro %}

{# The ten-day of a date in its month (旬): 1, 2, or 3 from the 21st to the last day. #}
{% macro ten_day_of(date) %}{{ return("case when day(" ~ date ~ ") <= 10 then 1 when day(" ~ date ~ ") <= 20 then 2 else 3 end") }}{% endmacro %}

{# One row per month from the first to the last date: column `month_start`. #}
{% macro months_from_to(first, last) %}{{ return(adapter.dispatch('months_from_to')(first, last)) }}{% endmacro %}
{% macro default__months_from_to(first, last) %}{{ return("cast(unnest(generate_series(" ~ first ~ ", " ~ last ~ ", interval 1 month)) as date)") }}{% endmacro %}
{% macro spark__months_from_to(first, last) %}
{{ return("explode(sequence(cast(" ~ first ~ " as date), cast(" ~ last ~ " as date), interval 1 month))") }}
{% endmacro %}

{# The Sunday that ends the week of a date or timestamp (weeks begin on Monday); and the name of the week that ends on a Sunday, 2026-W39 (ISO 8601). #}
{% macro week_end_of(date) %}{{ return(add_days("cast(date_trunc('week', " ~ date ~ ") as date)", 6)) }}{% endmacro %}
{# the Thursday says which year a week belongs to #}
{% macro week_name(sunday) %}
{{ return("cast(year(" ~ add_days(sunday, -3) ~ ") as string) || '-W' || lpad(cast(weekofyear(" ~ sunday ~ ") as string), 2, '0')") }}
{% endmacro %}
