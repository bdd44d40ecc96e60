{{ built_by('year', 'int_insurance_year') }}
-- One row per accepted payment for a reported year: the sum of the parts that it names (null where
-- it names none), and whether it has a receipt that no earlier payment of the same person, year and
-- scheme has.
with contributions as (
    select *
    from {{ ref('int_contribution') }}
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

years as (select distinct year from {{ ref('int_period') }}),

int_payment as (
    select
        contributions.payment_id,
        contributions.year,
        contributions.scheme as insutype,
        contributions.receipt_no,
        contributions.total_amount,
        case
            when
                coalesce(
                    contributions.personal_amount,
                    contributions.subsidy_amount,
                    contributions.employer_amount
                ) is not null
                then
                    coalesce(contributions.personal_amount, 0)
                    + coalesce(contributions.subsidy_amount, 0)
                    + coalesce(contributions.employer_amount, 0)
        end as parts_amount,
        contributions.receipt_no is not null
        and row_number() over (
            partition by
                contributions.receipt_no,
                contributions.person_key,
                contributions.year,
                contributions.scheme,
                contributions.total_amount > 0
            order by contributions.payment_id
        ) = 1 as has_own_receipt
    from contributions
    inner join years on contributions.year = years.year
)

{{ with_fingerprint('int_payment', 'year', ref('int_insurance_year')) }}
