-- One row per accepted row of the priority roster, with the person its certificate leads to
-- (semantics 3: a certificate that enrollment does not know stands for itself, valid or not).
with roster as (select * from {{ accepted('priority_roster') }} as accepted_roster),

certificates as (select * from {{ ref('int_certificate') }}),

int_priority as (
    select
        roster.roster_id,
        coalesce(certificates.person_key, roster.certno) as person_key,
        left(roster.region_code, 6) as county,
        {{ township_of('roster.region_code') }} as township,
        {{ bucketed('roster.group_code', 'priority_roster', 'group_code') }} as group_code,
        roster.listed_on,
        roster.delisted_on,
        roster.exempt_reason is not null as is_exempt
    from roster
    left join certificates using (certno)
)

select * from int_priority
