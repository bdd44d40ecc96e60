-- The wide tables and the indicators say the same: admissions, their cost and what the pool paid,
-- by month and county.
with counties as (select * from {{ ref('int_county') }}),

measure_values as (
    select
        period,
        region_code as county,
        measure,
        value
    from {{ ref('measure_value') }}
    where period_mode = 'month' and insutype = 'all' and breakdown = 'none'
),

marts as (
    {%- for mart, measures in {
        'mart_compensation': ['ip_cases', 'ip_cost', 'ip_pool'],
        'mart_admission_cost': ['ip_cases', 'ip_cost', 'item_cost'],
        'mart_referral': ['ip_cases', 'ip_cases_out_county', 'out_visits'],
        'mart_flow': [
            'ip_cases', 'ip_cases_unreferred', 'ip_cost', 'ip_pool', 'ip_fund', 'ip_bed_days',
        ],
    }.items() %}
    {%- set mart_loop = loop %}
    {%- for measure in measures %}
    select
        '{{ mart }}' as mart,
        period,
        county,
        '{{ measure }}' as measure,
        sum({{ measure }}) as value
    from {{ ref(mart) }}
    group by period, county
    {%- if not (loop.last and mart_loop.last) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
),

marts_agree as (
    select
        marts.*,
        measure_values.value as measure_value
    from marts
    inner join counties using (county)
    left join measure_values using (period, county, measure)
    where marts.value is distinct from measure_values.value
)

select * from marts_agree
