"""The tables of a generation's quality, made by hand, with the columns the models and the check give them."""

from __future__ import annotations

import duckdb

CHECK_ID = "20261121T101000Z-aaaaaa"

REGIONS = """
create table dim_region (region_code text, region_name text, level text, parent_code text);
insert into dim_region values
    ('990101', '示范县', 'county', null), ('990101001', '城关镇', 'township', '990101'), ('990101002', '柳河镇', 'township', '990101');
create table indicator (code text, name_zh text, unit text, decimals integer);
insert into indicator values ('part_rate', '参保率', 'percent', 2), ('ip_avg_cost', '住院次均费用', 'yuan', 2);
create table dim_scheme (insutype text, insutype_zh text);
insert into dim_scheme values ('390', '城乡居民基本医疗保险');
create table rule (rule_code text, name_zh text, advice_zh text);
insert into rule values ('unknown_code', '未知代码', '核对代码'), ('not_enrolled', '当年未参保', '补报参保登记');
"""

EMPTY = """
create table quality_run (check_id text, checked_at text, target text, verdict text, expectations bigint, passed bigint,
    failed_critical bigint, failed_warning bigint, failed_info bigint, errors bigint, seconds double);
create table quality_result (check_id text, suite text, suite_zh text, table_name text, layer text, dataset text, expectation_id text,
    severity text, owner text, name_zh text, name_en text, status text, element_count bigint, unexpected_count bigint,
    observed text, message_zh text, todo_zh text, tolerance_zh text);
create table quality_failing_key (check_id text, expectation_id text, key text, detail text);
create table file_conservation (dataset text, file text, landed_rows bigint, accepted_rows bigint, quarantined_rows bigint,
    duplicate_rows bigint, superseded_rows bigint, landed_amount decimal(38,4), accepted_amount decimal(38,4),
    quarantined_amount decimal(38,4), duplicate_amount decimal(38,4), superseded_amount decimal(38,4));
create table dataset_score (dataset text, landed_rows bigint, quarantined_rows bigint, warned_rows bigint, score decimal(38,10));
create table township_completeness (year bigint, region_code text, persons bigint, with_certificate bigint,
    with_birth_date bigint, with_household bigint, score decimal(38,10));
create table reconciliation (kind text, subject text, period text, insutype text, measure text, left_name_zh text,
    right_name_zh text, left_value decimal(38,4), right_value decimal(38,4), difference decimal(38,4), status text, note_zh text);
create table reconciliation_difference (kind text, subject text, period text, measure text, dataset text, key text,
    left_value decimal(38,4), right_value decimal(38,4), difference decimal(38,4), cause text, cause_zh text);
create table dataset_month (dataset text, month text, rows bigint, usual_rows decimal(38,4), ratio decimal(38,10), status text);
create table warning_count (rule_code text, scope text, scope_code text, scope_name text, dataset text, rows bigint);
create table indicator_drift (period text, period_mode text, region_code text, indicator_code text, value decimal(38,10),
    usual decimal(38,10), deviation decimal(38,10), limit_value decimal(38,10), status text, reason_zh text);
"""

ROWS = f"""
insert into quality_run values
    ('20260921T101000Z-cccccc', '2026-09-21T10:10:00Z', 'duckdb', 'error', 8, 5, 0, 1, 0, 2, 3.5),
    ('20261021T101000Z-bbbbbb', '2026-10-21T10:10:00Z', 'duckdb', 'failed', 8, 6, 1, 1, 0, 0, 3.25),
    ('{CHECK_ID}', '2026-11-21T10:10:00Z', 'duckdb', 'passed', 8, 5, 0, 2, 1, 0, 3.25);
insert into quality_result values
    ('{CHECK_ID}', 'settlement', '结算单', 'stg_settlement', 'landed', 'settlement', 'settlement.setl_id.present', 'critical', '待遇保障科',
        '每一行都有结算ID', 'has an id', 'pass', 80000, 0, null, null, '补齐', null),
    ('{CHECK_ID}', 'settlement', '结算单', 'stg_settlement', 'landed', 'settlement', 'settlement.items.agree', 'warning', '待遇保障科',
        '明细合计等于总费用', 'items agree', 'fail', 80000, 40, '40 rows', '明细合计与总费用相差超过0.01元', '请医院补报明细', null),
    ('{CHECK_ID}', 'enrollment', '参保登记', 'stg_enrollment', 'landed', 'enrollment', 'enrollment.certificate.valid', 'info', '参保征缴科',
        '证件号码有效', 'valid', 'fail', 99561, 7, null, null, '核对身份证件', null),
    ('{CHECK_ID}', 'fund', '基金主题表', 'mart_fund', 'mart', null, 'fund.balance.holds', 'warning', '基金管理科',
        '期末结余等于期初加收入减支出', 'balance', 'fail', 12, 3, null, null, '核对台账', null),
    ('20261021T101000Z-bbbbbb', 'settlement', '结算单', 'stg_settlement', 'landed', 'settlement', 'settlement.old', 'critical', null,
        '以前的检查项', 'old', 'fail', 1, 1, null, null, null, null);
insert into quality_failing_key
    select '{CHECK_ID}', 'settlement.items.agree', 'setl_id=Z' || printf('%06d', n), '差 12.00 元' from range(40) as t(n);
insert into quality_failing_key values ('{CHECK_ID}', 'enrollment.certificate.valid', 'psn_no=9990000035', '990***********9340');
insert into file_conservation values
    ('settlement', '八月.csv', 60, 50, 4, 3, 3, 600000, 500000, 40000, 30000, 30000),
    ('settlement', '九月.csv', 40, 40, 0, 0, 0, 400000, 400000, 0, 0, 0),
    ('region', '区划.csv', 49, 48, 0, 0, 0, 0, 0, 0, 0, 0);
insert into dataset_score values ('settlement', 2000, 4, 7, 99.45), ('region', 49, 0, 0, 100), ('target', 0, 0, 0, null);
insert into township_completeness values
    (2025, '990101001', 900, 1, 1, 1, 1), (2027, '990101001', 5, 5, 5, 5, 100),
    (2026, '990101001', 1000, 990, 980, 970, 98), (2026, '990101002', 0, 0, 0, 0, null);
insert into reconciliation values
    ('control_total', 'C01', '2026-09', 'all', 'persons', '控制数', '参保登记', 620452, 616910, 3542, 'differs', '名册多于登记'),
    ('contribution_ledger', '390', '2026-09', '390', 'amount', '征缴明细', '基金台账', 1545829.055, 1545829.06, -0.005, 'timing', null),
    ('control_total', 'C02', '2026-09', '390', 'rows', '控制数', '结算单', 10, 10, 0, 'equal', null);
insert into reconciliation_difference values
    ('contribution_ledger', '390', '2026-09', 'amount', 'contribution', '390 2026-09', 100, null, 100, 'late_posting', '晚入账');
insert into dataset_month values
    ('settlement', '2026-07', 900, null, null, 'first'), ('settlement', '2026-08', 1000, 900, 1.1111, 'ok'),
    ('settlement', '2026-09', 400, 950, 0.42105, 'low'), ('contribution', '2026-08', 0, 20, 0, 'missing'),
    ('contribution', '2026-09', 50, 20, 2.5, 'high');
insert into warning_count values
    ('unknown_code', 'file', 'a.csv', 'a.csv', 'fund_ledger', 4), ('unknown_code', 'file', 'b.csv', 'b.csv', 'fund_ledger', 2),
    ('not_enrolled', 'file', 'b.csv', 'b.csv', 'settlement', 9),
    ('not_enrolled', 'township', '990101001', '城关镇', 'settlement', 5),
    ('not_enrolled', 'institution', 'H99010100001', '示范县人民医院', 'settlement', 9);
insert into indicator_drift values
    ('2026-09', 'month', '990101', 'ip_avg_cost', 6000, 5000, 1000, 500, 'tolerated', '新增血透中心，医保办〔2026〕3号'),
    ('2026-09', 'ytd', '990101', 'part_rate', 90.125, 96, -5.875, 3, 'drift', null),
    ('2026-08', 'ytd', '990101', 'part_rate', 96, 96, 0, 3, 'ok', null);
"""


def fill_quality(connection: duckdb.DuckDBPyConnection, sql: str = REGIONS + EMPTY + ROWS) -> None:
    """Makes the tables in schema main."""
    connection.execute(sql)
