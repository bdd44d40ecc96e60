-- One row per enrollment row whose certificate stands on several person numbers, or whose person
-- number has several certificates (semantics 2).
with enrollment as (select * from {{ accepted('enrollment') }} as accepted_enrollment),

certified as (
    select
        *,
        min(psn_no) over (partition by certno)
        <> max(psn_no) over (partition by certno) as is_shared,
        min(certno) over (partition by psn_no)
        <> max(certno) over (partition by psn_no) as is_several
    from enrollment
    where certno is not null
),

int_enrollment__warning as (
    {%- set warnings = [
        ('certificate_shared', 'is_shared'),
        ('person_several_certificates', 'is_several'),
    ] %}
    {%- for rule, condition in warnings %}
    select
        'enrollment' as dataset,
        {{ lineage_columns() | join(', ') }},
        'warning' as level,
        '{{ rule }}' as rule_code,
        'certno' as field,
        certno_mask as value_masked
    from certified
    where {{ condition }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from int_enrollment__warning
