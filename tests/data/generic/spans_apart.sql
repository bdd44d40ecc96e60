{#
  Runs of months, first_month to last_month, that do not overlap for any value of `columns`, none of
  which is null or ends before it begins: who is in one run is counted once in each month (semantics
  3). Only those with several runs are put in order.
#}
{% test spans_apart(model, columns) %}
{{ config(meta={'zh': '同一人的月份区间重叠，会重复计数'}) }}
with several as (
    select {{ columns | join(', ') }}
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
),

spans as (
    select
        {{ columns | join(',\n        ') }},
        first_month,
        last_month,
        lag(last_month) over (
            partition by {{ columns | join(', ') }}
            order by first_month, last_month
        ) as last_before
    from {{ model }}
    inner join several using ({{ columns | join(', ') }})
)

select
    {{ columns | join(',\n    ') }},
    first_month,
    last_month
from spans
where first_month <= last_before
union all
select
    {{ columns | join(',\n    ') }},
    first_month,
    last_month
from {{ model }}
where
    first_month > last_month
    or first_month is null
    or last_month is null
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
