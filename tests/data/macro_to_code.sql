-- to_code (semantics 1): a code, or its Chinese label turned into the code; leading zeros stay,
-- what is neither is kept for the warning.
{% set codes = {'310': '职工基本医疗保险', '390': '城乡居民基本医疗保险'} -%}
with samples (raw, expected) as (
    values
    ('310', '310'),
    ('职工基本医疗保险', '310'),
    ('390', '390'),
    ('城乡居民基本医疗保险', '390'),
    ('0310', '0310'),
    ('999', '999'),
    ('职工', '职工'),
    ('', ''),
    (null, null)
),

computed as (
    select
        *,
        {{ to_code('raw', codes) }} as found
    from samples
),

macro_to_code as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_to_code
