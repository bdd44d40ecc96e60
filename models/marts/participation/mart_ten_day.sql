-- One row per insurance year, ten-day and region, all schemes together: what was collected in it
-- and so far, beside the same ten-day of the year before, the persons insured and the amount due.
-- Unlike mart_collection it has a row too where nothing was paid.
with ten_days as (select * from {{ ref('int_ten_day') }}),

collection as (
    select *
    from {{ ref('mart_collection') }}
    where insutype = 'all'
),

regions as (select * from {{ ref('dim_region') }}),

participation as (
    select *
    from {{ ref('mart_participation') }}
    where insutype = 'all'
),

targets as (
    select *
    from {{ accepted('target') }} as accepted_target
    where indicator_code = 'collect_rate'
),

paid as (
    select
        ten_days.insurance_year,
        ten_days.ten_day_no,
        ten_days.ten_day,
        ten_days.pay_month,
        regions.region_code,
        regions.region_name,
        regions.level,
        coalesce(this_year.persons, 0) as persons,
        coalesce(this_year.amount, 0) as amount,
        case when ten_days.has_year_before then coalesce(last_year.persons, 0) end
            as last_year_persons,
        case when ten_days.has_year_before then coalesce(last_year.amount, 0) end
            as last_year_amount
    from ten_days
    cross join regions
    left join collection as this_year
        on
            ten_days.insurance_year = this_year.insurance_year
            and ten_days.ten_day_no = this_year.ten_day_no
            and regions.region_code = this_year.region_code
    left join collection as last_year
        on
            ten_days.insurance_year = last_year.insurance_year + 1
            and ten_days.ten_day_no = last_year.ten_day_no
            and regions.region_code = last_year.region_code
),

added_up as (
    select
        {% for name in ['persons', 'amount', 'last_year_persons', 'last_year_amount'] -%}
        sum(paid.{{ name }}) over (so_far) as {{ name }}_so_far,
        {% endfor -%}
        paid.*
    from paid
    window so_far as (partition by insurance_year, region_code order by ten_day_no)
),

compared as (
    select
        added_up.*,
        participation.insured_persons,
        targets.target_value as amount_due
    from added_up
    left join participation
        on
            added_up.pay_month = participation.period
            and added_up.region_code = participation.region_code
    left join targets
        on
            added_up.insurance_year = targets.year
            and added_up.region_code = targets.region_code
),

mart_ten_day as (
    select
        insurance_year,
        pay_month,
        ten_day,
        ten_day_no,
        region_code,
        region_name,
        level,
        {% for name in [
            'persons', 'persons_so_far', 'last_year_persons', 'last_year_persons_so_far',
        ] -%}
        cast({{ name }} as bigint) as {{ name }},
        {% endfor -%}
        {% for name in [
            'amount', 'amount_so_far', 'last_year_amount', 'last_year_amount_so_far',
            'insured_persons', 'amount_due',
        ] -%}
        cast({{ name }} as decimal(38, 4)) as {{ name }},
        {% endfor -%}
        {% for name in ['persons', 'amount'] -%}
        {{ exact_ratio(
            '(' ~ name ~ '_so_far - last_year_' ~ name ~ '_so_far)',
            'last_year_' ~ name ~ '_so_far', 100
        ) }} as {{ name }}_change,
        {% endfor -%}
        {{ percent('persons_so_far', 'insured_persons') }} as persons_progress,
        {{ percent('amount_so_far', 'amount_due') }} as amount_progress
    from compared
)

select * from mart_ten_day
