{{ built_by('year', 'int_insurance_year') }}
-- One row per person, year, scheme family and run of months: whether the net contribution up to
-- each month end is above 0 (semantics 3). Refunds are negative, so that a contribution may end and
-- begin again.
with contributions as (
    select *
    from {{ ref('int_contribution') }}
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

monthly as (
    select
        person_key,
        year,
        family,
        month_no,
        -- the township is one for a person's year and family; of several schemes the first
        min(township) as township,
        min(scheme) as scheme,
        sum(total_amount) as net_amount
    from contributions
    where month_no <= year * 12 + 12
    group by person_key, year, family, month_no
),

running as (
    select
        person_key,
        year,
        family,
        township,
        scheme,
        month_no,
        sum(net_amount) over (
            partition by person_key, year, family
            order by month_no
        ) as net_so_far,
        lag(month_no) over (
            partition by person_key, year, family
            order by month_no
        ) as previous_month_no,
        lead(month_no) over (
            partition by person_key, year, family
            order by month_no
        ) as next_month_no
    from monthly
),

int_contribution_span as (
    select
        person_key,
        year,
        family,
        township,
        scheme,
        net_so_far > 0 as is_paid,
        month_no as first_month,
        coalesce(next_month_no - 1, year * 12 + 12) as last_month
    from running
    union all
    -- nothing is paid before the first payment
    select
        person_key,
        year,
        family,
        township,
        scheme,
        false as is_paid,
        year * 12 + 1 as first_month,
        month_no - 1 as last_month
    from running
    where previous_month_no is null and month_no > year * 12 + 1
)

{{ with_fingerprint('int_contribution_span', 'year', ref('int_insurance_year')) }}
