"""Where things are in the data folder. Every path of the road is named here and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DATA_VARIABLE = "YIBAO_DATA"
KEY_VARIABLE = "YIBAO_KEY_FILE"
OIDC_VARIABLE = "YIBAO_OIDC_FILE"
CONTRACT_FILE_ID = "000000-contract"


@dataclass(frozen=True)
class DataPaths:
    """The data folder (`--data DIR`, else YIBAO_DATA, else ./data)."""

    root: Path

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def landed_files(self) -> Path:
        """One folder for each landed source file, named by its file_id."""
        return self.landing / "files"

    @property
    def incoming(self) -> Path:
        """Drafts of landed files; whatever lies here when a run begins was left by one that died."""
        return self.landing / "incoming"

    @property
    def contract_files(self) -> Path:
        """Zero-row files, one for each dataset, so that every glob of the sources matches something."""
        return self.landed_files / CONTRACT_FILE_ID

    @property
    def refusals(self) -> Path:
        return self.landing / "refusals.json"

    @property
    def refusal_history(self) -> Path:
        """Every file ever refused."""
        return self.landing / "refusal_history.json"

    @property
    def key_record(self) -> Path:
        """Which key the landed files were made with (its id, never the key)."""
        return self.landing / "key.json"

    @property
    def landing_lock(self) -> Path:
        return self.landing / "landing.lock"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def spark(self) -> Path:
        """What belongs to the second engine: its cluster, tables and metastore, dbt's files, the marts brought home."""
        return self.root / "spark"

    @property
    def quality(self) -> Path:
        """One folder for each check of the warehouse, named by its check_id."""
        return self.root / "quality"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def current(self) -> Path:
        """Text file naming the published run_id in force."""
        return self.published / "CURRENT"

    @property
    def returns(self) -> Path:
        """What goes back to those who delivered: one folder for each generation it was made from."""
        return self.root / "returns"

    @property
    def reports(self) -> Path:
        """What was made to be read and printed: one folder for each period."""
        return self.root / "reports"

    @property
    def config(self) -> Path:
        """What the bureau settles itself: letterhead, forms and the Word template of the reports."""
        return self.root / "config"

    @property
    def issued(self) -> Path:
        """What was sent to the superior bureau, frozen."""
        return self.root / "issued"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def accounts(self) -> Path:
        """Who may use the dashboard: users, sessions, and how to reach the bureau's own login service."""
        return self.root / "accounts"

    @property
    def account_store(self) -> Path:
        return self.accounts / "accounts.sqlite"

    @property
    def audit(self) -> Path:
        """Who did what on the dashboard: one hash-chained file for each month."""
        return self.root / "audit"

    @property
    def lock(self) -> Path:
        """One writer at a time."""
        return self.root / "yibao.lock"


def data_paths(explicit: Path | None, environment: Mapping[str, str] = os.environ) -> DataPaths:
    """The data folder given by --data, else by YIBAO_DATA, else ./data; made absolute."""
    chosen = explicit or Path(environment.get(DATA_VARIABLE) or "data")
    return DataPaths(chosen.expanduser().absolute())


def key_path(environment: Mapping[str, str] = os.environ, *, windows: bool = os.name == "nt") -> Path:
    """The pseudonym key: YIBAO_KEY_FILE, else `yibao/pseudonym.key` in the user's configuration folder."""
    named = environment.get(KEY_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    if windows:
        base = environment.get("APPDATA")
        folder = Path(base) if base else Path.home() / "AppData" / "Roaming"
    else:
        base = environment.get("XDG_CONFIG_HOME")
        folder = Path(base) if base else Path.home() / ".config"
    return folder / "yibao" / "pseudonym.key"


def oidc_path(paths: DataPaths, environment: Mapping[str, str] = os.environ) -> Path:
    """How to reach the bureau's own login service: YIBAO_OIDC_FILE, else `accounts/oidc.toml`; need not be there."""
    named = environment.get(OIDC_VARIABLE)
    return Path(named).expanduser().absolute() if named else paths.accounts / "oidc.toml"
