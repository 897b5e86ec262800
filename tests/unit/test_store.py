"""The store: nothing acknowledged is lost, nothing is half-written, no user's file is harmed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, event, func, select

from olsdata import store
from olsdata.store import StoreError, database, models
from olsdata.store.models import Proposal, ProposalCommune, Revision

pytestmark = pytest.mark.migrations

ROOT = Path(__file__).resolve().parents[2]
WRITERS, EACH = 8, 100


def proposal(id_: str, communes: int = 2) -> Proposal:
    """One proposal and its communes: three tables' worth of one action."""
    return Proposal(
        id=id_,
        type="cercle_mg",
        name=id_,
        source="test",
        source_date="2026",
        role="facilitateur",
        created=database.now(),
        updated=database.now(),
        communes=[
            ProposalCommune(refnis=str(52000 + i), share=None, deduced=False)
            for i in range(communes)
        ],
    )


def write(id_: str, communes: int = 2) -> None:
    with store.writing() as session:
        session.add(proposal(id_, communes))


def kept() -> set[str]:
    with store.reading() as session:
        return set(session.scalars(select(Proposal.id)))


def path() -> Path:
    found = store.file()
    assert found is not None
    return found


# --- Schema -------------------------------------------------------------------------------------


def test_the_first_use_makes_the_schema_that_the_models_describe():
    assert not store.exists()
    with store.reading():
        pass
    assert store.exists()
    engine = create_engine(store.url())
    with engine.connect() as connection:
        words = {"include_name": lambda name, kind, _: not str(name).startswith("note_search")}
        found = MigrationContext.configure(connection, opts=words)
        assert compare_metadata(found, models.Base.metadata) == []
        assert found.get_current_revision() == database.HEAD
    engine.dispose()


def test_head_is_the_last_migration():
    assert database.revisions()[-1] == database.HEAD


def test_the_database_works_in_wal_with_foreign_keys():
    write("a")
    with closing(sqlite3.connect(path())) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with pytest.raises(StoreError), store.writing() as session:
        session.add(ProposalCommune(proposal="absent", refnis="52011", share=None))


def test_a_schema_of_a_later_version_is_refused_and_left_alone():
    write("a")
    with closing(sqlite3.connect(path())) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(StoreError, match=r"9999.*Mettez le tableau de bord à jour"):
        write("b")
    with closing(sqlite3.connect(path())) as connection:
        assert connection.execute("select id from proposal").fetchall() == [("a",)]


def test_a_migration_that_fails_leaves_no_table(monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_index", broken)
        with pytest.raises(StoreError, match="disque est plein"):
            write("a")
    with closing(sqlite3.connect(path())) as connection:
        assert connection.execute("select name from sqlite_master").fetchall() == []


def test_importing_the_store_does_not_import_sqlalchemy():
    code = (
        "import sys, olsdata.store, olsdata.registry; olsdata.store.exists(); "
        "sys.exit('sqlalchemy' in sys.modules or 'alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_folder_is_the_users_own_unless_it_is_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path / "ici"))
    assert store.file() == tmp_path / "ici" / "territoires-ols.sqlite"
    monkeypatch.delenv("OLS_DATA_DIR")
    assert store.folder().name == "territoires-ols"
    monkeypatch.setenv("OLS_DATABASE_URL", "postgresql+psycopg://x/y")
    assert store.file() is None
    assert store.exists()


# --- Transactions -------------------------------------------------------------------------------


def fail_after_writing() -> None:
    with store.writing() as session:
        session.add(proposal("b"))
        session.flush()
        raise ZeroDivisionError


def test_a_block_that_fails_writes_nothing():
    write("a")
    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert kept() == {"a"}


def _many(writer: int) -> None:
    for i in range(EACH):
        write(f"{writer}-{i}")


def test_eight_writers_lose_nothing_even_on_an_empty_database():
    context = multiprocessing.get_context("spawn")
    with context.Pool(WRITERS) as pool:
        pool.map(_many, range(WRITERS), chunksize=1)
    assert kept() == {f"{w}-{i}" for w in range(WRITERS) for i in range(EACH)}


KILLED = """
import sys
sys.path.insert(0, {root!r})
from tests.unit.test_store import write
for i in range(10_000):
    write(f"{{sys.argv[1]}}-{{i}}", communes=40)
    print(i, flush=True)
"""


def test_after_a_kill_what_was_acknowledged_is_there_and_nothing_is_half_written():
    write("first")
    command = [sys.executable, "-c", KILLED.format(root=str(ROOT))]
    running = [
        subprocess.Popen([*command, str(i)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for i in range(3)
    ]
    acknowledged = set()
    for i, process in enumerate(running):
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05 + 0.03 * i)
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        acknowledged |= {f"{i}-{n}" for n in ["0", *rest.split()]}
    assert acknowledged <= kept()
    with store.reading() as session:
        sizes = session.execute(
            select(Proposal.id, func.count(ProposalCommune.refnis))
            .join(ProposalCommune, ProposalCommune.proposal == Proposal.id)
            .group_by(Proposal.id)
        )
        assert {count for id_, count in sizes if id_ != "first"} == {40}
        assert session.scalar(select(func.count(Proposal.id))) == len(kept())
    write("after")


# --- Faults -------------------------------------------------------------------------------------


def test_a_read_only_database_is_read_but_not_written(monkeypatch):
    write("a")
    monkeypatch.setenv("OLS_DATABASE_URL", f"sqlite:///file:{path()}?mode=ro&uri=true")
    assert kept() == {"a"}
    with pytest.raises(StoreError, match=r"lecture seule.*Rien n’a été enregistré"):
        write("b")
    assert kept() == {"a"}


def test_a_full_disk_is_said_and_leaves_nothing_behind():
    write("a")
    engine = database._engine(store.url())

    def small(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # never under the pages that exist

    event.listen(engine, "connect", small)
    try:
        with pytest.raises(StoreError, match=r"disque est plein.*Rien n’a été enregistré"):
            write("b", communes=5000)
    finally:
        event.remove(engine, "connect", small)
    assert kept() == {"a"}


def test_a_folder_that_cannot_be_made_is_a_french_sentence(monkeypatch, tmp_path):
    (tmp_path / "fichier").write_text("x")
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path / "fichier" / "dedans"))
    with pytest.raises(StoreError, match="Rien n’a été enregistré"):
        write("a")


def test_a_file_that_is_no_database_is_refused_and_left_alone():
    path().write_bytes(b"Ceci n'est pas une base de donnees. " * 100)
    before = path().read_bytes()
    with pytest.raises(StoreError, match="abîmé"):
        write("a")
    assert path().read_bytes() == before


def test_a_database_held_by_another_is_waited_for_then_said(monkeypatch):
    write("a")
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(path(), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="occupée"):
            write("b")
    assert kept() == {"a"}


@pytest.mark.parametrize("url", ["n’importe quoi", "inconnu://x/y", "postgresql+absent://x/y"])
def test_an_unusable_address_is_a_french_sentence(monkeypatch, url):
    monkeypatch.setenv("OLS_DATABASE_URL", url)
    with pytest.raises(StoreError, match="OLS_DATABASE_URL"), store.reading():
        pass


# --- Backup -------------------------------------------------------------------------------------


def test_a_backup_comes_back_and_what_it_replaces_is_kept(tmp_path):
    write("a")
    copy = store.backup(tmp_path / "copie.sqlite")
    write("b")
    before = store.restore(copy)
    assert kept() == {"a"}
    assert before is not None
    assert store.restore(before) is not None
    assert kept() == {"a", "b"}


def test_a_backup_is_whole_while_another_writes(tmp_path):
    write("first", communes=40)
    command = [sys.executable, "-c", KILLED.format(root=str(ROOT)), "w"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        copies = [store.backup(tmp_path / f"{i}.sqlite") for i in range(3)]
        process.kill()
    for copy in copies:
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            count = "select count(*) from proposal_commune group by proposal"
            assert set(connection.execute(count)) == {(40,)}


def test_a_backup_is_restored_on_a_machine_that_has_nothing(monkeypatch, tmp_path):
    write("a")
    copy = store.backup(tmp_path / "copie.sqlite")
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path / "neuf"))
    assert store.restore(copy) is None
    assert kept() == {"a"}


def spoilt(kind: str, copy: Path) -> Path:
    if kind == "absent":
        return copy.with_name("absent.sqlite")
    if kind == "text":
        copy.write_text("bonjour")
    elif kind == "empty":
        copy.write_bytes(b"")
    elif kind == "cut":
        copy.write_bytes(copy.read_bytes()[:5000])
    elif kind == "foreign":
        copy.unlink()
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("create table autre (x)")
    elif kind == "later":
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("update alembic_version set version_num = '9999'")
    return copy


@pytest.mark.parametrize("kind", ["absent", "text", "empty", "cut", "foreign", "later"])
def test_what_is_not_a_backup_of_ours_changes_nothing(tmp_path, kind):
    write("a")
    copy = spoilt(kind, store.backup(tmp_path / "copie.sqlite"))
    write("b")
    with pytest.raises(StoreError, match=r"9999" if kind == "later" else r"copie|absent"):
        store.restore(copy)
    assert kept() == {"a", "b"}
    assert [p.name for p in store.folder().iterdir() if p.name.startswith((".", "avant"))] == []


def test_a_revision_keeps_what_was_done():
    with store.writing() as session:
        session.add(
            Revision(
                kind="proposal",
                subject="a",
                number=1,
                action="ajout",
                role="facilitateur",
                at=database.now(),
                content={"name": "é 🙂"},
            )
        )
    with store.reading() as session:
        assert session.scalars(select(Revision.content)).one() == {"name": "é 🙂"}
