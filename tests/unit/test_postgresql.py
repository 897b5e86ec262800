"""The store on a PostgreSQL server: what a file does, and what only a server can do wrong."""

from __future__ import annotations

import multiprocessing
import threading
from dataclasses import replace

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from olsdata import store
from olsdata.notes import book, drafts, files
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.book import ConflictError
from olsdata.store import StoreError, database, models
from tests.unit.test_notes import SECRET, need, note

WRITERS, EACH = 4, 25
PASSWORD = "M0t-de-passe-secret"


def rows(address: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


# --- Schema -------------------------------------------------------------------------------------


def test_the_first_use_makes_the_schema_that_the_models_describe(nothing_yet):
    with store.reading():
        pass
    engine = create_engine(store.url())
    with engine.connect() as connection:
        words = {"include_name": lambda name, kind, _: name not in ("words", "ix_note_words")}
        found = MigrationContext.configure(connection, opts=words)
        assert compare_metadata(found, models.Base.metadata) == []
        assert found.get_current_revision() == database.HEAD
    engine.dispose()


def _first(number: int) -> None:
    book.add(LOCAL, note(f"premier {number}"))


def test_four_processes_that_start_at_once_make_one_schema(nothing_yet):
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        pool.map(_first, range(WRITERS), chunksize=1)
    assert rows(nothing_yet, "select version_num from alembic_version") == [(database.HEAD,)]
    assert book.find(LOCAL).total == WRITERS


def test_a_migration_that_fails_leaves_no_table(nothing_yet, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise OSError("non")

    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", broken)
        with pytest.raises(StoreError):
            book.add(LOCAL, note())
    tables = "select count(*) from pg_tables where schemaname = 'public'"
    assert rows(nothing_yet, tables) == [(0,)]
    book.add(LOCAL, note())


def test_a_schema_of_a_later_version_is_refused_and_left_alone(nothing_yet):
    book.add(LOCAL, note())
    with psycopg.connect(nothing_yet) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(StoreError, match=r"9999.*Mettez le tableau de bord à jour"):
        book.add(LOCAL, note())
    assert rows(nothing_yet, "select count(*) from note") == [(1,)]


def test_the_address_is_taken_as_hosts_write_it(monkeypatch):
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        monkeypatch.setenv(store.URL_VARIABLE, f" {scheme}://a:b@hote/base ")
        assert store.url() == "postgresql+psycopg://a:b@hote/base"


# --- Several writers ----------------------------------------------------------------------------


def _many(writer: int) -> None:
    for i in range(EACH):
        book.add(Actor("facilitateur", "05"), note(f"{writer}-{i}"))


def test_four_writers_lose_no_note(postgresql):
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        pool.map(_many, range(WRITERS), chunksize=1)
    found = book.find(LOCAL, limit=None).notes
    assert {n.content.text for n in found} == {
        f"{w}-{i}" for w in range(WRITERS) for i in range(EACH)
    }
    assert len(found) == WRITERS * EACH


def test_of_editors_of_one_note_at_one_moment_one_wins_and_the_others_are_told(postgresql):
    kept = book.add(LOCAL, note("avant"))
    start, told = threading.Barrier(6), []

    def edit(number: int) -> None:
        start.wait()
        try:
            book.revise(LOCAL, kept.id, replace(kept.content, text=f"de {number}"), 1)
        except ConflictError as conflict:
            told.append(conflict)

    editors = [threading.Thread(target=edit, args=[n]) for n in range(6)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    now = book.get(LOCAL, kept.id)
    assert now.revision == 2
    assert len(told) == 5
    assert all(conflict.current.content == now.content for conflict in told)


# --- Search -------------------------------------------------------------------------------------

SAID = {
    "L’ÉCOLE est loin : 3,5 km, rendez-vous impossible.": "ecole",
    "Pas de place, sans voiture": "PAS sans",
    "Œuvrer à plusieurs (œ)": "œuvr",
    "répit/aidant_proche": "aidant proche",
    "e\u0301te\u0301 décomposé": "été",
    "Приют рядом": "приют",
    "n°12 rue": "12",
    "100%": "100",
}


def test_a_server_finds_what_a_file_finds(postgresql, tmp_path, monkeypatch):
    def found() -> dict[str, set[str]]:
        asked = [
            *SAID.values(),
            "l'école",
            "rendez",
            "vous",
            "3 5",
            "les",
            "²",
            "de",
            "&|!:*'",
            "_",
        ]
        return {a: {n.content.text for n in book.find(LOCAL, words=a).notes} for a in asked}

    for said in SAID:
        book.add(LOCAL, note(said))
    on_server = found()
    with store.opened(tmp_path / "fichier.sqlite"):
        for said in SAID:
            book.add(LOCAL, note(said))
        assert on_server == found()
    assert all(on_server[asked] for asked in SAID.values())


def test_the_search_uses_its_index(postgresql):
    with store.writing() as session:
        session.execute(text("set local enable_seqscan = off"))
        query = "explain select 1 from note where " + book.POSTGRESQL_WORDS  # noqa: S608
        plan = session.execute(text(query), {"asked": "bus"})
        assert "ix_note_words" in "\n".join(plan.scalars())


# --- Faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://moi:{0}@localhost:1/base?connect_timeout=2",
        "postgresql://moi:{0}@localhost:x{0}/base",
        "postgresql://moi:{0}@ici@nulle-part.invalid/base?connect_timeout=2",
        "postgresql+absent://moi:{0}@localhost/base",
        "postgresql://moi:{0}@[/base",
    ],
)
def test_a_server_out_of_reach_is_a_french_sentence_without_the_password(monkeypatch, address):
    monkeypatch.setenv(store.URL_VARIABLE, address.format(PASSWORD))
    with pytest.raises(StoreError, match=store.URL_VARIABLE) as refused:
        book.add(LOCAL, note())
    chain, error = "", refused.value
    while error is not None:
        chain, error = chain + str(error) + repr(error), error.__cause__  # type: ignore[assignment]
    assert PASSWORD not in chain


def test_a_role_or_a_base_that_does_not_exist_is_said(postgresql, monkeypatch):
    for wrong in (
        postgresql.replace("postgres:@", f"inconnu:{PASSWORD}@"),
        postgresql.replace("/postgres?", "/absente?"),
    ):
        monkeypatch.setenv(store.URL_VARIABLE, wrong)
        with pytest.raises(StoreError, match=r"refuse notre connexion.*Rien n’a été enregistré"):
            book.add(LOCAL, note())


def test_a_read_only_server_is_read_but_not_written(postgresql, monkeypatch):
    book.add(LOCAL, note("a"))
    readonly = f"{postgresql}&options=-cdefault_transaction_read_only%3Don"
    monkeypatch.setenv(store.URL_VARIABLE, readonly)
    assert book.find(LOCAL).total == 1
    with pytest.raises(StoreError, match=r"lecture seule.*Rien n’a été enregistré"):
        book.add(LOCAL, note("b"))


def test_a_database_held_by_another_is_waited_for_then_said(postgresql, monkeypatch):
    book.add(LOCAL, note("a"))
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with psycopg.connect(postgresql) as other:
        other.execute("select pg_advisory_xact_lock(%s)", [database.WRITERS_LOCK])
        with pytest.raises(StoreError, match="occupée"):
            book.add(LOCAL, note("b"))
    assert book.find(LOCAL).total == 1


def test_a_server_that_comes_back_is_found_again(postgresql):
    book.add(LOCAL, note("a"))
    with psycopg.connect(postgresql, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where pid <> pg_backend_pid() and backend_type = 'client backend'"
        )
    assert book.add(LOCAL, note("b")).revision == 1


def test_reading_cannot_write(postgresql):
    with pytest.raises(StoreError, match="lecture seule"), store.reading() as session:
        session.execute(text("delete from note"))


def test_what_is_written_is_in_no_error_message(postgresql):
    same = {"id": "x", "sort": "note", "text": SECRET, "lineage": [], "created": "", "updated": ""}
    with pytest.raises(StoreError) as refused, store.writing() as session:
        session.add_all([models.Note(**same), models.Note(**same)])
    assert SECRET not in str(refused.value)


# --- Backup and erasure -------------------------------------------------------------------------


def test_backup_and_restore_are_the_servers_own(postgresql, tmp_path):
    with store.opened(tmp_path / "ailleurs.sqlite"):
        book.add(LOCAL, note())
        copy = files.backup(LOCAL, tmp_path / "copie.sqlite")
    book.add(LOCAL, note("ici"))
    for attempt in (
        lambda: files.backup(LOCAL, tmp_path / "x.sqlite"),
        lambda: files.restore(LOCAL, copy),
    ):
        with pytest.raises(StoreError, match="avec les outils du serveur"):
            attempt()
    assert [n.content.text for n in book.find(LOCAL).notes] == ["ici"]


def test_an_erased_note_leaves_no_text_in_the_tables_nor_their_files(postgresql):
    kept = book.add(LOCAL, need(text=f"un {SECRET}", for_whom=SECRET))
    said = replace(kept.content, text=f"deux {SECRET}")
    drafts.save(LOCAL, "revision", said, kept.id)
    book.revise(LOCAL, kept.id, said, 1)
    before = {name for (name,) in rows(postgresql, FILES)}
    left = book.erase(LOCAL, kept.id)
    assert left.clean
    assert left.copies == ()
    assert before.isdisjoint(name for (name,) in rows(postgresql, FILES))
    for table in ("note", "note_step", "revision", "draft"):
        assert SECRET not in str(rows(postgresql, "table " + table))
    assert book.find(LOCAL, words=SECRET).total == 0


FILES = """select pg_relation_filepath(oid) from pg_class
where relname in ('note', 'note_step', 'revision', 'draft')"""
"""The tables' own files: new ones hold nothing of what was there."""


def test_an_erasure_while_another_reads_says_that_remains_are_left(postgresql, monkeypatch):
    kept = book.add(LOCAL, note(SECRET))
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with psycopg.connect(postgresql) as other:
        other.execute("select count(*) from note")
        assert not book.erase(LOCAL, kept.id).clean
    assert store.compact()
