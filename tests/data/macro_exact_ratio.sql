-- exact_ratio (semantics 7): half up at 10 places, away from zero, by hand: 1/3, 2/3, ties at the
-- 11th place (1 / 20,000,000,000 = 0.00000000005), one below a tie, the largest fund over the
-- smallest part; seed 004 (1): 99561 of 103629.
with samples (numerator, denominator, factor, expected) as (
    values
    (1, 3, 1, 0.3333333333),
    (2, 3, 1, 0.6666666667),
    (-1, 3, 1, -0.3333333333),
    (-2, 3, 1, -0.6666666667),
    (99561, 103629, 100, 96.0744579220),
    (1, 20000000000, 1, 0.0000000001),
    (-1, 20000000000, 1, -0.0000000001),
    (3, 20000000000, 1, 0.0000000002),
    (0.9999, 20000000000, 1, 0.0000000000),
    (-0.9999, 20000000000, 1, 0.0000000000),
    (1, 20000000000, 100, 0.0000000050),
    (0.0001, 0.0003, 1, 0.3333333333),
    (123456789012.3456, 0.0001, 100, 123456789012345600.0000000000),
    (0, 5, 1, 0),
    (5, 0, 1, null),
    (5, -1, 1, null),
    (0, 0, 1, null),
    (null, 5, 1, null),
    (5, null, 1, null)
),

typed as (
    select
        cast(numerator as decimal(38, 4)) as numerator,
        cast(denominator as decimal(38, 4)) as denominator,
        factor,
        cast(expected as decimal(38, 10)) as expected
    from samples
),

computed as (
    select
        *,
        case factor
            when 100 then {{ exact_ratio('numerator', 'denominator', 100) }}
            else {{ exact_ratio('numerator', 'denominator') }}
        end as found
    from typed
),

macro_exact_ratio as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_exact_ratio
