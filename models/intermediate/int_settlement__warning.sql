-- One row per warning that needs more than the settlement row itself (semantics 2, 4 and 6). Linked
-- reversals repeat their original and are not warned of again.
with settlements as (
    select *
    from {{ ref('int_settlement__resolved') }}
    where reversed_setl_id is null
),

files as (select max({{ month_of('modified_on') }}) as newest_month from {{ ref('stg_file') }}),

item_months as (
    select distinct month
    from {{ ref('int_settlement__resolved') }}
    where items > 0
),

persons as (select * from {{ ref('int_person') }}),

filings as (
    select
        filing.filing_id,
        filing.to_admdvs,
        coalesce(persons.person_key, 'psn:' || filing.psn_no) as person_key
    from {{ accepted('referral') }} as filing
    left join persons using (psn_no)
),

checked as (
    select
        settlements.*,
        not settlements.is_enrolled as is_not_enrolled,
        not settlements.is_registered as is_unknown_institution,
        settlements.month > files.newest_month as is_future,
        settlements.sign = -1 as is_unlinked,
        settlements.sign = 1
        and settlements.items > 0
        and abs(settlements.own_item_cost - settlements.total_cost) > 0.01 as has_other_cost,
        settlements.sign = 1
        and settlements.items = 0
        and item_months.month is not null as has_no_items,
        settlements.filing_id is not null
        and (
            filings.filing_id is null
            or coalesce(left(filings.to_admdvs, 6) <> settlements.inst_region, false)
        ) as has_other_filing
    from settlements
    cross join files
    left join item_months on settlements.month = item_months.month
    left join filings
        on
            settlements.filing_id = filings.filing_id
            and settlements.person_key = filings.person_key
),

{% set warnings = [
    ('not_enrolled', 'psn_no', 'is_not_enrolled', 'psn_no'),
    ('unknown_institution', 'inst_code', 'is_unknown_institution', 'inst_code'),
    ('future_month', 'setl_time', 'is_future', 'month'),
    ('reversal_unlinked', 'original_setl_id', 'is_unlinked', 'setl_id'),
    ('no_items', 'setl_id', 'has_no_items', 'setl_id'),
    ('items_off_total', 'total_cost', 'has_other_cost', 'total_cost'),
    ('filing_differs', 'filing_id', 'has_other_filing', 'filing_id'),
] -%}
-- few rows, before each warning looks for its own
warned as (
    select
        {{ lineage_columns() | join(', ') }},
        {% for value in warnings | map(attribute=3) | unique -%}
        {{ value }},
        {% endfor -%}
        {{ warnings | map(attribute=2) | join(',\n        ') }}
    from checked
    where {{ warnings | map(attribute=2) | join(' or ') }}
),

int_settlement__warning as (
    {%- for rule, field, condition, value in warnings %}
    select
        'settlement' as dataset,
        {{ lineage_columns() | join(', ') }},
        'warning' as level,
        '{{ rule }}' as rule_code,
        '{{ field }}' as field,
        cast({{ value }} as string) as value_masked
    from warned
    where {{ condition }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from int_settlement__warning
