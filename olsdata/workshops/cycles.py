"""The learning cycle of a first step: plan, try, evaluate, adjust, then turn again.

Questions, never a score. An OLS shares a turn with the IWPL only when it says so; the IWPL then
reads what was tried and learnt, and nothing else of the workshop.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from olsdata import store
from olsdata.notes import actors
from olsdata.notes import lists as note_lists
from olsdata.notes.actors import Actor
from olsdata.tables import DataError
from olsdata.workshops import lists, rows
from olsdata.workshops.ideas import Step, step_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from olsdata.store import models

VISIBILITY = {"ols": "Mon OLS", "iwpl": "Partagé avec l’IWPL"}


@dataclass(frozen=True)
class Said:
    """What a turn says; one field per developmental question (``lists.CYCLE_FIELDS``).

    Attributes
    ----------
    phase : where the turn is, a key of ``lists.PHASES``
    theme : a key of ``notes.lists.THEMES``, or ""
    visibility : a key of ``VISIBILITY``
    date : ISO day of the last change of phase; "" is today
    """

    phase: str = "planifier"
    theme: str = ""
    visibility: str = "ols"
    date: str = ""
    plan: str = ""
    tried: str = ""
    wins: str = ""
    learnt: str = ""
    fallen: str = ""
    next: str = ""


@dataclass(frozen=True)
class Cycle:
    """A turn of the cycle of a first step.

    Attributes
    ----------
    turn : 1 for the first
    step : the first step that it follows
    """

    id: str
    ols: str
    turn: int
    said: Said
    step: Step
    revision: int


def begin(actor: Actor, step: str) -> Cycle:
    """Open the next turn of a first step; it starts from what the last one said to do next.

    Raises
    ------
    DeniedError
        If the actor does not lead the workshops of that OLS.
    DataError
        If there is no such step, or its present turn is not at « Ajuster » yet.
    """
    actors.require(actor, actors.REVISE)
    moment = rows.now()
    with store.writing() as session:
        held, ols = _step(session, actor, step)
        last = _turns(session, step)[-1:]
        if last and last[0].phase != "ajuster":
            raise DataError("Le tour en cours n’est pas encore à « Ajuster ».")
        row = store.models.Cycle(
            id=rows.new_id("t"),
            step=step,
            ols=ols,
            turn=last[0].turn + 1 if last else 1,
            phase="planifier",
            theme=last[0].theme if last else "",
            visibility="ols",
            date=date.today().isoformat(),
            plan=last[0].next if last else held.result,
            created=moment,
            updated=moment,
        )
        session.add(row)
        session.flush()
        return _cycle(row, step_of(held))


def revise(actor: Actor, id_: str, said: Said, seen: int, confirmed: Collection[str] = ()) -> Cycle:
    """Change what a turn says.

    Raises
    ------
    ChangedError
        If someone changed it in between.
    DeniedError, RefusedError, DataError, StoreError
    """
    lists.choice(said.phase, lists.PHASES, "Étape du cycle")
    lists.choice(said.visibility, VISIBILITY, "Visibilité")
    if said.theme:
        note_lists.choice("theme", said.theme)
    words = rows.said(
        {
            name: (getattr(said, name), question, rows.LONG, False)
            for name, (_, question) in lists.CYCLE_FIELDS.items()
        },
        confirmed,
    )
    moment = rows.ahead(said.date or date.today().isoformat(), "Date")
    with store.writing() as session:
        row = rows.row(session, store.models.Cycle, id_)
        rows.require_lead(actor, row.ols)
        rows.unchanged(row, seen)
        for name, text in words.items():
            setattr(row, name, text)
        row.phase, row.theme, row.visibility = said.phase, said.theme, said.visibility
        row.date = moment
        rows.seal(row)
        return _cycle(row, step_of(rows.row(session, store.models.FirstStep, row.step)))


def find(
    actor: Actor,
    *,
    theme: str = "",
    text: str = "",
    ols: str = "",
    step: str = "",
    visibility: str = "",
) -> list[Cycle]:
    """Turns that the actor may read: its own OLS's, and those shared with the IWPL for the IWPL.

    Parameters
    ----------
    theme : a key of ``notes.lists.THEMES``
    text : words that must all be there, without capitals nor accents
    ols, step : of one OLS, of one first step
    visibility : "iwpl" for what is shared with the IWPL alone

    Returns
    -------
    Turns by OLS (official order), then by step and turn: never by success.

    Raises
    ------
    DeniedError
        If the role may not read.
    """
    actors.require(actor, actors.READ)
    if not store.exists():
        return []
    from sqlalchemy import select

    cycle, first = store.models.Cycle, store.models.FirstStep
    query = select(cycle, first).join(first, first.id == cycle.step)
    exact = {"theme": theme, "ols": ols, "step": step, "visibility": visibility}
    for name, value in exact.items():
        if value:
            query = query.where(getattr(cycle, name) == value)
    with store.reading() as session:
        found = session.execute(query.order_by(cycle.ols, first.number, cycle.turn))
        asked = _plain(text).split()
        return [
            _cycle(row, step_of(held))
            for row, held in found
            if _reads(actor, row) and _holds(row, held, asked)
        ]


def steps(actor: Actor, ols: str = "") -> list[tuple[Step, str]]:
    """First steps whose cycle the actor leads, with the title of their workshop.

    Raises
    ------
    DeniedError
    """
    actors.require(actor, actors.READ)
    if not store.exists() or not rows.leads(actor):
        return []
    from sqlalchemy import select

    first, held = store.models.FirstStep, store.models.Workshop
    query = select(first, held).join(held, held.id == first.workshop)
    if ols:
        query = query.where(held.ols == ols)
    with store.reading() as session:
        found = session.execute(query.order_by(held.ols, held.date.desc(), first.number))
        return [
            (step_of(step), workshop.title)
            for step, workshop in found
            if rows.reads(actor, workshop.ols, workshop.state)
        ]


def _step(session: Session, actor: Actor, id_: str) -> tuple[models.FirstStep, str]:
    held = rows.row(session, store.models.FirstStep, id_)
    return held, rows.workshop(session, actor, held.workshop, lead=True).ols


def _turns(session: Session, step: str) -> list[models.Cycle]:
    from sqlalchemy import select

    table = store.models.Cycle
    return list(session.scalars(select(table).where(table.step == step).order_by(table.turn)))


def _reads(actor: Actor, row: models.Cycle) -> bool:
    if actor.role in ("local",):
        return True
    if actor.role == "iwpl":
        return row.visibility == "iwpl"
    return row.ols == actor.ols and actor.role in rows.SEES


def _holds(row: models.Cycle, step: models.FirstStep, asked: list[str]) -> bool:
    texts = [getattr(row, name) for name in lists.CYCLE_FIELDS]
    whole = _plain(" ".join([*texts, step.result, *step.bassin_labels]))
    return all(word in whole for word in asked)


def _plain(text: str) -> str:
    """A text without capitals nor accents.

    >>> _plain("Événement À Éghezée")
    'evenement a eghezee'
    """
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _cycle(row: models.Cycle, step: Step) -> Cycle:
    said = Said(
        phase=row.phase,
        theme=row.theme,
        visibility=row.visibility,
        date=row.date,
        plan=row.plan,
        tried=row.tried,
        wins=row.wins,
        learnt=row.learnt,
        fallen=row.fallen,
        next=row.next,
    )
    return Cycle(row.id, row.ols, row.turn, said, step, row.revision)
