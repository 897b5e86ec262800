"""The workshop itself: prepare, open, show, close, find; its screens and its code."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from olsdata import store, tables
from olsdata.notes import actors, places
from olsdata.notes import lists as note_lists
from olsdata.notes.actors import Actor
from olsdata.tables import DataError
from olsdata.workshops import lists, pictures, rows
from olsdata.workshops.pictures import Picture, Seen

if TYPE_CHECKING:
    from olsdata.store import models

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that nobody takes for one another, read aloud or from afar."""

CODE_LENGTH = 6


@dataclass(frozen=True)
class Plan:
    """What is decided before the room comes.

    Attributes
    ----------
    place : an OLS, or one of its bassins
    date : ISO day; "" is today
    held : whether what comes from telephones waits until it is shown
    """

    title: str
    place: str
    date: str = ""
    held: bool = False
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Workshop:
    """A workshop as it stands.

    Attributes
    ----------
    represented, absent : roles (keys of ``notes.lists.AUTHORS``) that were there, or were missing
    present, missing : the same, in the room's words
    code : of the telephones; "" unless the workshop is open
    position : the screen that the room looks at, in ``screens``
    opened, closed : moments in UTC, or ""
    revision : what every change of the plan asks for
    """

    id: str
    ols: str
    plan: Plan
    place_label: str
    state: str
    code: str
    position: int
    represented: tuple[str, ...]
    absent: tuple[str, ...]
    present: str
    missing: str
    opened: str
    closed: str
    revision: int

    @property
    def screens(self) -> list[tuple[str, Picture | None]]:
        """The sequence: a step and its picture; each picture is seen, then spoken about."""
        shown: Sequence[Picture | None] = self.plan.pictures or (None,)
        looked = [(step, picture) for step in ("voir", "dire") for picture in shown]
        return [*looked, *((s, None) for s in lists.STEPS if s not in ("voir", "dire"))]

    def picture(self, id_: str) -> Picture | None:
        """A picture of the plan."""
        return next((p for p in self.plan.pictures if p.id == id_), None)


def readable_code(code: str) -> str:
    """The code in two halves.

    >>> readable_code("K7QM4D")
    'K7Q M4D'
    """
    return f"{code[: CODE_LENGTH // 2]} {code[CODE_LENGTH // 2 :]}".strip()


# --- Before -------------------------------------------------------------------------------------


def _checked(plan: Plan, confirmed: Collection[str]) -> Plan:
    if len(plan.pictures) > pictures.MOST:
        raise DataError(f"Images : {len(plan.pictures)}, {pictures.MOST} au plus.")
    place = places.find(plan.place)
    if place.level not in ("ols", "bassin"):
        raise DataError("Lieu : un atelier se tient dans une OLS ou dans un bassin de vie.")
    title = rows.said({"title": (plan.title, "Titre", rows.SHORT, True)}, confirmed)["title"]
    return replace(
        plan,
        title=title,
        date=rows.ahead(plan.date or date.today().isoformat(), "Date"),
        pictures=tuple(pictures.checked(p) for p in plan.pictures),
    )


def _fill(row: models.Workshop, plan: Plan) -> None:
    place = places.find(plan.place)
    row.place, row.place_label = plan.place, place.title
    row.title, row.date, row.held = plan.title, plan.date, plan.held
    row.pictures = [pictures.as_json(p) for p in plan.pictures]


def _ols(actor: Actor, place: str) -> str:
    held = places.find(place).ols
    ols = actor.ols if actor.ols in held else held[0]
    rows.require_lead(actor, ols)
    return ols


def prepare(actor: Actor, plan: Plan, confirmed: Collection[str] = ()) -> Workshop:
    """Keep a new workshop.

    Parameters
    ----------
    confirmed : doubtful fragments (``guard.Finding.text``) that the author confirms

    Raises
    ------
    DeniedError
        If the role may not, or the place lies in another OLS.
    RefusedError
        If the guard finds what may designate a person.
    DataError
        If something in it is wrong; every fault is named.
    StoreError
        If the database refuses; nothing is then kept.
    """
    actors.require(actor, actors.REVISE)
    plan = _checked(plan, confirmed)
    ols = _ols(actor, plan.place)
    moment = rows.now()
    with store.writing() as session:
        row = store.models.Workshop(
            id=rows.new_id("a"),
            ols=ols,
            represented=[],
            absent=[],
            created=moment,
            updated=moment,
        )
        _fill(row, plan)
        session.add(row)
        session.flush()
        return workshop_of(row)


def revise(
    actor: Actor, id_: str, plan: Plan, seen: int, confirmed: Collection[str] = ()
) -> Workshop:
    """Change what was prepared; a picture that a room saw keeps what it saw.

    Raises
    ------
    ChangedError
        If someone changed it in between.
    DeniedError, RefusedError, DataError, StoreError
        As ``prepare``; and once the workshop is closed.
    """
    plan = _checked(plan, confirmed)
    with store.writing() as session:
        row = rows.workshop(session, actor, id_, lead=True)
        _not_closed(row)
        rows.unchanged(row, seen)
        if _ols(actor, plan.place) != row.ols:
            raise DataError("Lieu : un atelier reste dans son OLS.")
        known = {p.id: p.seen for p in map(pictures.from_json, row.pictures)}
        kept = tuple(replace(p, seen=known.get(p.id)) for p in plan.pictures)
        _fill(row, replace(plan, pictures=kept))
        rows.seal(row)
        return workshop_of(row)


def _not_closed(row: models.Workshop) -> None:
    if row.state == lists.CLOSED:
        raise DataError("Cet atelier est clos : il ne change plus.")


# --- During -------------------------------------------------------------------------------------


def open_(actor: Actor, id_: str) -> Workshop:
    """Open a workshop, with a code for the telephones; opening it again changes nothing.

    Raises
    ------
    DeniedError, DataError, StoreError
        The workshop is unknown, or closed.
    """
    from sqlalchemy import select

    table = store.models.Workshop
    with store.writing() as session:
        row = rows.workshop(session, actor, id_, lead=True)
        _not_closed(row)
        if row.state != lists.OPEN:
            used = set(session.scalars(select(table.code).where(table.code != "")))
            row.code = next(code for code in iter(_new_code, "") if code not in used)
            row.state, row.opened = lists.OPEN, rows.now()
            rows.seal(row)
        return workshop_of(row)


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def close(actor: Actor, id_: str) -> Workshop:
    """Close a workshop: its code dies, nothing comes from a telephone any more.

    Raises
    ------
    DeniedError, DataError, StoreError
        The workshop is unknown, or was never opened.
    """
    with store.writing() as session:
        row = rows.workshop(session, actor, id_, lead=True)
        if row.state == lists.PREPARED:
            raise DataError("Cet atelier n’a pas été ouvert.")
        if row.state == lists.OPEN:
            row.state, row.code, row.closed = lists.CLOSED, "", rows.now()
            rows.seal(row)
        return workshop_of(row)


def show(actor: Actor, id_: str, position: int, sentence: str = "", source: str = "") -> Workshop:
    """Keep which screen the room looks at and, the first time, what it says of its picture.

    Parameters
    ----------
    position : of the screen; nearest one when there is none of that number
    sentence, source : what stands beside the picture, with the version of the data

    Raises
    ------
    DeniedError, DataError, StoreError
    """
    with store.writing() as session:
        row = rows.workshop(session, actor, id_, lead=True)
        found = workshop_of(row)
        row.position = max(0, min(position, len(found.screens) - 1))
        picture = found.screens[row.position][1]
        if row.state == lists.OPEN and picture is not None and picture.seen is None and sentence:
            version = tables.load().version
            looked = replace(picture, seen=Seen(rows.now(), version, sentence, source))
            row.pictures = [
                pictures.as_json(looked if p.id == picture.id else p) for p in found.plan.pictures
            ]
        return workshop_of(row)


def attend(
    actor: Actor,
    id_: str,
    represented: Collection[str],
    absent: Collection[str],
    present: str = "",
    missing: str = "",
    confirmed: Collection[str] = (),
) -> Workshop:
    """Say who was represented and who was missing: roles, and the room's words; never a name.

    Raises
    ------
    RefusedError, DeniedError, DataError, StoreError
    """
    for role in (*represented, *absent):
        note_lists.choice("author", role)
    words = rows.said(
        {
            "present": (present, "Qui était représenté", rows.LONG, False),
            "missing": (missing, "Qui manquait", rows.LONG, False),
        },
        confirmed,
    )
    order = list(note_lists.AUTHORS)
    with store.writing() as session:
        row = rows.workshop(session, actor, id_, lead=True)
        row.represented = sorted(set(represented), key=order.index)
        row.absent = sorted(set(absent) - set(represented), key=order.index)
        row.present, row.missing = words["present"], words["missing"]
        return workshop_of(row)


# --- Reading ------------------------------------------------------------------------------------


def get(actor: Actor, id_: str) -> Workshop:
    """A workshop by its id.

    Raises
    ------
    DeniedError, DataError
        If there is none that the actor may read.
    """
    actors.require(actor, actors.READ)
    if not store.exists():
        raise rows.unknown()
    with store.reading() as session:
        return workshop_of(rows.workshop(session, actor, id_))


def find(actor: Actor, ols: str = "", state: str = "") -> list[Workshop]:
    """Workshops that the actor may read, the latest day first.

    Parameters
    ----------
    ols : "" for every one of them
    """
    actors.require(actor, actors.READ)
    if not store.exists():
        return []
    from sqlalchemy import select

    table = store.models.Workshop
    query = select(table).order_by(table.date.desc(), table.number.desc())
    if ols:
        query = query.where(table.ols == ols)
    if state:
        query = query.where(table.state == state)
    with store.reading() as session:
        found = session.scalars(query)
        return [workshop_of(row) for row in found if rows.reads(actor, row.ols, row.state)]


def erase(actor: Actor, id_: str) -> None:
    """Erase a workshop for good, with what was said, supposed, chosen and learnt in it.

    Notes de terrain that were kept from it stay: they are erased one by one.

    Raises
    ------
    DeniedError, DataError, StoreError
    """
    from sqlalchemy import delete, select

    actors.require(actor, actors.ERASE)
    models = store.models
    with store.writing() as session:
        row = rows.workshop(session, actor, id_, lead=True)
        steps = select(models.FirstStep.id).where(models.FirstStep.workshop == row.id)
        session.execute(delete(models.Cycle).where(models.Cycle.step.in_(steps)))
        for table in (models.FirstStep, models.Hypothesis, models.Contribution):
            session.execute(delete(table).where(table.workshop == row.id))
        session.delete(row)
    store.compact()


def workshop_of(row: models.Workshop) -> Workshop:
    """A row as the pages read it."""
    plan = Plan(
        row.title,
        row.place,
        row.date,
        bool(row.held),
        tuple(pictures.from_json(p) for p in row.pictures),
    )
    return Workshop(
        id=row.id,
        ols=row.ols,
        plan=plan,
        place_label=row.place_label,
        state=row.state,
        code=row.code,
        position=row.position,
        represented=tuple(row.represented),
        absent=tuple(row.absent),
        present=row.present,
        missing=row.missing,
        opened=row.opened,
        closed=row.closed,
        revision=row.revision,
    )
