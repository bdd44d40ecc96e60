-- service_class (semantics 5): the class of every med_type of the contract, and of an unknown one.
with samples (med_type, expected) as (
    values
    ('21', 'inpatient'),
    ('22', 'inpatient'),
    ('23', 'inpatient'),
    ('24', 'inpatient'),
    ('25', 'inpatient'),
    ('26', 'inpatient'),
    ('27', 'inpatient'),
    ('28', 'inpatient'),
    ('52', 'maternity_inpatient'),
    ('11', 'outpatient'),
    ('12', 'outpatient'),
    ('13', 'outpatient'),
    ('15', 'outpatient'),
    ('51', 'outpatient'),
    ('53', 'outpatient'),
    ('14', 'chronic'),
    ('41', 'pharmacy'),
    ('20', 'other'),
    ('29', 'other'),
    ('91', 'other'),
    ('2', 'other'),
    ('住院', 'other'),
    (null, 'other')
),

computed as (
    select
        *,
        {{ service_class('med_type') }} as found
    from samples
),

macro_service_class as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_service_class
