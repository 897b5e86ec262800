"""The notes of the store as the lecture croisée reads them.

Nothing is opened when no database exists. What was read is kept until a note changes, whichever
process changed it; the words of a note are read when they are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from olsdata import store
from olsdata.equity import blend
from olsdata.local import remembered
from olsdata.notes import actors, bulk, lists
from olsdata.notes.actors import Actor
from olsdata.notes.book import Note

TITLES = dict(lists.THEMES)
"""French titles of the themes that a note may have."""

COLUMNS = (*blend.NOTES, "indicator")


@dataclass(frozen=True, eq=False)
class Field:
    """What the field says: one object per state of the store, so that it can be a cache's key.

    Attributes
    ----------
    table : one row per note (``blend.NOTES`` and indicator), index the note's id
    actor : who reads them
    shown : visibilities that are read
    """

    table: pd.DataFrame
    actor: Actor
    shown: frozenset[str]


def table(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Notes as ``blend.NOTES``, with the indicator that each speaks of, if any.

    Parameters
    ----------
    rows : ``COLUMNS`` of each note (sort « note »), withdrawn ones left out

    Returns
    -------
    DataFrame, index id: columns ``blend.NOTES`` and ``indicator``, one row per note.

    Examples
    --------
    >>> table([]).columns.tolist() == [*blend.NOTES, "indicator"]
    True
    """
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.set_index("id", drop=False).rename_axis(None)


def field(actor: Actor = actors.LOCAL, shown: Collection[str] = lists.VISIBILITY) -> Field:
    """The notes that the actor may read, withdrawn ones left out.

    Parameters
    ----------
    shown : visibilities that are read; the others count nowhere

    Raises
    ------
    DeniedError
        If the role may not read.
    StoreError
        If the database refuses.
    """
    kept = frozenset(shown)
    path = store.file()
    if path is None:
        return _kept(actor, kept, store.url(), bulk.last_change())
    marks: list[tuple[int, int]] = []
    for part in (path, path.with_name(f"{path.name}-wal")):
        try:
            about = part.stat()
        except OSError:
            marks.append((0, 0))
        else:
            marks.append((about.st_mtime_ns, about.st_size))
    return _kept(actor, kept, str(path), _last_change(str(path), tuple(marks)))


@remembered(maxsize=4)
def _last_change(path: str, marks: tuple[tuple[int, int], ...]) -> tuple[int, str]:
    """The last revision of a file; a file that was not touched is not opened."""
    return bulk.last_change()


@remembered(maxsize=8)
def _kept(actor: Actor, shown: frozenset[str], where: str, change: tuple[int, str]) -> Field:
    rows = bulk.columns(actor, (*COLUMNS, "visibility"))
    return Field(table([row[:-1] for row in rows if row[-1] in shown]), actor, shown)


@remembered(maxsize=64)
def notes(said: Field, ids: tuple[str, ...]) -> dict[str, Note]:
    """Some of the notes in full, by id; one that was withdrawn or hidden meanwhile is not there."""
    found = bulk.some(said.actor, ids)
    return {id_: note for id_, note in found.items() if note.content.visibility in said.shown}
