-- Months are the unit of work: what is built of a month is what its settlements now are, row by row
-- and in the sums, whether this run built the month or an earlier one did.
with states as (select * from {{ ref('int_settlement__month') }}),

facts as (
    select
        month,
        count(*) as settlements,
        sum(sign) as visits,
        sum(total_cost) as cost,
        min(month_fingerprint) as first_fingerprint,
        max(month_fingerprint) as last_fingerprint
    from {{ ref('fct_settlement') }}
    group by month
),

measured as (
    select
        month,
        sum(all_visits) as visits,
        sum(all_cost) as cost,
        min(month_fingerprint) as first_fingerprint,
        max(month_fingerprint) as last_fingerprint
    from {{ ref('measure_settlement') }}
    group by month
),

months_are_current as (
    select
        month,
        states.settlements as expected_settlements,
        facts.settlements,
        facts.visits,
        measured.visits as measured_visits,
        facts.cost,
        measured.cost as measured_cost
    from states
    full outer join facts using (month)
    full outer join measured using (month)
    where
        states.settlements is distinct from facts.settlements
        or facts.visits is distinct from measured.visits
        or facts.cost is distinct from measured.cost
        or states.fingerprint is distinct from facts.first_fingerprint
        or states.fingerprint is distinct from facts.last_fingerprint
        or states.fingerprint is distinct from measured.first_fingerprint
        or states.fingerprint is distinct from measured.last_fingerprint
)

select * from months_are_current
