-- One row per term of an indicator's numerator or denominator, as the catalogue writes it: "a + b",
-- "a - b", "a * months_elapsed".
with indicators as (select * from {{ ref('indicator') }}),

measures as (select * from {{ ref('measure') }}),

formulas as (
    select
        code as indicator_code,
        'numerator' as part_of_ratio,
        numerator as formula
    from indicators
    union all
    select
        code as indicator_code,
        'denominator' as part_of_ratio,
        denominator as formula
    from indicators
),

words as (
    {{ split_rows('formulas', ['indicator_code', 'part_of_ratio'], 'formula', "' '") }}
),

terms as (
    select
        term.indicator_code,
        term.part_of_ratio,
        term.position,
        term.part as measure,
        coalesce(operator.part, '+') as operator
    from words as term
    left join words as operator
        on
            term.indicator_code = operator.indicator_code
            and term.part_of_ratio = operator.part_of_ratio
            and term.position = operator.position + 1
    where term.part not in ('+', '-', '*')
),

int_indicator_term as (
    select
        terms.indicator_code,
        terms.part_of_ratio,
        terms.position,
        terms.measure,
        terms.operator,
        case measures.dataset
            when 'derived' then 'fund_ledger'
            else {{ part_of('measures.dataset', "' + '", 1) }}
        end as dataset,
        -- the month number is always there; a balance is as good as the flows that it is made of
        case
            when measures.kind = 'flow' or measures.dataset in ('fund_ledger', 'derived')
                then 'flow'
            when measures.kind = 'scale' then 'scale'
            else 'stock'
        end as delivery_kind,
        measures.kind = 'scale' as is_scale,
        terms.measure = 'target' as is_target,
        terms.measure in ('fund_opening_balance', 'fund_closing_balance') as is_balance,
        coalesce(measures.dims like '%region%', false) as has_region,
        coalesce(measures.dims like '%insutype%', false) as has_insutype,
        -- population, priority and agreement counts are repeated for every scheme
        measures.dataset in (
            'population', 'priority_roster', 'priority_roster + enrollment', 'institution'
        ) as is_repeated,
        measures.dims
    from terms
    left join measures using (measure)
)

select * from int_indicator_term
