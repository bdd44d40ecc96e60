{# Text functions that the engines spell differently. #}

{# A regular expression as a SQL literal. #}
{% macro regex(pattern) %}{{ return(adapter.dispatch('regex')(pattern)) }}{% endmacro %}
{% macro default__regex(pattern) %}{{ return("'" ~ pattern ~ "'") }}{% endmacro %}
{% macro spark__regex(pattern) %}{{ return("r'" ~ pattern ~ "'") }}{% endmacro %}

{# True where the whole text matches. #}
{% macro matches(text, pattern) %}{{ return(adapter.dispatch('matches')(text, pattern)) }}{% endmacro %}
{% macro default__matches(text, pattern) %}{{ return("regexp_full_match(" ~ text ~ ", " ~ regex(pattern) ~ ")") }}{% endmacro %}
{% macro spark__matches(text, pattern) %}{{ return("(" ~ text ~ " rlike " ~ regex("\\A(?:" ~ pattern ~ ")\\z") ~ ")") }}{% endmacro %}

{# The text rearranged: groups \1 .. \9 of a pattern that covers the whole text. #}
{% macro rearrange(text, pattern, groups) %}{{ return(adapter.dispatch('rearrange')(text, pattern, groups)) }}{% endmacro %}
{% macro default__rearrange(text, pattern, groups) %}{{ return("regexp_replace(" ~ text ~ ", " ~ regex("^" ~ pattern ~ "$") ~ ", '" ~ groups ~ "')") }}{% endmacro %}
{% macro spark__rearrange(text, pattern, groups) %}
{{ return("regexp_replace(" ~ text ~ ", " ~ regex("\\A" ~ pattern ~ "\\z") ~ ", '" ~ groups.replace("\\", "$") ~ "')") }}
{% endmacro %}

{# Without the spaces, of either width, at both ends: the engines' own trim() differ in the full-width one. #}
{% macro trimmed(text) %}{{ return(adapter.dispatch('trimmed')(text)) }}{% endmacro %}
{% macro default__trimmed(text) %}{{ return("trim(" ~ text ~ ", ' 　')") }}{% endmacro %}
{% macro spark__trimmed(text) %}{{ return("btrim(" ~ text ~ ", ' 　')") }}{% endmacro %}

{# A lateral view of the parts of a text: columns `position` (from 1) and `part`. #}
{% macro split_rows(relation, key_columns, text, separator) %}{{ return(adapter.dispatch('split_rows')(relation, key_columns, text, separator)) }}{% endmacro %}
{% macro default__split_rows(relation, key_columns, text, separator) %}
    select
        {{ key_columns | join(', ') }},
        unnest(string_split({{ text }}, {{ separator }})) as part,
        generate_subscripts(string_split({{ text }}, {{ separator }}), 1) as position
    from {{ relation }}
    where {{ text }} is not null
{% endmacro %}
{% macro spark__split_rows(relation, key_columns, text, separator) %}
    select
        {{ key_columns | join(', ') }},
        part,
        position_from_0 + 1 as position
    from {{ relation }}
    lateral view posexplode(split({{ text }}, concat(r'\Q', {{ separator }}, r'\E'))) parts as position_from_0, part
{% endmacro %}

{# The n-th part (from 1) of a text. #}
{% macro part_of(text, separator, n) %}{{ return("split_part(" ~ text ~ ", " ~ separator ~ ", " ~ n ~ ")") }}{% endmacro %}

{# Separators inside a fault text: between faults, and between the parts of one. #}
{% macro fault_separator() %}{{ return("chr(30)") }}{% endmacro %}
{% macro fault_part_separator() %}{{ return("chr(31)") }}{% endmacro %}

{# A person as published lists name one: a hash from which the person's number cannot be read (semantics 8). #}
{% macro person_hash(person_key) %}{{ return("left(" ~ adapter.dispatch('sha256_hex')(person_key) ~ ", 16)") }}{% endmacro %}
{% macro default__sha256_hex(text) %}{{ return("sha256(" ~ text ~ ")") }}{% endmacro %}
{% macro spark__sha256_hex(text) %}{{ return("sha2(" ~ text ~ ", 256)") }}{% endmacro %}
