"""Contributions: what the room says, typed on the screen or sent from a telephone."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from olsdata import store
from olsdata.notes import actors, guard
from olsdata.notes import book as note_book
from olsdata.notes import lists as note_lists
from olsdata.notes.actors import Actor
from olsdata.notes.content import TEXT_MOST, Content
from olsdata.notes.content import text as cleaned
from olsdata.tables import DataError
from olsdata.workshops import lists, rows
from olsdata.workshops.book import workshop_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from olsdata.notes.book import Note
    from olsdata.store import models

MOST = 2_000
"""Contributions of one workshop: beyond, someone is playing."""


@dataclass(frozen=True)
class Voice:
    """A contribution.

    Attributes
    ----------
    picture : id of the picture beside which it was said, or ""
    kind : "soft", "warm", or "" when nobody said which
    author : role of who speaks, or ""
    shown : whether the room sees it
    reading : how the room sorted it (``lists.READINGS``), or ""
    note : id of the note de terrain that it became, or ""
    created : moment in UTC
    """

    id: str
    text: str
    picture: str
    kind: str
    origin: str
    author: str
    shown: bool
    reading: str
    note: str
    created: str
    revision: int


def say(
    actor: Actor,
    workshop: str,
    text: str,
    kind: str = "",
    author: str = "",
    picture: str = "",
    confirmed: Collection[str] = (),
) -> Voice:
    """Keep what someone says in the room; it is shown at once.

    Raises
    ------
    DeniedError
        If the role may not.
    RefusedError
        If the guard finds what may designate a person.
    DataError
        If the workshop is not open, or something is wrong.
    StoreError
        If the database refuses; nothing is then kept.
    """
    actors.require(actor, actors.ADD)
    _known(kind, author)
    said = cleaned(text, "Texte", TEXT_MOST)
    guard.check([said], confirmed)
    with store.writing() as session:
        row = rows.workshop(session, actor, workshop)
        return _add(session, row, said, lists.SCREEN, True, kind, author, picture)


def receive(workshop: str, code: str, text: str, confirmed: Collection[str] = ()) -> Voice:
    """Keep what comes from a telephone, which has no other right than this one.

    The picture is the one that the room looks at.

    Raises
    ------
    DeniedError
        If the workshop is not open, or the code is not its own; the same words for both.
    RefusedError, DataError, StoreError
        As ``say``.
    """
    said = cleaned(text, "Texte", TEXT_MOST)
    guard.check([said], confirmed)
    with store.writing() as session:
        row = _by_code(session, workshop, code)
        picture = workshop_of(row).screens[row.position][1]
        about = picture.id if picture else ""
        return _add(session, row, said, lists.PHONE, not row.held, "", "", about)


def answers_to(workshop: str, code: str) -> str:
    """Title of the open workshop that has this code.

    Raises
    ------
    DeniedError
        As ``receive``.
    """
    with store.reading() as session:
        return _by_code(session, workshop, code).title


def _by_code(session: Session, workshop: str, code: str) -> models.Workshop:
    try:
        row = rows.row(session, store.models.Workshop, workshop)
    except DataError:
        row = None
    # Compared in constant time, so that the answer's delay teaches nothing.
    known = row.code if row is not None else ""
    same = hmac.compare_digest(known.encode(), code.upper().encode())
    if row is None or row.state != lists.OPEN or not known or not same:
        raise actors.DeniedError("Ce code n’ouvre aucun atelier.")
    return row


def _known(kind: str, author: str) -> None:
    if kind:
        note_lists.choice("kind", kind)
    if author:
        note_lists.choice("author", author)


def _add(
    session: Session,
    row: models.Workshop,
    text: str,
    origin: str,
    shown: bool,
    kind: str,
    author: str,
    picture: str,
) -> Voice:
    from sqlalchemy import func, select

    if row.state != lists.OPEN:
        raise DataError("Cet atelier n’est pas ouvert.")
    table = store.models.Contribution
    count = session.scalar(select(func.count()).where(table.workshop == row.id))
    if (count or 0) >= MOST:
        raise DataError(f"Cet atelier a déjà {MOST} contributions : ouvrez-en un autre.")
    found = table(
        id=rows.new_id("c"),
        workshop=row.id,
        picture=picture if workshop_of(row).picture(picture) else "",
        text=text,
        kind=kind,
        origin=origin,
        author=author,
        shown=shown,
        created=rows.now(),
    )
    session.add(found)
    session.flush()
    return voice_of(found)


# --- Sorting ------------------------------------------------------------------------------------


def sort(
    actor: Actor,
    id_: str,
    *,
    shown: bool | None = None,
    reading: str | None = None,
    kind: str | None = None,
) -> Voice:
    """Show or hide a contribution, say what it is beside the figure, or its kind.

    The last word wins: in a room, people answer each other aloud, not through the database.

    Raises
    ------
    DeniedError, DataError, StoreError
    """
    if reading:
        lists.choice(reading, lists.READINGS, "Lecture")
    if kind:
        note_lists.choice("kind", kind)
    with store.writing() as session:
        row = _led(session, actor, id_)
        if shown is not None:
            row.shown = shown
        if reading is not None:
            row.reading = reading
        if kind is not None:
            row.kind = kind
        rows.seal(row)
        return voice_of(row)


def show_all(actor: Actor, workshop: str) -> None:
    """Show the room everything that waits.

    Raises
    ------
    DeniedError, DataError, StoreError
    """
    from sqlalchemy import update

    table = store.models.Contribution
    with store.writing() as session:
        row = rows.workshop(session, actor, workshop, lead=True)
        waiting = table.workshop == row.id, table.shown.is_(False)
        session.execute(
            update(table).where(*waiting).values(shown=True, revision=table.revision + 1)
        )


def erase(actor: Actor, id_: str) -> None:
    """Erase a contribution for good.

    Raises
    ------
    DeniedError, DataError, StoreError
    """
    with store.writing() as session:
        session.delete(_led(session, actor, id_))
    store.compact()


def keep(
    actor: Actor, id_: str, content: Content, confirmed: Collection[str] = ()
) -> tuple[Voice, Note]:
    """Keep a contribution as a note de terrain; doing it again gives the same note.

    Parameters
    ----------
    content : the note, as whoever keeps it has completed it

    Raises
    ------
    RefusedError, DeniedError, DataError, StoreError
    """
    with store.reading() as session:
        found = voice_of(_led(session, actor, id_))
    if found.note:
        return found, note_book.get(actor, found.note)
    # Two transactions: if the machine stops between them, the note is there and can be withdrawn.
    note = note_book.add(actor, content, confirmed)
    with store.writing() as session:
        row = _led(session, actor, id_)
        row.note = note.id
        rows.seal(row)
        return voice_of(row), note


def _led(session: Session, actor: Actor, id_: str) -> models.Contribution:
    row = rows.row(session, store.models.Contribution, id_)
    rows.workshop(session, actor, row.workshop, lead=True)
    return row


# --- Reading ------------------------------------------------------------------------------------


def find(actor: Actor, workshop: str, waiting: bool | None = False) -> list[Voice]:
    """Contributions of a workshop, in the order in which they came.

    Parameters
    ----------
    waiting : only those that the room sees (False), only those that wait (True), or both (None)

    Raises
    ------
    DeniedError, DataError
        If the workshop is unknown, or the actor does not lead it and asks for what waits.
    """
    from sqlalchemy import select

    actors.require(actor, actors.READ)
    table = store.models.Contribution
    with store.reading() as session:
        row = rows.workshop(session, actor, workshop, lead=waiting is not False)
        query = select(table).where(table.workshop == row.id).order_by(table.number)
        if waiting is not None:
            query = query.where(table.shown.is_(not waiting))
        return [voice_of(found) for found in session.scalars(query)]


def voice_of(row: models.Contribution) -> Voice:
    """A row as the pages read it."""
    return Voice(
        id=row.id,
        text=row.text,
        picture=row.picture,
        kind=row.kind,
        origin=row.origin,
        author=row.author,
        shown=bool(row.shown),
        reading=row.reading,
        note=row.note,
        created=row.created,
        revision=row.revision,
    )
