"""Working hypotheses, and the first step that the room chooses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from olsdata import store
from olsdata.notes import actors, places
from olsdata.notes.actors import Actor
from olsdata.tables import DataError
from olsdata.workshops import lists, rows
from olsdata.workshops.rows import Row

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from olsdata.store import models

ROOTLESS = (
    "Projet vertical sans bassin de vie : dans quel bassin s’enracine-t-il ? Sans racine locale, "
    "un programme vertical s’ajoute au lieu de relier."
)
"""What is said of a vertical step without any bassin; it is a warning, not a refusal."""


@dataclass(frozen=True)
class Hypothesis:
    """« Nous pensons que… parce que… ».

    Attributes
    ----------
    voices, pictures : ids of the contributions and of the pictures that it rests on
    """

    belief: str
    reason: str
    voices: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    id: str = ""
    workshop: str = ""
    revision: int = 0


@dataclass(frozen=True)
class Step:
    """The first step only.

    Attributes
    ----------
    who : role, never a name
    bassins : ids of the bassins in which it roots
    bassin_labels : their names when it was written
    axis : a key of ``lists.AXES``
    result : the small result that will be seen
    by_when : ISO day
    hypothesis : id of what it tests, or ""
    """

    who: str
    result: str
    by_when: str
    axis: str
    bassins: tuple[str, ...] = ()
    hypothesis: str = ""
    bassin_labels: tuple[str, ...] = ()
    id: str = ""
    workshop: str = ""
    revision: int = 0

    @property
    def rootless(self) -> bool:
        """Whether it is vertical and roots in no bassin."""
        return self.axis == "vertical" and not self.bassins


def suppose(
    actor: Actor, workshop: str, said: Hypothesis, confirmed: Collection[str] = ()
) -> Hypothesis:
    """Keep a new hypothesis, or change one (``said.id`` and ``said.revision``).

    Raises
    ------
    ChangedError
        If someone changed it in between.
    DeniedError, RefusedError, DataError, StoreError
    """
    actors.require(actor, actors.REVISE)
    words = rows.said(
        {
            "belief": (said.belief, "Nous pensons que", rows.LONG, True),
            "reason": (said.reason, "Parce que", rows.LONG, True),
        },
        confirmed,
    )
    table = store.models.Hypothesis
    with store.writing() as session:
        held = rows.workshop(session, actor, workshop, lead=True)
        row = _mine(session, table, held.id, said.id, said.revision)
        if row is None:
            row = table(id=rows.new_id("h"), workshop=held.id, revision=0, created=rows.now())
        row.belief, row.reason = words["belief"], words["reason"]
        row.contributions = _voices(session, held.id, said.voices)
        known = {str(p["id"]) for p in held.pictures}
        row.pictures = [p for p in said.pictures if p in known]
        rows.seal(row)
        session.add(row)
        return hypothesis_of(row)


def _voices(session: Session, workshop: str, ids: Collection[str]) -> list[str]:
    """Those that are this workshop's own."""
    from sqlalchemy import select

    table = store.models.Contribution
    found = session.scalars(select(table.id).where(table.workshop == workshop, table.id.in_(ids)))
    known = set(found)
    return [i for i in ids if i in known]


def _mine(session: Session, table: type[Row], workshop: str, id_: str, seen: int) -> Row | None:
    if not id_:
        return None
    row = rows.row(session, table, id_)
    if row.workshop != workshop:  # type: ignore[attr-defined]
        raise rows.unknown()
    rows.unchanged(row, seen)
    return row


def choose(actor: Actor, workshop: str, said: Step, confirmed: Collection[str] = ()) -> Step:
    """Keep a new first step, or change one (``said.id`` and ``said.revision``).

    Raises
    ------
    ChangedError
        If someone changed it in between.
    DeniedError, RefusedError, DataError, StoreError
        A bassin is unknown or lies in another OLS, the axis does not exist, the date is no date.
    """
    actors.require(actor, actors.REVISE)
    lists.choice(said.axis, lists.AXES, "Axe")
    words = rows.said(
        {
            "who": (said.who, "Qui", rows.SHORT, True),
            "result": (said.result, "Petit résultat", rows.LONG, True),
        },
        confirmed,
    )
    by_when = rows.ahead(said.by_when, "Pour quand")
    table = store.models.FirstStep
    with store.writing() as session:
        held = rows.workshop(session, actor, workshop, lead=True)
        found = [places.find(b) for b in dict.fromkeys(said.bassins)]
        for place in found:
            if place.level != "bassin" or held.ols not in place.ols:
                raise DataError(f"« {place.label} » n’est pas un bassin de vie de cette OLS.")
        row = _mine(session, table, held.id, said.id, said.revision)
        if row is None:
            row = table(id=rows.new_id("p"), workshop=held.id, revision=0, created=rows.now())
        row.who, row.result = words["who"], words["result"]
        row.axis, row.by_when = said.axis, by_when
        row.bassins = [p.id for p in found]
        row.bassin_labels = [p.label for p in found]
        row.hypothesis = _tested(session, held.id, said.hypothesis)
        rows.seal(row)
        session.add(row)
        return step_of(row)


def _tested(session: Session, workshop: str, id_: str) -> str:
    if not id_:
        return ""
    row = rows.row(session, store.models.Hypothesis, id_)
    return row.id if row.workshop == workshop else ""


def drop(actor: Actor, id_: str) -> None:
    """Erase a hypothesis, or a first step that has no learning cycle yet.

    Raises
    ------
    DeniedError, StoreError
    DataError
        If there is none, or its cycle has begun.
    """
    from sqlalchemy import select

    models = store.models
    table: type[Any] = models.Hypothesis if id_.startswith("h") else models.FirstStep
    with store.writing() as session:
        row = rows.row(session, table, id_)
        rows.workshop(session, actor, row.workshop, lead=True)
        if session.scalar(select(models.Cycle.id).where(models.Cycle.step == id_)):
            raise DataError("Ce premier pas a un cycle d’apprentissage : il reste.")
        session.delete(row)


def hypotheses(actor: Actor, workshop: str) -> list[Hypothesis]:
    """Hypotheses of a workshop, in the order in which they came.

    Raises
    ------
    DeniedError, DataError
    """
    return [hypothesis_of(row) for row in _all(actor, workshop, store.models.Hypothesis)]


def steps(actor: Actor, workshop: str) -> list[Step]:
    """First steps of a workshop, in the order in which they came.

    Raises
    ------
    DeniedError, DataError
    """
    return [step_of(row) for row in _all(actor, workshop, store.models.FirstStep)]


def _all(actor: Actor, workshop: str, table: type[Row]) -> list[Row]:
    from sqlalchemy import select

    actors.require(actor, actors.READ)
    with store.reading() as session:
        held = rows.workshop(session, actor, workshop)
        columns: type[models.FirstStep] = table  # type: ignore[assignment]
        query = select(table).where(columns.workshop == held.id).order_by(columns.number)
        return list(session.scalars(query))


def hypothesis_of(row: models.Hypothesis) -> Hypothesis:
    """A row as the pages read it."""
    return Hypothesis(
        belief=row.belief,
        reason=row.reason,
        voices=tuple(row.contributions),
        pictures=tuple(row.pictures),
        id=row.id,
        workshop=row.workshop,
        revision=row.revision,
    )


def step_of(row: models.FirstStep) -> Step:
    """A row as the pages read it."""
    return Step(
        who=row.who,
        result=row.result,
        by_when=row.by_when,
        axis=row.axis,
        bassins=tuple(row.bassins),
        hypothesis=row.hypothesis,
        bassin_labels=tuple(row.bassin_labels),
        id=row.id,
        workshop=row.workshop,
        revision=row.revision,
    )
