"""Thousands of notes at once: some columns of all, some of them in full, whether any changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from olsdata import store
from olsdata.notes import actors, book
from olsdata.notes.actors import Actor
from olsdata.notes.book import Note


def columns(actor: Actor, names: Sequence[str], sort: str = book.KIND) -> list[tuple[Any, ...]]:
    """Some columns of the active records that the actor may read, the latest first.

    Ten times less work than ``book.find`` when there are thousands of them.

    Parameters
    ----------
    names : columns of the table of notes
    sort : of the records

    Raises
    ------
    DeniedError
        If the role may not read.
    """
    actors.require(actor, actors.READ)
    if not store.exists():
        return []
    from sqlalchemy import select

    note = store.models.Note
    query = (
        select(*(getattr(note, name) for name in names))
        .where(*actors.scope(actor), note.state == book.ACTIVE, note.sort == sort)
        .order_by(note.date.desc(), note.number.desc())
    )
    with store.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def some(actor: Actor, ids: Collection[str]) -> dict[str, Note]:
    """Active records by id, those that the actor may read.

    Raises
    ------
    DeniedError
        If the role may not read.
    """
    actors.require(actor, actors.READ)
    if not ids or not store.exists():
        return {}
    from sqlalchemy import select

    note = store.models.Note
    query = select(note).where(
        *actors.scope(actor), note.state == book.ACTIVE, note.id.in_(list(ids))
    )
    with store.reading() as session:
        return {row.id: book.note_of(row) for row in session.scalars(query)}


def last_change() -> tuple[int, str]:
    """Number and moment of the last revision: the same as long as nothing that is kept changed.

    Drafts are not counted. (0, "") for an empty database.
    """
    if not store.exists():
        return 0, ""
    from sqlalchemy import select

    revision = store.models.Revision
    query = select(revision.id, revision.at).order_by(revision.id.desc()).limit(1)
    with store.reading() as session:
        found = session.execute(query).first()
    return (int(found[0]), str(found[1])) if found else (0, "")
