{{ config(materialized='view') }}
-- One row per effective settlement, with its person, township, service class, place and tier
-- (semantics 3 and 5).
with settlements as (select * from {{ ref('int_settlement__effective') }}),

persons as (select * from {{ ref('int_person') }}),

certificates as (select * from {{ ref('int_certificate') }}),

residences as (select * from {{ ref('int_residence') }}),

institutions as (select * from {{ accepted('institution') }} as accepted_institution),

identified as (
    select
        settlements.*,
        coalesce(
            persons.person_key,
            case
                when settlements.certno_check = 'ok'
                    then coalesce(certificates.person_key, settlements.certno)
            end,
            'psn:' || settlements.psn_no
        ) as person_key,
        year(settlements.setl_time) as year,
        left(settlements.insu_admdvs, 6) as county,
        {{ scheme_family('settlements.insutype') }} as family
    from settlements
    left join persons using (psn_no)
    -- only who has no person number of the register is looked for by certificate
    left join certificates
        on
            case when persons.person_key is null then settlements.certno end = certificates.certno
),

registered as (
    select
        identified.*,
        institutions.inst_code is not null as is_registered,
        {{ bucketed('institutions.service_tier', 'institution', 'service_tier') }}
            as registered_tier,
        left(coalesce(
            case when length(identified.inst_admdvs) >= 6 then identified.inst_admdvs end,
            institutions.region_code
        ), 6) as inst_region
    from identified
    left join institutions using (inst_code)
),

located as (
    select
        *,
        {{ location_of('inst_region', 'county', 'location_class') }} as location
    from registered
),

int_settlement__placed as (
    select
        located.setl_id,
        {{ lineage_columns() | map('replace', '_', 'located._', 1) | join(', ') }},
        located.month,
        located.sign,
        located.is_negated,
        located.reversed_setl_id,
        located.original_row,
        located.has_reversal,
        located.total_cost,
        located.psn_no,
        located.person_key,
        located.county,
        coalesce(
            {{ residence_township('located.family') }}, located.county || '000'
        ) as township,
        residences.person_key is not null as is_enrolled,
        {{ bucketed('located.insutype', 'settlement', 'insutype') }} as insutype,
        located.med_type,
        {{ service_class('located.med_type') }} as service_class,
        located.med_type = '14'
        and coalesce(
            located.disease_code like 'HBLB101%' or located.disease_code like 'HBLB201%', false
        ) as is_two_disease,
        located.inst_code,
        located.is_registered,
        located.inst_region,
        located.location,
        coalesce(
            located.registered_tier,
            {{ tier_of_unregistered('located.location', 'located.hosp_level') }}
        ) as service_tier,
        located.begin_date,
        located.end_date,
        -- missing dates give no bed days: greatest() would take the 1
        case
            when located.begin_date is not null and located.end_date is not null
                then greatest(1, {{ days_between('located.begin_date', 'located.end_date') }})
        end as bed_days,
        located.payment_method,
        located.setl_channel,
        located.credential_type,
        located.filing_id
    from located
    left join residences using (person_key, year)
)

select * from int_settlement__placed
