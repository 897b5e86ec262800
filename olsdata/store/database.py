"""Engine, transactions, migrations and backup.

On SQLite: one short connection per operation, WAL, a busy timeout of ten seconds (with five, a
loaded machine refused writes), and a write takes the lock at once (``BEGIN IMMEDIATE``), so that
several writers queue instead of failing. On PostgreSQL: a small pool of connections, and the same
queue by an advisory lock, so that a check and the write that follows it hold together on both.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from olsdata import store
from olsdata.store import StoreError

HEAD = "0010"
"""Schema that this version of the dashboard works with; the last of ``migrations/versions``."""

BUSY_SECONDS = 10
MIGRATIONS = Path(__file__).with_name("migrations")
SQLITE_HEADER = b"SQLite format 3\x00"

WRITERS_LOCK = 4_604_915
"""Advisory lock of PostgreSQL that every writer and every migration takes: any number of ours."""

NOTHING = "Rien n’a été enregistré."
READ_ONLY = "La base de données est en lecture seule"
FULL = "Le disque est plein"
BUSY = "La base de données est occupée par une autre écriture ; réessayez"
SILENT = "Le serveur de la base de données ne répond pas"
REASONS = {
    ("readonly", "read-only", "read only"): READ_ONLY,
    ("disk is full", "no space"): FULL,
    ("locked", "busy"): BUSY,
    ("malformed", "not a database", "corrupt"): "Le fichier de la base de données est abîmé",
    ("unable to open", "no such file"): "La base de données ne peut pas être ouverte",
    ("disk i/o",): "Le disque ne répond pas",
}
"""Words of SQLite's own message, and what they mean for the user."""

STATES = {
    "25006": READ_ONLY,
    "53100": FULL,
    "55P03": BUSY,
    "57014": BUSY,
    "40": BUSY,
    "42501": "Le serveur de la base de données refuse ce droit à notre compte",
    "08": SILENT,
    "57P": SILENT,
    "53": "Le serveur de la base de données a trop à faire ; réessayez",
}
"""Beginnings of the codes of PostgreSQL (SQLSTATE), and what they mean; its words have no fixed
language. The first that fits counts."""

CONNECTION = (
    "Le serveur de la base de données ne répond pas, ou refuse notre connexion (adresse, nom, mot "
    f"de passe ou base, dans {store.URL_VARIABLE})"
)


def worded(error: BaseException) -> str:
    """The sentence for an error of the database; nothing of its address is in it."""
    if isinstance(error, PoolTimeoutError):
        return f"{STATES['53']}. {NOTHING}"
    cause = getattr(error, "orig", None) or error
    if hasattr(cause, "sqlstate"):
        return f"{_state(cause.sqlstate)}. {NOTHING}"
    message = str(cause).lower()
    for words, sentence in REASONS.items():
        if any(word in message for word in words):
            return f"{sentence}{_where()}. {NOTHING}"
    return f"La base de données a refusé l’opération{_where()}. {NOTHING}"


def _state(code: str | None) -> str:
    """What an error code of PostgreSQL means; there is none when no connection was made."""
    if code is None:
        return CONNECTION
    refused = "La base de données a refusé l’opération"
    return next((said for start, said in STATES.items() if code.startswith(start)), refused)


def _where() -> str:
    path = store.file()
    return f" ({path})" if path else ""


@lru_cache(maxsize=8)
def _engine(url: str) -> Engine:
    # What is written may not reach a log with an error's message.
    options: dict[str, Any] = {"hide_parameters": True}
    try:
        address = make_url(url)
        sqlite = address.get_backend_name() == "sqlite"
        if sqlite:
            options |= {"poolclass": NullPool, "connect_args": {"timeout": BUSY_SECONDS}}
        else:
            # A server that went away and came back is found again by the first query.
            options |= {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10}
            if "connect_timeout" not in address.query:
                options["connect_args"] = {"connect_timeout": BUSY_SECONDS}
        engine = create_engine(address, **options)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        # Their messages may hold the address, and so a password: they stop here.
        raise StoreError(
            f"Adresse de base de données inutilisable ({store.URL_VARIABLE})."
        ) from None
    if sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "begin", _queue)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    """Settings of one SQLite connection; transactions are ours to begin."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # what is acknowledged survives a power cut


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("ols_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _queue(connection: Connection) -> None:
    """On a server: a write waits for its turn, every query of a reading sees the same moment."""
    write = connection.get_execution_options().get("ols_write")
    if write:
        wait = text("select set_config('lock_timeout', :wait, true), pg_advisory_xact_lock(:lock)")
        milliseconds = f"{round(1000 * BUSY_SECONDS)}ms"
        connection.execute(wait, {"wait": milliseconds, "lock": WRITERS_LOCK})
    elif write is not None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _version(connection: Connection) -> str:
    """Schema of the database; "" when it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("select version_num from alembic_version")).scalar() or "")


def revisions() -> list[str]:
    """Schemas that this version knows, oldest first."""
    return [script.revision for script in _script().walk_revisions()][::-1]


def _script() -> Any:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def _refuse_unknown(version: str) -> None:
    if version and version not in revisions():
        raise StoreError(
            f"La base de données a été faite par une autre version du tableau de bord (schéma "
            f"« {version} », connu ici : « {HEAD} »). Mettez le tableau de bord à jour."
        )


def upgrade(engine: Engine) -> None:
    """Bring the schema to ``HEAD``, in one transaction: whole, or not at all.

    Several processes may start on an empty database: the first takes the lock, the others find
    the schema done.

    Raises
    ------
    StoreError
        If the schema is one that this version does not know.
    """
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    script = _script()
    if engine.dialect.name == "sqlite":
        _write_ahead(engine)

    def steps(current: Any, _: object) -> Any:
        return script._upgrade_revs(HEAD, current)

    with engine.execution_options(ols_write=True).connect() as connection, connection.begin():
        _refuse_unknown(_version(connection))
        options = {"fn": steps, "transactional_ddl": True}
        context = MigrationContext.configure(connection, opts=options)
        with Operations.context(context):
            context.run_migrations()


def _write_ahead(engine: Engine) -> None:
    """Switch the file to WAL, for good; SQLite does not wait for the lock here, so we do."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


@contextmanager
def _session(write: bool) -> Iterator[Session]:
    """One connection and one transaction, on a schema that is up to date."""
    try:
        path = store.file()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(store.url())
        with engine.connect() as connection:
            version = _version(connection)
        if version != HEAD:
            upgrade(engine)
        bound = engine.execution_options(ols_write=write)
        with Session(bound, expire_on_commit=False) as session, session.begin():
            yield session
    except (DBAPIError, PoolTimeoutError, sqlite3.Error, OSError) as error:
        raise StoreError(worded(error)) from error


@contextmanager
def reading() -> Iterator[Session]:
    """A session to read; nothing of it is kept.

    Raises
    ------
    StoreError
        If the database cannot be read.
    """
    with _session(write=False) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A session to write: everything in the block is kept when it ends, or nothing.

    Raises
    ------
    StoreError
        If the database is read-only, full, busy for ten seconds, damaged or out of reach.
    """
    with _session(write=True) as session:
        yield session


def now() -> str:
    """The moment, in UTC, as the tables keep it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def compact() -> bool:
    """Rewrite the SQLite file, or the tables on a server, so that nothing erased is left in them.

    On a server, its journal and its own backups are out of our reach.

    Returns
    -------
    False when someone else was using them for ten seconds and remains may be left.

    Raises
    ------
    StoreError
        If they cannot be written.
    """
    path = store.file()
    if path is None:
        return _compact_server()
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as file:
            file.execute("VACUUM")
            return bool(file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    except sqlite3.OperationalError as error:
        if any(word in str(error) for word in ("locked", "busy")):
            return False
        raise StoreError(worded(error)) from error


def _compact_server() -> bool:
    from olsdata.store.models import Base

    tables = ", ".join(f'"{table}"' for table in Base.metadata.tables)
    engine = _engine(store.url())
    if engine.dialect.name == "sqlite":  # a file named by its address
        return False
    try:
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql(f"SET lock_timeout = {round(1000 * BUSY_SECONDS)}")
            connection.exec_driver_sql(f"VACUUM (FULL) {tables}")
            connection.exec_driver_sql("RESET lock_timeout")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == "55P03":
            return False
        raise StoreError(worded(error)) from error
    return True


# --- Backup -----------------------------------------------------------------------------------


def _sqlite_file() -> Path:
    path = store.file()
    if path is None:
        raise StoreError(
            "La base de données est sur un serveur : sauvegardez-la avec les outils du serveur."
        )
    return path


def backup(target: Path) -> Path:
    """A copy of the whole database in one file, while others may be writing.

    Parameters
    ----------
    target : file to write; replaced only once the copy is complete

    Raises
    ------
    StoreError
        If the database is on a server, or the copy cannot be written.
    """
    source = _sqlite_file()
    with reading():
        pass  # the schema is brought up to date, so that the copy can be restored here
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".sauvegarde-")
        os.close(handle)
        part = Path(name)
        try:
            _copy(source, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"La sauvegarde n’a pas pu être écrite dans « {target} ».") from error
    return target


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as old,
        closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as new,
    ):
        old.backup(new)


def restore(source: Path) -> Path | None:
    """Put a backup in the place of the database; an older schema is brought up to date first.

    Parameters
    ----------
    source : file made by ``backup``

    Returns
    -------
    Copy of what was there before, beside the database; None when there was nothing.

    Raises
    ------
    StoreError
        If the file is missing, is not a sound backup of ours, or has a schema that this version
        does not know. The database is then as it was.
    """
    live = _sqlite_file()
    refused = f"« {source.name} » n’est pas une sauvegarde de cette base de données."
    try:
        with source.open("rb") as stream:
            if stream.read(len(SQLITE_HEADER)) != SQLITE_HEADER:
                raise StoreError(f"{refused} Rien n’a été changé.")
        live.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=live.parent, prefix=".restauration-") as scratch:
            candidate = Path(scratch) / live.name
            _copy(source, candidate)
            _check_backup(candidate, refused)
            kept = None
            if live.exists():
                stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
                kept = backup(live.with_name(f"avant-restauration-{stamp}.sqlite"))
            _copy(candidate, live)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"« {source.name} » n’a pas pu être restauré : {worded(error)}") from error
    return kept


def _check_backup(path: Path, refused: str) -> None:
    """Sound, ours, and brought to the schema of this version; on a copy, never on the original."""
    with closing(sqlite3.connect(path)) as connection:
        sound = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        tables = {row[0] for row in connection.execute("select name from sqlite_master")}
    if not sound or "alembic_version" not in tables:
        raise StoreError(f"{refused} Rien n’a été changé.")
    engine = _engine_of_copy(path)
    try:
        upgrade(engine)
    except DBAPIError as error:
        raise StoreError(f"{refused} Rien n’a été changé.") from error
    finally:
        engine.dispose()


def _engine_of_copy(path: Path) -> Engine:
    return _engine.__wrapped__(f"sqlite:///{path}")
