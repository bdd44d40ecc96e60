{{ config(materialized='view') }}
-- One row per effective settlement, as people look at it: masked, with names, its warnings, and the
-- line of the export it comes from. A view: fct_settlement is built by month, but names and
-- warnings change without it.
with settlements as (select * from {{ ref('fct_settlement') }}),

regions as (select * from {{ ref('dim_region') }}),

institutions as (select * from {{ ref('dim_institution') }}),

files as (select * from {{ ref('stg_file') }}),

warned as (
    select
        _file_id,
        _sheet,
        _row,
        count(*) as warnings
    from {{ ref('int_row_warning') }}
    where dataset = 'settlement'
    group by _file_id, _sheet, _row
),

mart_settlement as (
    select
        settlements.setl_id,
        settlements.month,
        cast(settlements.setl_time as date) as setl_time,
        settlements.sign,
        settlements.reversed_setl_id,
        settlements.county,
        settlements.township,
        regions.region_name as township_name,
        settlements.insutype,
        settlements.med_type,
        settlements.service_class,
        settlements.is_two_disease,
        settlements.inst_code,
        institutions.inst_name,
        settlements.location,
        settlements.service_tier,
        settlements.begin_date,
        settlements.end_date,
        cast(settlements.bed_days as integer) as bed_days,
        settlements.certno_mask,
        settlements.psn_name_mask,
        settlements.disease_code,
        settlements.diagnosis_code,
        settlements.payment_method,
        settlements.setl_channel,
        settlements.is_unreferred,
        settlements.is_readmitted,
        settlements.total_cost,
        settlements.in_scope,
        settlements.full_selfpay,
        settlements.pool_pay,
        settlements.large_amount_pay,
        settlements.catastrophic_pay,
        settlements.civil_servant_pay,
        settlements.aid_pay,
        settlements.other_pay,
        settlements.fund_total,
        settlements.account_pay,
        settlements.mutual_account_pay,
        settlements.cash_pay,
        cast(coalesce(warned.warnings, 0) as integer) as warnings,
        files.label as file,
        settlements._row as row
    from settlements
    inner join files
        on settlements._file_id = files._file_id and settlements._sheet = files._sheet
    left join regions on settlements.township = regions.region_code
    left join institutions on settlements.inst_code = institutions.inst_code
    left join warned
        on {{ same_row('settlements', 'warned') }}
)

select * from mart_settlement
