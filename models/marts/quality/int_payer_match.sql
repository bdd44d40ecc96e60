-- One row per person, reported year and scheme family who paid (net above 0) or is enrolled and
-- effective in it: whether both agree (人). Those exempt from paying (semantics 3) are looked at only
-- where they paid. A year of which one side was not delivered is not comparable.
with years as (select distinct year from {{ ref('int_period') }}),

payers as (
    select
        person_key,
        year,
        family,
        min(scheme) as scheme
    from {{ ref('int_contribution') }}
    group by person_key, year, family
    having sum(total_amount) > 0
),

registered as (
    select
        person_key,
        year,
        family,
        min(scheme) as scheme,
        count(case when not is_exempt then 1 end) = 0 as is_exempt
    from {{ ref('int_enrollment') }}
    where is_effective
    group by person_key, year, family
),

{% for side in ['payers', 'registered'] -%}
{{ side }}_delivered as (
    select distinct
        year,
        family
    from {{ side }}
),

{% endfor -%}
matched as (
    select
        coalesce(registered.person_key, payers.person_key) as person_key,
        coalesce(registered.year, payers.year) as year,
        coalesce(registered.family, payers.family) as family,
        coalesce(registered.scheme, payers.scheme) as insutype,
        payers.person_key is not null as is_payer,
        registered.person_key is not null as is_registered
    from payers
    full outer join registered
        on
            payers.person_key = registered.person_key
            and payers.year = registered.year
            and payers.family = registered.family
    where payers.person_key is not null or not registered.is_exempt
),

int_payer_match as (
    select
        matched.person_key,
        matched.year,
        matched.insutype,
        matched.is_payer,
        matched.is_registered,
        payers_delivered.year is not null as has_payers,
        registered_delivered.year is not null as has_registered
    from matched
    inner join years on matched.year = years.year
    {%- for side in ['payers', 'registered'] %}
    left join {{ side }}_delivered
        on
            matched.year = {{ side }}_delivered.year
            and matched.family = {{ side }}_delivered.family
    {%- endfor %}
)

select * from int_payer_match
