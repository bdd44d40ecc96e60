-- What the models take for granted of an engine, whichever it is: each rule with what it must give.
-- Digits, dates and ratios have tables of their own (macro_*).
with ranked (name, rank) as (
    values
    ('dated', 1),
    ('undated', null)
),

newest as (
    select
        name,
        row_number() over (order by rank desc nulls last) as newest_first
    from ranked
),

samples (rule, found, expected) as (
    select
        'a missing part makes the whole text missing' as rule,
        coalesce('a' || cast(null as string), 'missing') as found,
        'missing' as expected
    union all
    select
        'concat_ws passes over what is missing' as rule,
        concat_ws('-', 'a', cast(null as string), 'b') as found,
        'a-b' as expected
    union all
    select
        'text is measured in characters' as rule,
        cast(length('医保局') as string) as found,
        '3' as expected
    union all
    select
        'text is cut in characters' as rule,
        left('城关镇', 2) as found,
        '城关' as expected
    union all
    select
        'one wildcard is one character' as rule,
        case when '医' like '_' then 'yes' else 'no' end as found,
        'yes' as expected
    union all
    select
        'capitals sort before small letters' as rule,
        least('a', 'B') as found,
        'B' as expected
    union all
    select
        'spaces of both widths are trimmed' as rule,
        '[' || {{ trimmed("' 　a b　 '") }} || ']' as found,
        '[a b]' as expected
    union all
    select
        'full-width digits are digits after translation' as rule,
        translate('１２　', '１２　', '12') as found,
        '12' as expected
    union all
    select
        'a decimal is rounded half away from zero' as rule,
        cast(cast(cast(-1.00005 as decimal(18, 5)) as decimal(18, 4)) as string) as found,
        '-1.0001' as expected
    union all
    select
        'a text that is no number becomes missing' as rule,
        coalesce(cast(try_cast('12a' as decimal(18, 4)) as string), 'missing') as found,
        'missing' as expected
    union all
    select
        'a remainder has the sign of what is divided' as rule,
        cast(-7 % 3 as string) as found,
        '-1' as expected
    union all
    select
        'greatest passes over what is missing' as rule,
        cast(greatest(1, cast(null as integer)) as string) as found,
        '1' as expected
    union all
    select
        'a sum of nothing is missing' as rule,
        coalesce(cast(sum(rank) as string), 'missing') as found,
        'missing' as expected
    from ranked
    where name = 'undated'
    union all
    select
        'a month after the 31st is the last day' as rule,
        cast({{ add_months("date '2026-01-31'", 1) }} as string) as found,
        '2026-02-28' as expected
    union all
    select
        'the day before the first' as rule,
        cast({{ add_days("date '2024-03-01'", -1) }} as string) as found,
        '2024-02-29' as expected
    union all
    select
        'the month of a time' as rule,
        {{ month_of("cast('2026-09-30 23:59:59' as timestamp)") }} as found,
        '2026-09' as expected
    union all
    select
        'what is missing is the oldest' as rule,
        name as found,
        'dated' as expected
    from newest
    where newest_first = 1
    union all
    select
        'a part beyond the last is empty' as rule,
        '[' || {{ part_of("'a+b'", "'+'", 3) }} || ']' as found,
        '[]' as expected
),

engine_semantics as (
    select *
    from samples
    where found is distinct from expected
)

select * from engine_semantics
