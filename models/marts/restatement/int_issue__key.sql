-- One row per key that may count otherwise than at some issue: a sheet brought it that the issue
-- did not have, or a newer row replaced it. They are few: of all other rows only the key is read.
with issues as (select * from {{ ref('int_issue') }}),

issued_sheets as (select * from {{ ref('stg_issued_sheet') }}),

files as (select * from {{ ref('stg_file') }}),

-- what is of a later month than all issues of before the sheet cannot have changed them
unseen as (
    select
        files._file_id,
        files._sheet,
        max(issues.period) as last_period
    from files
    cross join issues
    left join issued_sheets
        on
            issues.issue = issued_sheets.issue
            and files._file_id = issued_sheets._file_id
            and files._sheet = issued_sheets._sheet
    where issued_sheets.issue is null
    group by files._file_id, files._sheet
),

last_issue as (
    select max(period) as last_period
    from issues
),

-- a new version may have taken a row into a later month
superseded as (
    select
        exclusions.*,
        last_issue.last_period
    from {{ ref('int_row_exclusion') }} as exclusions
    inner join last_issue
        on exclusions.status = 'superseded' and last_issue.last_period is not null
),

int_issue__key as (
    {%- for dataset in compared_datasets() %}
    {%- for relation in ['unseen', 'superseded'] %}
    select
        '{{ dataset }}' as dataset,
        {{ row_key_of(dataset) }} as row_key
    from {{ ref('stg_' ~ dataset) }} as staged
    inner join {{ relation }}
        on
            staged._file_id = {{ relation }}._file_id
            and staged._sheet = {{ relation }}._sheet
            {%- if relation == 'superseded' %}
            and staged._row = superseded._row
            and superseded.dataset = '{{ dataset }}'
            {%- endif %}
    {{ with_parents(dataset) }}
    where
        not staged._quarantined
        and coalesce({{ row_month_of(dataset) }} <= {{ relation }}.last_period, true)
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
)

select * from int_issue__key
