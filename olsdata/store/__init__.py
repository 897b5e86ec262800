"""The one door to the database: where it is, transactions, migrations, backup.

Importing this package costs nothing: SQLAlchemy is imported by the first function that opens the
database, Alembic by the first one that finds an older schema.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from olsdata.tables import DataError

if TYPE_CHECKING:
    from olsdata.store import models as models
    from olsdata.store.database import backup as backup
    from olsdata.store.database import compact as compact
    from olsdata.store.database import reading as reading
    from olsdata.store.database import restore as restore
    from olsdata.store.database import writing as writing

FOLDER_VARIABLE, URL_VARIABLE = "OLS_DATA_DIR", "OLS_DATABASE_URL"
NAME = "territoires-ols"

_LAZY = dict.fromkeys(
    ("backup", "compact", "reading", "restore", "writing"), "olsdata.store.database"
)


class StoreError(DataError):
    """The database refused; the message is a French sentence, and nothing was written."""


def folder() -> Path:
    """Folder of the user's own data: ``OLS_DATA_DIR``, or the system's place for it."""
    chosen = os.environ.get(FOLDER_VARIABLE, "").strip()
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path(NAME, appauthor=False)


_OTHER: ContextVar[Path | None] = ContextVar("store", default=None)


@contextmanager
def opened(path: Path) -> Iterator[None]:
    """Work on another SQLite file inside the block (demonstration); only this thread sees it."""
    token = _OTHER.set(path)
    try:
        yield
    finally:
        _OTHER.reset(token)


def file() -> Path | None:
    """The SQLite file, or None when ``OLS_DATABASE_URL`` names a database server."""
    other = _OTHER.get()
    if other is not None:
        return other
    return None if os.environ.get(URL_VARIABLE, "").strip() else folder() / f"{NAME}.sqlite"


def url() -> str:
    """Address of the database, as SQLAlchemy takes it; PostgreSQL is spoken to by psycopg."""
    path = file()
    if path is not None:
        return f"sqlite:///{path}"
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", os.environ[URL_VARIABLE].strip())


def exists() -> bool:
    """Whether there is something to read; reading never creates the file."""
    path = file()
    return path is None or path.exists()


def __getattr__(name: str) -> Any:
    if name == "models":
        return importlib.import_module("olsdata.store.models")
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
