-- One row per warned row and rule, with the township of its person and its institution, where it
-- has one. A settlement that does not count, and a person who is not enrolled, are of the unknown
-- township.
with warnings as (
    select distinct
        rule_code,
        dataset,
        {{ lineage_columns() | join(', ') }}
    from {{ ref('int_row_warning') }}
),

settlements as (select * from {{ ref('fct_settlement') }}),

contributions as (select * from {{ ref('int_contribution') }}),

counties as (select min(county) as first_county from {{ ref('int_county') }}),

-- what the row itself names, by dataset
named as (
    {%- set places = {
        'enrollment': {'township': township_of('staged.region_code')},
        'priority_roster': {'township': township_of('staged.region_code')},
        'population': {'township': township_of('staged.region_code')},
        'institution': {'inst_code': 'staged.inst_code'},
        'budget': {'inst_code': 'staged.inst_code'},
        'inspection': {'inst_code': 'staged.inst_code'},
        'settlement': {
            'township': "left(staged.insu_admdvs, 6) || '000'",
            'inst_code': 'staged.inst_code',
            'setl_id': 'staged.setl_id',
        },
        'settlement_item': {'setl_id': 'staged.setl_id'},
        'contribution': {'payment_id': 'staged.payment_id'},
    } %}
    {%- for dataset, place in places.items() %}
    select
        warnings.*,
        {% for column in ['township', 'inst_code', 'setl_id', 'payment_id'] -%}
        cast({{ place.get(column, 'null') }} as string) as {{ column }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from warnings
    inner join {{ ref('stg_' ~ dataset) }} as staged
        on
            warnings.dataset = '{{ dataset }}'
            and {{ same_row('warnings', 'staged') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

int_warning__placed as (
    select
        named.rule_code,
        named.dataset,
        coalesce(
            settlements.township,
            contributions.township,
            named.township,
            case when named.setl_id is not null then counties.first_county || '000' end
        ) as township,
        coalesce(named.inst_code, settlements.inst_code) as inst_code
    from named
    cross join counties
    left join settlements on named.setl_id = settlements.setl_id
    left join contributions on named.payment_id = contributions.payment_id
)

select * from int_warning__placed
