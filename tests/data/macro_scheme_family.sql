-- scheme_family (semantics 3): employee 310 and 340, resident 390 and 380.
with samples (insutype, expected) as (
    values
    ('310', 'employee'),
    ('340', 'employee'),
    ('390', 'resident'),
    ('380', 'resident'),
    ('320', 'other'),
    ('未映射', 'other'),
    (null, 'other')
),

computed as (
    select
        *,
        {{ scheme_family('insutype') }} as found
    from samples
),

macro_scheme_family as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_scheme_family
