-- One row per person number that has a valid certificate in its enrollment: the person is the
-- certificate of the newest such row (semantics 3; newest = updt_time, nulls first, then year, then
-- scheme).
with enrollment as (select * from {{ accepted('enrollment') }} as accepted_enrollment),

ranked as (
    select
        psn_no,
        certno,
        row_number() over (
            partition by psn_no
            order by updt_time desc nulls last, year desc, insutype desc
        ) as newest
    from enrollment
    where certno_check = 'ok'
),

int_person as (
    select
        psn_no,
        certno as person_key
    from ranked
    where newest = 1
)

select * from int_person
