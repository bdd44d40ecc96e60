-- One row per enrollment row whose certificate stands on several person numbers, or whose person
-- number has several certificates (semantics 2).
with enrollment as (select * from {{ accepted('enrollment') }} as accepted_enrollment),

certified as (
    select *
    from enrollment
    where certno is not null
),

shared as (
    select certno
    from certified
    group by certno
    having min(psn_no) <> max(psn_no)
),

several as (
    select psn_no
    from certified
    group by psn_no
    having min(certno) <> max(certno)
),

int_enrollment__warning as (
    {%- set warnings = [
        ('certificate_shared', 'certno', 'shared'),
        ('person_several_certificates', 'psn_no', 'several'),
    ] %}
    {%- for rule, number, warned in warnings %}
    select
        'enrollment' as dataset,
        {{ lineage_columns() | join(', ') }},
        'warning' as level,
        '{{ rule }}' as rule_code,
        'certno' as field,
        certno_mask as value_masked
    from certified
    where {{ number }} in (select {{ warned }}.{{ number }} from {{ warned }})
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from int_enrollment__warning
