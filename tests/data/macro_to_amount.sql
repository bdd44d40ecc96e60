-- to_amount (semantics 1, "Values"): thousands commas, full-width digits, ￥, parentheses as
-- negative, scientific notation; half up at 4 places, away from zero; null where the text is no
-- number or has more than 14 digits before the point.
with samples (raw, expected) as (
    values
    ('1234.5', 1234.5),
    ('1,234.50', 1234.5),
    ('12,345,678.9', 12345678.9),
    ('-1,234.5', -1234.5),
    ('+5', 5),
    ('0', 0),
    ('-0.00', 0),
    ('.5', 0.5),
    ('00012', 12),
    ('１２３４．５', 1234.5),
    ('１，２３４', 1234),
    ('￥1,234.50', 1234.5),
    ('¥99', 99),
    ('-￥99', -99),
    ('(123.45)', -123.45),
    ('（1,234）', -1234),
    ('(￥5)', -5),
    ('1.5E3', 1500),
    ('1.5e-2', 0.015),
    ('-2E+2', -200),
    ('(2e2)', -200),
    ('5.', 5),
    ('1,234.', 1234),
    ('0.00005', 0.0001),
    ('-0.00005', -0.0001),
    ('12.34564', 12.3456),
    ('12.34565', 12.3457),
    ('-12.34565', -12.3457),
    ('12345678901234.5678', 12345678901234.5678),
    ('123456789012345', null),
    ('1,23', null),
    ('1,2345', null),
    ('12,34,567', null),
    ('1_000', null),
    ('１_０', null),
    ('12.3.4', null),
    ('5%', null),
    ('5E3.', null),
    ('５Ｅ３．', null),
    ('(5e3.)', null),
    ('5E', null),
    ('((5))', null),
    ('-(5)', null),
    ('(5', null),
    ('五', null),
    ('abc', null),
    ('NaN', null),
    ('Infinity', null),
    ('', null),
    (null, null)
),

computed as (
    select
        *,
        {{ to_amount('raw') }} as found
    from samples
),

macro_to_amount as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_to_amount
