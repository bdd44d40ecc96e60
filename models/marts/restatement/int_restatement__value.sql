-- One row per issued value that would be another one now (semantics 4): as issued, as recomputed.
{% set cell = cell_key() + ['indicator_code'] -%}
with issues as (select * from {{ ref('int_issue') }}),

issued_values as (
    select
        all_issued.*,
        issues.status as issue_status
    from {{ ref('stg_issued_value') }} as all_issued
    inner join issues on all_issued.issue = issues.issue
),

recomputed as (select * from {{ ref('indicator_value') }}),

-- a cell that was never issued (a new township or institution) is no restatement
int_restatement__value as (
    select
        issued_values.issue,
        issued_values.issue_status,
        {% for column in cell -%}
        issued_values.{{ column }},
        {% endfor -%}
        {% for column in ['numerator', 'denominator', 'value'] -%}
        issued_values.{{ column }} as issued_{{ column }},
        recomputed.{{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from issued_values
    left join recomputed using ({{ cell | join(', ') }})
    where
        recomputed.numerator is distinct from issued_values.numerator
        or recomputed.denominator is distinct from issued_values.denominator
        or recomputed.value is distinct from issued_values.value
)

select * from int_restatement__value
