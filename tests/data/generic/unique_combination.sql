{#
  A key: no two rows alike in `columns`, and none of these null (except those named in `nullable`).
  One pass over the table proves both.
#}
{% test unique_combination(model, columns, nullable=[]) %}
{{ config(meta={'zh': '主键重复或为空'}) }}
select
    {{ columns | join(',\n    ') }},
    count(*) as alike
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns if column not in nullable %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
