-- One row per control total of persons: distinct person numbers of the accepted rows of its dataset,
-- period and scheme; of a roster, distinct certificates. Only what is asked for is counted.
{% set periods = dataset_periods() -%}
with asked as (
    select *
    from {{ accepted('control_total') }} as accepted_control
    where measure = 'persons'
),

numbers as (
    {%- for dataset in ['enrollment', 'contribution', 'settlement', 'referral'] %}
    {%- set place = periods[dataset] %}
    select
        asked.control_id,
        counted.psn_no as number
    from asked
    inner join {{ accepted(dataset) }} as counted
        on
            asked.dataset = '{{ dataset }}'
            and (
                asked.period = cast({{ place.year }} as string)
                {%- if place.month %}
                or asked.period = {{ place.month }}
                {%- endif %}
            )
            {%- if place.insutype %}
            and (asked.insutype is null or asked.insutype = counted.insutype)
            {%- else %}
            and asked.insutype is null
            {%- endif %}
    union all
    {%- endfor %}
    select
        asked.control_id,
        counted.certno as number
    from asked
    inner join {{ accepted('priority_roster') }} as counted
        on asked.dataset = 'priority_roster' and asked.insutype is null
),

int_control_total__person as (
    select
        control_id,
        count(distinct number) as persons
    from numbers
    group by control_id
)

select * from int_control_total__person
