{{ built_by('year', 'int_insurance_year') }}
-- One row per accepted contribution, with its person, scheme family and township (semantics 3).
with contributions as (
    select *
    from {{ accepted('contribution') }} as accepted_contribution
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

persons as (select * from {{ ref('int_person') }}),

residences as (select * from {{ ref('int_residence') }}),

counties as (select min(county) as first_county from {{ ref('int_county') }}),

identified as (
    select
        contributions.*,
        coalesce(persons.person_key, 'psn:' || contributions.psn_no) as person_key,
        {{ bucketed('contributions.insutype', 'contribution', 'insutype') }} as scheme,
        {{ scheme_family('contributions.insutype') }} as family
    from contributions
    left join persons using (psn_no)
),

int_contribution as (
    select
        identified.payment_id,
        identified.person_key,
        -- a payment names no county: without an enrollment of its year it is the reporting county's
        -- (the first of several)
        coalesce(
            {{ residence_township('identified.family') }}, counties.first_county || '000'
        ) as township,
        identified.scheme,
        identified.family,
        identified.year,
        cast(identified.pay_time as date) as paid_on,
        -- counted from 1 January of the insurance year: collection begins in the year before
        ({{ month_number('identified.pay_time') }} - identified.year * 12 - 1) * 3
        + {{ ten_day_of('identified.pay_time') }} as ten_day_no,
        greatest({{ month_number('identified.pay_time') }}, identified.year * 12 + 1) as month_no,
        identified.total_amount,
        identified.personal_amount,
        identified.subsidy_amount,
        identified.employer_amount,
        identified.receipt_no
    from identified
    cross join counties
    left join residences using (person_key, year)
)

{{ with_fingerprint('int_contribution', 'year', ref('int_insurance_year')) }}
