"""Demonstration: a fictional OLS in a store of its own, which can be opened and reset."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from olsdata import store
from olsdata.notes.places import Place, fictional

MARK = "fictif"
"""Badge of every page while the demonstration is open."""

DATA = Path(__file__).with_name("demo.toml")
NAME = "demonstration-fictive.sqlite"


def file() -> Path:
    """The demonstration's own database."""
    return store.folder() / NAME


def is_open() -> bool:
    """Whether this very moment works on the demonstration.

    >>> is_open()
    False
    """
    return store.file() == file()


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text("utf-8"))


def places() -> dict[str, Place]:
    """The fictional OLS and its bassins, by id; every name says that it is fictional."""
    found: dict[str, Place] = {}
    for row in _data()["lieu"]:
        ols = str(row.get("ols", row["id"]))
        place = Place(
            row["id"], f"{row['nom']} ({MARK})", row["niveau"], (ols,), frozenset({row["id"], ols})
        )
        found[place.id] = place
    return found


@contextmanager
def open() -> Iterator[dict[str, Place]]:
    """Work on the demonstration inside the block: its notes, its places, nothing of the user's.

    Examples
    --------
    In a folder that is thrown away, so that the example leaves nothing on the reader's machine:

    >>> from tempfile import TemporaryDirectory
    >>> from unittest import mock
    >>> from olsdata.notes import actors, book
    >>> with TemporaryDirectory() as folder, mock.patch.dict("os.environ", OLS_DATA_DIR=folder):
    ...     with open() as places:
    ...         next(place.label for place in places.values())
    ...         book.find(actors.LOCAL, place="D1-ville-haute").total > 3
    'Hautes Plaines et Vallées (fictif)'
    True
    """
    path, here = file(), places()
    with store.opened(path), fictional(here):
        _fill(again=False)
        yield here


def reset() -> None:
    """Put the demonstration back as it was at first.

    Raises
    ------
    StoreError
        If the database refuses.
    """
    with store.opened(file()), fictional(places()):
        _fill(again=True)


def _fill(again: bool) -> None:
    from sqlalchemy import delete, func, select

    from olsdata.notes.book import ADDED
    from olsdata.notes.files import insert, parse

    models = store.models
    count = select(func.count()).select_from(models.Revision)
    if not again and store.exists():
        with store.reading() as session:
            if session.scalar(count):
                return
    with store.writing() as session:
        if again:
            tables = (models.NoteStep, models.Note, models.Draft, models.Revision)
            for table in tables:
                session.execute(delete(table))
        if again or not session.scalar(count):
            for number, row in enumerate(_data()["note"], 1):
                insert(session, parse(_row(number, row)), ADDED)


def _row(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """A note of the TOML as a row of a file; its dates are counted back from today."""
    today = datetime.now(UTC)

    def ago(days: int) -> str:
        return (today - timedelta(days=days)).date().isoformat()

    moment = (today - timedelta(days=row["il_y_a"], seconds=-number)).isoformat()
    steps = [
        {
            "statut": step["statut"],
            "date": ago(step["il_y_a"]),
            "texte": step.get("texte", ""),
            "role": step.get("role", "facilitateur"),
        }
        for step in row.get("etape", [])
    ]
    place = row.get("lieu", "")
    ours = {"id": row["id"], "ols": "D1", "etat": "active", "versions": [f"v-{row['id']}"]}
    ours |= {"cree": moment, "modifie": moment, "date": ago(row["il_y_a"]), "etapes": steps}
    ours |= {"statut": steps[-1]["statut"] if steps else "", "repond_a": row.get("repond_a", "")}
    ours["nom_du_lieu"] = places()[place].label if place else ""
    defaults = {"sorte": "note", "role": "facilitateur", "visibilite": "ols"}
    return defaults | {k: v for k, v in row.items() if k not in ("il_y_a", "etape")} | ours
