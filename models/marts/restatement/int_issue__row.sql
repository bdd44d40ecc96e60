-- One row per newest issue of a period and key of a dataset whose row that counts is another one
-- than at the issue: which it is now, what it was, and why.
with issues as (select * from {{ ref('int_issue') }}),

issued_sheets as (select * from {{ ref('stg_issued_sheet') }}),

versions as (select * from {{ ref('int_issue__version') }}),

files as (select * from {{ ref('stg_file') }}),

settlements as (select * from {{ ref('fct_settlement') }}),

contributions as (select * from {{ ref('int_contribution') }}),

stated as (
    select
        versions.*,
        files.batch,
        files.file,
        files.label,
        issues.issue,
        issues.period,
        -- a register has no year, and holds for all
        coalesce(versions.year = issues.year and versions.month <= issues.period, true)
            as is_of_period,
        issued_sheets.issue is not null as was_issued
    from versions
    inner join files
        on versions._file_id = files._file_id and versions._sheet = files._sheet
    cross join issues
    left join issued_sheets
        on
            issues.issue = issued_sheets.issue
            and versions._file_id = issued_sheets._file_id
            and versions._sheet = issued_sheets._sheet
),

-- the order of semantics 2, as in int_row_exclusion: of all rows, and of those that were issued
ranked as (
    select
        *,
        row_number() over (
            partition by issue, dataset, row_key
            order by updated_at desc nulls last, batch desc, file desc, _sheet desc, _row desc
        ) as version_rank,
        row_number() over (
            partition by issue, dataset, row_key, was_issued
            order by updated_at desc nulls last, batch desc, file desc, _sheet desc, _row desc
        ) as state_rank
    from stated
),

issued_originals as (
    select distinct
        ranked.issue,
        ranked._file_id,
        ranked._sheet,
        ranked._row
    from ranked
    inner join {{ ref('stg_settlement') }} as originals
        on ranked.reversed_key = originals.setl_id
    inner join issued_sheets
        on
            ranked.issue = issued_sheets.issue
            and originals._file_id = issued_sheets._file_id
            and originals._sheet = issued_sheets._sheet
    where ranked.dataset = 'settlement' and ranked.is_reversal and not originals._quarantined
),

compared as (
    select
        now_counts.*,
        was_counted.row_key is not null as was_there,
        was_counted.month as issued_month,
        case when was_counted.is_counted then was_counted.amount else 0 end as issued_amount,
        case when was_counted.is_counted then was_counted.fund_amount end as issued_fund_amount
    from ranked as now_counts
    left join ranked as was_counted
        on
            now_counts.issue = was_counted.issue
            and now_counts.dataset = was_counted.dataset
            and now_counts.row_key = was_counted.row_key
            and was_counted.was_issued
            and was_counted.state_rank = 1
    where
        now_counts.version_rank = 1
        and (now_counts.is_of_period or coalesce(was_counted.is_of_period, false))
        and case
            when was_counted.row_key is null then now_counts.is_counted
            else now_counts.content <> was_counted.content
        end
),

int_issue__row as (
    select
        compared.issue,
        compared.period,
        compared.dataset,
        compared._file_id,
        compared._sheet,
        compared._row,
        compared.label as file,
        compared.batch,
        compared.record_key,
        compared.certno_mask,
        case
            when compared.was_there then 'corrected'
            when issued_originals.issue is not null then 'reversed'
            else 'late'
        end as cause,
        compared.month,
        compared.issued_month,
        coalesce(
            settlements.township,
            contributions.township,
            case
                when compared.region_code is not null
                    then {{ township_of('compared.region_code') }}
            end
        ) as township,
        coalesce(settlements.insutype, compared.insutype) as insutype,
        case when compared.is_counted then compared.amount else 0 end as amount,
        case when compared.is_counted then compared.fund_amount end as fund_amount,
        compared.issued_amount,
        compared.issued_fund_amount
    from compared
    left join issued_originals
        on
            compared.issue = issued_originals.issue
            and {{ same_row('compared', 'issued_originals') }}
    left join settlements
        on
            compared.dataset = 'settlement'
            and {{ same_row('compared', 'settlements') }}
    left join contributions
        on compared.dataset = 'contribution' and compared.row_key = contributions.payment_id
)

select * from int_issue__row
