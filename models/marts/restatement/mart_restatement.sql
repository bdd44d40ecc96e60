-- One row per issued value that would be another one now (semantics 4): as issued, as recomputed,
-- and the causes. A cause is a kind of changed row in the datasets, months, place and scheme of the
-- cell; where there is none, in any (a new enrollment moves settlements to another township).
{% set cell = cell_key() + ['indicator_code'] -%}
{% set causes = ['late', 'reversed', 'corrected'] -%}
with differing as (select * from {{ ref('int_restatement__value') }}),

changed_rows as (
    select distinct
        period,
        dataset,
        cause,
        month,
        issued_month,
        township,
        insutype
    from {{ ref('int_issue__row') }}
),

terms as (
    select distinct
        terms.indicator_code,
        case measures.dataset when 'derived' then 'fund_ledger' else measures.dataset end
            as datasets
    from {{ ref('int_indicator_term') }} as terms
    inner join {{ ref('measure') }} as measures on terms.measure = measures.measure
),

redefined as (
    select
        definitions.issue,
        definitions.indicator_code
    from {{ ref('stg_issued_definition') }} as definitions
    left join {{ ref('indicator') }} as indicators on definitions.indicator_code = indicators.code
    where
        definitions.numerator is distinct from indicators.numerator
        or definitions.denominator is distinct from indicators.denominator
        or definitions.unit is distinct from indicators.unit
),

explained as (
    select
        {% for column in cell -%}
        differing.{{ column }},
        {% endfor -%}
        {% for cause in causes -%}
        max(case when changed_rows.cause = '{{ cause }}' then '{{ cause }}' end) as {{ cause }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from differing
    inner join terms on differing.indicator_code = terms.indicator_code
    inner join changed_rows
        on
            differing.period = changed_rows.period
            -- items come with their settlement, findings with their inspection
            and terms.datasets like '%' || changed_rows.dataset || '%'
    where
        (
            differing.period_mode = 'ytd'
            or coalesce(changed_rows.month, changed_rows.issued_month) is null
            or differing.period in (changed_rows.month, changed_rows.issued_month)
        )
        and (
            changed_rows.township is null
            or differing.region_code in (
                changed_rows.township,
                left(changed_rows.township, 6),
                left(changed_rows.township, 4) || '00'
            )
        )
        and (
            differing.insutype = 'all'
            or coalesce(changed_rows.insutype, differing.insutype) = differing.insutype
        )
    group by differing.{{ cell | join(', differing.') }}
),

anywhere as (
    select
        period,
        {% for cause in causes -%}
        max(case when cause = '{{ cause }}' then '{{ cause }}' end) as {{ cause }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from changed_rows
    group by period
),

-- of the cell itself first: then the catalogue, then rows elsewhere
caused as (
    select
        differing.*,
        concat_ws(
            ',', explained.late, explained.reversed, explained.corrected,
            case when redefined.issue is not null then 'catalogue' end
        ) as own_causes,
        concat_ws(',', anywhere.late, anywhere.reversed, anywhere.corrected) as other_causes
    from differing
    left join explained using ({{ cell | join(', ') }})
    left join redefined
        on
            differing.issue = redefined.issue
            and differing.indicator_code = redefined.indicator_code
    left join anywhere on differing.period = anywhere.period
),

mart_restatement as (
    select
        issue,
        issue_status,
        {{ cell | join(',\n        ') }},
        cast(issued_numerator as decimal(38, 4)) as issued_numerator,
        cast(issued_denominator as decimal(38, 4)) as issued_denominator,
        cast(issued_value as decimal(38, 10)) as issued_value,
        cast(numerator as decimal(38, 4)) as numerator,
        cast(denominator as decimal(38, 4)) as denominator,
        cast(value as decimal(38, 10)) as value,
        cast(value - issued_value as decimal(38, 10)) as difference,
        case
            when own_causes <> '' then own_causes
            when other_causes <> '' then other_causes
            else 'calculation'
        end as cause
    from caused
)

select * from mart_restatement
