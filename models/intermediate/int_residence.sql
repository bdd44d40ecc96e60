{{ built_by('year', 'int_insurance_year') }}
-- One row per person and insurance year: the township of the person's enrollment, as seen from each
-- scheme family (semantics 3: the same family first, then the rank of the row).
with enrollment as (
    select *
    from {{ ref('int_enrollment') }}
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

int_residence as (
    select
        person_key,
        year,
        coalesce(
            min_by(township, residence_rank) filter (where family = 'employee'),
            min_by(township, residence_rank)
        ) as employee_township,
        coalesce(
            min_by(township, residence_rank) filter (where family = 'resident'),
            min_by(township, residence_rank)
        ) as resident_township,
        coalesce(
            min_by(township, residence_rank) filter (where family = 'other'),
            min_by(township, residence_rank)
        ) as other_township
    from enrollment
    group by person_key, year
)

{{ with_fingerprint('int_residence', 'year', ref('int_insurance_year')) }}
