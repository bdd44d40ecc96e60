-- Semantics 2: every rule that a row breaks is in seeds/rule.csv with that level. One that is not
-- would drop out of quarantine and row_warning, which take their Chinese text from there.
{% set faults = [
    'int_row_fault', 'int_settlement__warning', 'int_item__warning', 'int_enrollment__warning',
] -%}
with rules as (select * from {{ ref('rule') }}),

broken as (
    {%- for model in faults %}
    select distinct
        '{{ model }}' as found_in,
        rule_code,
        level
    from {{ ref(model) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

rules_are_known as (
    select broken.*
    from broken
    left join rules
        on
            broken.rule_code = rules.rule_code
            and broken.level = rules.level
    where rules.rule_code is null
)

select * from rules_are_known
