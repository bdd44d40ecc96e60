-- One row per dataset whose rows stand in months, and reported month: its accepted rows against the
-- median of the up to 12 months before it that have rows. Half of it is suspicious, and so is twice;
-- of fewer than 10 rows either is chance.
with volumes as (select * from {{ ref('int_dataset_volume') }}),

periods as (select * from {{ ref('int_period') }}),

datasets as (
    {%- for dataset in monthly_datasets() %}
    select '{{ dataset }}' as dataset
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
    select
        datasets.dataset,
        periods.period as month,
        periods.month_no,
        cast(coalesce(sum(volumes.rows), 0) as bigint) as rows
    from datasets
    cross join periods
    left join volumes
        on
            datasets.dataset = volumes.dataset
            and periods.period = volumes.month
            and volumes.fate = 'accepted'
    group by datasets.dataset, periods.period, periods.month_no
),

earlier as (
    select
        counted.dataset,
        counted.month,
        cast(before.rows as decimal(38, 10)) as usual
    from counted
    inner join counted as before
        on
            counted.dataset = before.dataset
            and before.month_no between counted.month_no - 12 and counted.month_no - 1
    where before.rows > 0
),

usual as (
    {{ medians('earlier', ['dataset', 'month'], 'usual') }}
),

dataset_month as (
    select
        counted.dataset,
        counted.month,
        counted.rows,
        cast(usual.median as decimal(38, 4)) as usual_rows,
        {{ per('counted.rows', 'usual.median') }} as ratio,
        case
            when counted.rows = 0 then 'missing'
            when usual.median is null then 'first'
            when usual.median < 10 then 'ok'
            when 2 * counted.rows < usual.median then 'low'
            when counted.rows > 2 * usual.median then 'high'
            else 'ok'
        end as status
    from counted
    left join usual on counted.dataset = usual.dataset and counted.month = usual.month
)

select * from dataset_month
