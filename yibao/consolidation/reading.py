"""Reading a county's package: data from outside, so nothing of it is believed before it was looked at.

First the zip (archive.py), then the bytes against the manifest, then every cell (cells.py) and what the cells of a row
make together (rows.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from yibao.consolidation.archive import Archive, Limits, open_archive, sha256_of
from yibao.consolidation.cells import CellFault, cell_faults, first_fault, read_as, typed
from yibao.consolidation.manifest import Listed, PackageManifest
from yibao.consolidation.model_sql import ModelSql
from yibao.consolidation.refusal import refused
from yibao.consolidation.rows import Kinds, RowFault, row_faults
from yibao.consolidation.shapes import Shape
from yibao.problem import Problem

INDICATORS = "indicators.csv"
# of the package's tables, those that the city takes rows of
TAKEN = (
    "dim_institution",
    "dim_region",
    "dim_scheme",
    "mart_admission_cost",
    "mart_collection",
    "mart_compensation",
    "mart_flow",
    "mart_fund",
    "mart_participation",
    "mart_referral",
    "mart_supervision",
)
# those that must be the city's own, row for row: hashes are claims
SAME = ("alert_rule", "indicator", "measure")
_BOM = b"\xef\xbb\xbf"
_BLOCK = 16 << 20


@dataclass(frozen=True)
class Standard:
    """What packages are held to: the shapes of the published tables, and the city's own catalogue, as text by row."""

    shapes: Mapping[str, Shape]
    own: Mapping[str, pa.Table]
    kinds: Kinds
    sql: ModelSql
    # tables by the digest of their file that were found to be the city's own: most packages bring the same bytes
    same: set[tuple[str, str]] = field(default_factory=set)

    @property
    def indicators(self) -> tuple[str, ...]:
        """All codes of the catalogue."""
        return tuple(self.own["indicator"].column("code").to_pylist())


@dataclass(frozen=True)
class Package:
    """A package that was read whole; every table has the types of its contract. `sha256` is that of the zip."""

    path: Path
    sha256: str
    manifest: PackageManifest
    tables: Mapping[str, pa.Table]

    @property
    def rows(self) -> int:
        return sum(table.num_rows for table in self.tables.values())


def read_manifest(path: Path, limits: Limits) -> PackageManifest:
    """What the package says of itself, its entries looked over. Raises Problem (exit 3), OSError."""
    with open_archive(path, limits) as archive:
        return archive.manifest()


def read_package(
    path: Path, limits: Limits, standard: Standard, connection: duckdb.DuckDBPyConnection
) -> Package:
    """A package whose every byte and row was checked. Raises Problem (exit 3): what, file, line and column; OSError.

    `connection` is one in memory, of no other use: opening one takes as long as reading a small county.
    """
    with open_archive(path, limits) as archive:
        manifest = archive.manifest()
        tables = {}
        for name, listed in manifest.files.items():
            table = _table_of(name)
            if table in TAKEN or table == "indicator_value":
                types = {column: read_as(kind) for column, kind in standard.shapes[table].columns}
                raw = _texts(archive, name, listed, types)
                tables[table] = _checked(
                    connection, raw, manifest, f"{archive.name} / {name}", table, standard
                )
            elif table in SAME:
                if (table, listed.sha256) in standard.same:
                    archive.verify(name, listed)
                else:
                    _require_own(connection, archive, name, listed, standard.own[table])
                    standard.same.add((table, listed.sha256))
            else:
                archive.verify(name, listed)
        absent = [name for name in ("indicator_value", *TAKEN, *SAME) if _file_of(name) not in manifest.files]
        if absent:
            raise refused(f"缺少必需的文件 {_file_of(absent[0])}", path.name)
        if not pc.any(
            pc.equal(tables["indicator_value"]["period"].cast(pa.string()), manifest.period)
        ).as_py():
            raise refused(f"没有报告期 {manifest.period} 的指标", f"{path.name} / {INDICATORS}")
    return Package(path, sha256_of(path), manifest, tables)


def _table_of(name: str) -> str:
    if name == INDICATORS:
        return "indicator_value"
    return name.removeprefix("tables/").removesuffix(".csv") if name.startswith("tables/") else ""


def _file_of(table: str) -> str:
    return INDICATORS if table == "indicator_value" else f"tables/{table}.csv"


def _checked(
    connection: duckdb.DuckDBPyConnection,
    raw: pa.Table,
    manifest: PackageManifest,
    where: str,
    table: str,
    standard: Standard,
) -> pa.Table:
    shape = standard.shapes[table]
    if found := first_fault(raw, cell_faults(table, shape, manifest, standard.indicators)):
        raise _at(found[1], found[0], raw, where)
    rows = typed(raw, shape)
    _refuse_twins(rows, shape, where)
    if faults := row_faults(table, manifest, standard.sql, standard.kinds):
        connection.register("typed", rows)
        _refuse_first(connection, faults, raw, where)
    return rows


def _texts(archive: Archive, name: str, listed: Listed, types: Mapping[str, pa.DataType]) -> pa.Table:
    """The CSV as text, each distinct one once where its type says so; empty cells are null.

    Raises Problem where it is not the file listed, or no CSV of these columns.
    """
    where = f"{archive.name} / {name}"
    content = archive.read(name, listed)
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(content.removeprefix(_BOM)),
            # the cores are busy with other packages; a block is a chunk
            pa_csv.ReadOptions(encoding="utf8", use_threads=False, block_size=_BLOCK),
            convert_options=pa_csv.ConvertOptions(
                column_types=types, null_values=[""], strings_can_be_null=True
            ),
        ).unify_dictionaries()
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise refused(f"不是规定的 CSV：{str(error).splitlines()[0][:120]}", where) from error
    found = tuple(table.column_names)
    if found != tuple(types):
        absent = [name for name in types if name not in found]
        extra = [name for name in found if name not in types]
        raise refused(
            f"列与本机约定的不同：缺 {absent or '无'}，多 {extra or '无'}，或次序不同",
            f"{where}，第 1 行",
            "请与该县区统一 yibao 版本后重新生成、报送数据包。",
        )
    if listed.rows is not None and listed.rows != table.num_rows:
        raise refused(f"清单写 {listed.rows} 行，文件里有 {table.num_rows} 行", where)
    return table


def _require_own(
    connection: duckdb.DuckDBPyConnection, archive: Archive, name: str, listed: Listed, own: pa.Table
) -> None:
    """Raises Problem where a table of the catalogue is not the city's own, row for row."""
    where = f"{archive.name} / {name}"
    connection.register("theirs", _texts(archive, name, listed, dict.fromkeys(own.column_names, pa.string())))
    connection.register("own", own)
    plain = ", ".join(f"regexp_replace({column}, '^''', '') as {column}" for column in own.column_names)
    different = connection.execute(
        f"""
        select count(*)
        from (
            (select {plain} from theirs except all select * from own)
            union all
            (select * from own except all select {plain} from theirs)
        )
        """
    ).fetchall()
    if different[0][0]:
        raise refused(
            f"指标目录或预警规则与本机不同（{different[0][0]} 行）",
            where,
            "请与该县区统一 yibao 版本和指标目录后重新生成、报送数据包。",
        )


def _refuse_first(
    connection: duckdb.DuckDBPyConnection, faults: Sequence[RowFault], raw: pa.Table, where: str
) -> None:
    """Raises Problem for the first of the typed rows for which a fault's condition holds."""
    any_fault = " or ".join(f"({fault.condition})" for fault in faults)
    # `is true` everywhere: a condition over a null is no fault unless it says so
    counted = connection.execute(f"select count(*) from typed where ({any_fault}) is true").fetchall()
    if not counted[0][0]:
        return
    told = ", ".join(f"({fault.condition}) is true" for fault in faults)
    (found,) = connection.execute(
        f"""
        with numbered as (select row_number() over () as place, * from typed)

        select place, {told} from numbered where ({any_fault}) is true order by place limit 1
        """
    ).fetchall()
    fault = next(fault for fault, holds in zip(faults, found[1:], strict=True) if holds)
    raise _at(fault, found[0] - 1, raw, where)


def _at(fault: CellFault | RowFault, place: int, raw: pa.Table, where: str) -> Problem:
    value = raw.column(fault.column)[place].as_py()
    # line 1 is the header; a line break inside a cell would shift the count, and such cells are refused
    return refused(
        f"{fault.what}：{'空' if value is None else repr(value)[:60]}",
        f"{where}，第 {place + 2} 行，{fault.column}",
        fault.todo,
    )


def _refuse_twins(rows: pa.Table, shape: Shape, where: str) -> None:
    if not shape.key:
        return
    counted = rows.group_by(list(shape.key), use_threads=False).aggregate([([], "count_all")])
    if counted.num_rows == rows.num_rows:
        return
    twin = counted.filter(pc.greater(counted["count_all"], 1)).slice(0, 1).select(list(shape.key))
    told = "，".join(str(value) for value in twin.to_pylist()[0].values())
    raise refused(f"同一行出现两次：{told}", f"{where}，{'、'.join(shape.key)}")
