"""The notes of the store as the lecture croisée reads them.

Nothing is opened when no database exists. What was read is kept until the file changes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from olsdata import store
from olsdata.equity import blend
from olsdata.local import remembered
from olsdata.notes import actors, book, lists
from olsdata.notes.actors import Actor
from olsdata.notes.book import Note

TITLES = dict(lists.THEMES)
"""French titles of the themes that a note may have."""


@dataclass(frozen=True, eq=False)
class Field:
    """What the field says: one object per state of the store, so that it can be a cache's key.

    Attributes
    ----------
    table : one row per note (``blend.NOTES`` and indicator), index the note's id
    notes : the notes themselves, by id
    """

    table: pd.DataFrame
    notes: dict[str, Note]


def table(notes: Sequence[Note]) -> pd.DataFrame:
    """Notes as ``blend.NOTES``, with the indicator that each speaks of, if any.

    Parameters
    ----------
    notes : notes of the book (sort « note »), withdrawn ones left out

    Returns
    -------
    DataFrame, index id: columns ``blend.NOTES`` and ``indicator``, one row per note.

    Examples
    --------
    >>> table([]).columns.tolist() == [*blend.NOTES, "indicator"]
    True
    """
    rows = [
        {
            "id": note.id,
            "place": note.content.place,
            "theme": note.content.theme,
            "kind": note.content.kind,
            "direction": note.content.direction,
            "strength": note.content.strength,
            "confidence": note.content.confidence,
            "review_by": note.content.review_by,
            "indicator": note.content.indicator,
        }
        for note in notes
    ]
    frame = pd.DataFrame(rows, columns=[*blend.NOTES, "indicator"])
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
    if path is None:  # a database server: nothing tells that it has not changed
        return _read(actor, kept)
    marks: list[tuple[int, int]] = []
    for part in (path, path.with_name(f"{path.name}-wal")):
        try:
            about = part.stat()
        except OSError:
            marks.append((0, 0))
        else:
            marks.append((about.st_mtime_ns, about.st_size))
    return _kept(actor, kept, str(path), tuple(marks))


@remembered(maxsize=8)
def _kept(
    actor: Actor, shown: frozenset[str], path: str, marks: tuple[tuple[int, int], ...]
) -> Field:
    return _read(actor, shown)


def _read(actor: Actor, shown: frozenset[str]) -> Field:
    every = book.find(actor, sort="note", limit=None).notes
    found = [note for note in every if note.content.visibility in shown]
    return Field(table(found), {note.id: note for note in found})
