-- One row per insurance year of enrollments and contributions: the fingerprint of all that the
-- spans of its persons depend on (years are the unit of work). A landed row never changes, so of
-- its own fields only its place is looked at.
with enrollment as (select * from {{ accepted('enrollment') }} as accepted_enrollment),

contributions as (select * from {{ accepted('contribution') }} as accepted_contribution),

persons as (select * from {{ ref('int_person') }}),

reported as (select distinct year from {{ ref('int_period') }}),

counties as (
    select min(left(region_code, 6)) as first_county
    from enrollment
),

landed as (
    {%- for relation in ['enrollment', 'contributions'] %}
    select
        '{{ relation }}' as dataset,
        {{ lineage_columns() | join(', ') }},
        year,
        psn_no
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

states as (
    select
        landed.dataset,
        {{ lineage_columns() | map('replace', '_', 'landed._', 1) | join(', ') }},
        landed.year,
        persons.person_key,
        counties.first_county,
        reported.year is not null as is_reported
    from landed
    cross join counties
    left join persons on landed.psn_no = persons.psn_no
    left join reported on landed.year = reported.year
),

resolutions as (
    select
        year,
        {{ row_fingerprint('states') }} as resolution
    from states
),

int_insurance_year as (
    select
        year,
        count(*) as landed_rows,
        {{ combined_fingerprint('resolution') }} as fingerprint
    from resolutions
    group by year
)

select * from int_insurance_year
