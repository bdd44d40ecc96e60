-- Semantics 7: every cell that the catalogue expects stands exactly once in indicator_value and
-- once in indicator_trend, and no other does. With it the three tables need no key test of their
-- own.
{% set cell = (cell_key() + ['indicator_code']) | join(', ') -%}
with listed as (
    select
        {{ cell }},
        1 as expected,
        0 as valued,
        0 as compared
    from {{ ref('int_indicator_cell') }}
    union all
    select
        {{ cell }},
        0 as expected,
        1 as valued,
        0 as compared
    from {{ ref('indicator_value') }}
    union all
    select
        {{ cell }},
        0 as expected,
        0 as valued,
        1 as compared
    from {{ ref('indicator_trend') }}
),

cells_expected_once as (
    select
        {{ cell }},
        sum(expected) as expected,
        sum(valued) as valued,
        sum(compared) as compared
    from listed
    group by {{ cell }}
    having sum(expected) <> 1 or sum(valued) <> 1 or sum(compared) <> 1
)

select * from cells_expected_once
