-- One row per month of settlements: the fingerprint of all that its facts depend on (months are the
-- unit of work).
with resolved as (select * from {{ ref('int_settlement__resolved') }}),

int_settlement__month as (
    select
        month,
        count(*) as settlements,
        {{ combined_fingerprint('resolution') }} as fingerprint
    from resolved
    group by month
)

select * from int_settlement__month
