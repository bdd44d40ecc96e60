-- One row per inpatient case: whether it went out of the county without a valid filing (semantics
-- 6), and whether it is a readmission within 15 days (semantics 5). A linked reversal has the flags
-- of its original, an unlinked one has none.
with cases as (
    select *
    from {{ ref('int_settlement__placed') }}
    where service_class in ('inpatient', 'maternity_inpatient')
),

persons as (select * from {{ ref('int_person') }}),

filings as (
    select
        coalesce(persons.person_key, 'psn:' || filing.psn_no) as person_key,
        cast(filing.filed_at as date) as filed_on,
        filing.begin_date,
        filing.end_date,
        -- an emergency may be filed, and its filing begin, up to 3 days after admission
        case when filing.filing_type = 'emergency' then 3 else 0 end as days_of_grace
    from {{ accepted('referral') }} as filing
    left join persons using (psn_no)
    where filing.review_status = '1'
),

admissions as (
    select *
    from cases
    where sign = 1
),

referred as (
    select distinct admissions.setl_id
    from admissions
    inner join filings
        on
            admissions.person_key = filings.person_key
            and filings.filed_on
            <= {{ add_days('admissions.begin_date', 'filings.days_of_grace') }}
            and filings.begin_date
            <= {{ add_days('admissions.begin_date', 'filings.days_of_grace') }}
            and (filings.end_date is null or admissions.begin_date <= filings.end_date)
    where admissions.location in ('city', 'province', 'cross_province')
),

readmitted as (
    select distinct later.setl_id
    from admissions as later
    inner join admissions as earlier
        on
            later.person_key = earlier.person_key
            and later.inst_code = earlier.inst_code
            and {{ days_between('earlier.end_date', 'later.begin_date') }} between 0 and 15
            and (
                later.begin_date > earlier.begin_date
                or (later.begin_date = earlier.begin_date and later.setl_id > earlier.setl_id)
            )
    where not earlier.has_reversal
),

flagged as (
    select
        admissions.setl_id,
        admissions.location in ('city', 'province', 'cross_province')
        and admissions.med_type <> '24'
        and referred.setl_id is null as is_unreferred,
        readmitted.setl_id is not null as is_readmitted
    from admissions
    left join referred on admissions.setl_id = referred.setl_id
    left join readmitted on admissions.setl_id = readmitted.setl_id
),

int_admission__flagged as (
    select
        cases.setl_id,
        coalesce(flagged.is_unreferred, false) as is_unreferred,
        coalesce(flagged.is_readmitted, false) as is_readmitted
    from cases
    left join flagged on coalesce(cases.reversed_setl_id, cases.setl_id) = flagged.setl_id
)

select * from int_admission__flagged
