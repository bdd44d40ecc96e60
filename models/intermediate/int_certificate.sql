-- One row per valid certificate of an accepted enrollment row, with the person it leads to
-- (semantics 3). Where it stands under several person numbers, the newest row decides, then the
-- person number.
with enrollment as (select * from {{ accepted('enrollment') }} as accepted_enrollment),

persons as (select * from {{ ref('int_person') }}),

ranked as (
    select
        enrollment.certno,
        persons.person_key,
        row_number() over (
            partition by enrollment.certno
            order by
                enrollment.updt_time desc nulls last,
                enrollment.year desc,
                enrollment.insutype desc,
                enrollment.psn_no desc
        ) as newest
    from enrollment
    inner join persons using (psn_no)
    where enrollment.certno_check = 'ok'
),

int_certificate as (
    select
        certno,
        person_key
    from ranked
    where newest = 1
)

select * from int_certificate
