-- One row per insurance year and township: of the persons enrolled (any status, each once, where
-- they live as semantics 3 says), how many have a valid certificate, a birth date, a household.
{% set fields = ['certificate', 'birth_date', 'household'] -%}
with enrollment as (select * from {{ ref('int_enrollment') }}),

persons as (
    select
        person_key,
        year,
        min_by(township, residence_rank) as township,
        {% for field in fields -%}
        max(case when has_{{ field }} then 1 else 0 end) as with_{{ field }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from enrollment
    group by person_key, year
),

counted as (
    select
        year,
        township as region_code,
        count(*) as persons,
        {% for field in fields -%}
        cast(sum(with_{{ field }}) as bigint) as with_{{ field }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from persons
    group by year, township
),

township_completeness as (
    select
        *,
        -- the mean of the three shares
        {{ percent('with_certificate + with_birth_date + with_household', '(3 * persons)') }}
            as score
    from counted
)

select * from township_completeness
