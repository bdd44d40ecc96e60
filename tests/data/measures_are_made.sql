-- Every measure of seeds/measure.csv is made by a model (the target excepted, which dataset target
-- gives). One that none makes would stand as 0 in every cell whose dataset was delivered. Told from
-- the models' text, not from the data: a measure without rows is no mistake.
{% set made = ['target'] + settlement_measures().keys() | list -%}
{% for node in graph.nodes.values() if node.name.startswith('int_cell__') -%}
{% do made.extend(modules.re.findall("'([a-z0-9_]+)'", node.raw_code)) -%}
{% endfor -%}
with measures as (select * from {{ ref('measure') }}),

measures_are_made as (
    select
        measure,
        dataset
    from measures
    where measure not in ('{{ made | unique | join("', '") }}') -- noqa: LT05
)

select * from measures_are_made
