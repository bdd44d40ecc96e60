-- Semantics 7: value = numerator / denominator (x 100 for per cent), half up at 10 places, by
-- multiplying back: the rest is below half of the last place, and exactly half only where the value
-- went up. And there is a value exactly where the status says so.
with cells as (select * from {{ ref('indicator_value') }}),

indicators as (select * from {{ ref('indicator') }}),

multiplied as (
    select
        cells.*,
        abs(cells.numerator) * case when indicators.unit = 'percent' then 100 else 1 end as scaled,
        abs(cells.value) * cells.denominator as product,
        cells.denominator * cast(0.00000000005 as decimal(12, 11)) as half_a_place
    from cells
    inner join indicators on cells.indicator_code = indicators.code
),

value_recomputed as (
    select *
    from multiplied
    where
        (value is null) <> (status in ('no_data', 'no_dimension', 'no_denominator'))
        or (status = 'no_data' and numerator is not null)
        -- the numerator may be what lacks the dimension of the cell
        or (status not in ('no_data', 'no_dimension') and numerator is null)
        or (status = 'no_denominator' and denominator > 0)
        or scaled - product >= half_a_place
        or product - scaled > half_a_place
        or value * numerator < 0
)

select * from value_recomputed
