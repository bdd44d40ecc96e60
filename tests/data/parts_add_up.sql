-- Semantics 7: tiers, institutions, account items and types of institution add up to the region's
-- figure, in the numerators and denominators that are published. Not the priority groups: a person
-- may be in several. A repeated denominator has no such cells.
{% set whole = ['period', 'period_mode', 'region_code', 'insutype', 'indicator_code'] -%}
with cells as (
    select *
    from {{ ref('indicator_value') }}
    where status not in ('no_data', 'no_dimension') and breakdown <> 'group'
),

wholes as (
    select *
    from cells
    where breakdown = 'none'
),

parts as (
    select
        {{ whole | join(', ') }},
        breakdown,
        coalesce(sum(numerator), 0) as numerator,
        coalesce(sum(denominator), 0) as denominator
    from cells
    where breakdown <> 'none'
    group by {{ whole | join(', ') }}, breakdown
),

parts_add_up as (
    select
        parts.*,
        wholes.numerator as whole_numerator,
        wholes.denominator as whole_denominator
    from parts
    left join wholes using ({{ whole | join(', ') }})
    where
        parts.numerator is distinct from coalesce(wholes.numerator, 0)
        or parts.denominator is distinct from coalesce(wholes.denominator, 0)
)

select * from parts_add_up
