-- Semantics 7: a new indicator is a row of the catalogue, so every word in it must be known:
-- measures and operators of the formulas, breakdowns, modes. A misspelt one would silently give
-- cells of 0, or none. And whoever reads a figure is told in Chinese what it is.
with indicators as (select * from {{ ref('indicator') }}),

terms as (select * from {{ ref('int_indicator_term') }}),

measures as (select * from {{ ref('measure') }}),

listed as (
    select
        code as indicator_code,
        coalesce(breakdowns, modes) || '|' || modes as words
    from indicators
),

words as (
    {{ split_rows('listed', ['indicator_code'], 'words', "'|'") }}
),

sides as (
    select
        indicators.code as indicator_code,
        count(distinct terms.part_of_ratio) as sides
    from indicators
    left join terms on indicators.code = terms.indicator_code
    group by indicators.code
),

catalogue_is_readable as (
    select
        terms.indicator_code,
        terms.operator || ' ' || terms.measure as unknown
    from terms
    left join measures using (measure)
    where measures.measure is null or terms.operator not in ('+', '-', '*')
    union all
    select
        indicator_code,
        part as unknown
    from words
    where
        part not in ('region', 'insutype', 'month', 'ytd')
        and part not in ('service_tier', 'inst', 'group', 'account_item', 'inst_type')
    union all
    select
        indicator_code,
        'numerator or denominator missing' as unknown
    from sides
    where sides <> 2
    {%- for catalogue, key, texts in [
        ('indicators', 'code', ['name_zh', 'definition_zh', 'source_zh']),
        ('measures', 'measure', ['name_zh', 'definition_zh']),
    ] %}
    {%- for text in texts %}
    union all
    select
        {{ key }} as indicator_code,
        '{{ text }} missing' as unknown
    from {{ catalogue }}
    where coalesce({{ text }}, '') = ''
    {%- endfor %}
    {%- endfor %}
    union all
    select
        min(measure) as indicator_code,
        'name_zh twice: ' || name_zh as unknown
    from measures
    group by name_zh
    having count(*) > 1
)

select * from catalogue_is_readable
