"""Proposals kept in the store: several live side by side, each with its whole history.

Every change is a revision: who (a role), what, why, when, and the plan as it then was. Undo and
redo walk along the revisions and give back the very same plan; they are revisions too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from olsdata import store
from olsdata.drawing import plan as plans
from olsdata.drawing.plan import Plan
from olsdata.notes import actors
from olsdata.notes.actors import Actor, DeniedError
from olsdata.registry import checks, rights
from olsdata.registry.proposals import log
from olsdata.tables import DataError
from olsdata.words import folded

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KIND = "drawing"
ACTIVE, WITHDRAWN = "active", "withdrawn"
WORKSHOP, VALID = "atelier", "valide"
STATUS = {WORKSHOP: "atelier", VALID: "validé par l’OLS"}
COMMENT = "commentaire"
NAME_MOST, WHY_MOST, COMMENT_MOST = 80, 300, 1_000


@dataclass(frozen=True)
class Drawing:
    """A proposal as it stands.

    Attributes
    ----------
    status : a key of ``STATUS``
    revision : what a change asks for, so that nobody overwrites what he has not seen
    undoable, redoable : steps that can be undone, and done again
    """

    id: str
    ols: str
    name: str
    origin: str
    status: str
    active: bool
    role: str
    revision: int
    created: str
    updated: str
    plan: Plan
    undoable: int
    redoable: int

    @property
    def open(self) -> bool:
        """Whether it can be redrawn."""
        return self.active and self.status == WORKSHOP


@dataclass(frozen=True)
class Change:
    """One line of the history of a proposal."""

    number: int
    action: str
    role: str
    at: str
    what: str
    why: str


# --- Who may ------------------------------------------------------------------------------------


def reads(actor: Actor, ols: str) -> bool:
    """Whether an actor reads the proposals of an OLS: its own, and every one for the IWPL."""
    return actors.may(actor, actors.READ) and (actor.role in ("local", "iwpl") or actor.ols == ols)


def allow(actor: Actor, ols: str, action: str = actors.DRAW) -> None:
    """Refuse what an actor may not do, or may not do in this OLS.

    Raises
    ------
    DeniedError
    """
    actors.require(actor, action)
    if actor.role != "local" and actor.ols != ols:
        raise DeniedError(f"Les bassins de l’OLS {ols} se dessinent dans cette OLS.")


# --- Writing ------------------------------------------------------------------------------------


def start(
    actor: Actor, plan: Plan, name: str, origin: str, role: str = "facilitateur", why: str = ""
) -> Drawing:
    """Keep a new proposal.

    Parameters
    ----------
    plan : what it starts from
    origin : where that comes from, in French

    Raises
    ------
    DataError
        If the actor may not, a text is wrong, or another proposal of the OLS has this name.
    """
    allow(actor, plan.ols)
    kept = checks.text(name, "Nom de la proposition", NAME_MOST, required=True)
    from_where = checks.text(origin, "Point de départ", WHY_MOST)
    role, why = rights.role(actor, role), checks.text(why, "Pourquoi", WHY_MOST)
    with store.writing() as session:
        _free(session, plan.ols, kept)
        moment = _now()
        row = store.models.Drawing(
            id=f"bassins-{uuid4().hex[:12]}",
            ols=plan.ols,
            name=kept,
            origin=from_where,
            status=WORKSHOP,
            state=ACTIVE,
            role=role,
            revision=1,
            trail=[1],
            position=0,
            created=moment,
            updated=moment,
        )
        session.add(row)
        content = {"what": f"Départ : {from_where}", "why": why, "plan": plan.as_json()}
        log(session, KIND, row.id, 1, "départ", role, content)
        session.flush()
        return _drawing(session, row)


def change(
    actor: Actor,
    id_: str,
    plan: Plan,
    what: str,
    seen: int,
    role: str = "facilitateur",
    why: str = "",
) -> Drawing:
    """Put another plan in a proposal; what could be done again no longer can.

    Parameters
    ----------
    what : what was done, in French
    seen : revision that the author was looking at

    Raises
    ------
    DataError
        If the actor may not, the proposal is validated or withdrawn, or changed in between.
    """
    role, why = rights.role(actor, role), checks.text(why, "Pourquoi", WHY_MOST)
    with store.writing() as session:
        row = _open(session, actor, id_, seen)
        if plan.ols != row.ols:
            raise DataError(f"Ce plan est celui de l’OLS {plan.ols}, pas de l’OLS {row.ols}.")
        number = _next(session, row, role, "dessin", what, why, plan.as_json())
        row.trail = [*row.trail[: row.position + 1], number]
        row.position = len(row.trail) - 1
        return _drawing(session, row)


def undo(actor: Actor, id_: str, seen: int, role: str = "facilitateur") -> Drawing:
    """Give back the plan before the last change, exactly.

    Raises
    ------
    DataError
        As ``change``, or if there is nothing to undo.
    """
    return _walk(actor, id_, seen, role, -1)


def redo(actor: Actor, id_: str, seen: int, role: str = "facilitateur") -> Drawing:
    """Do again what was undone, exactly."""
    return _walk(actor, id_, seen, role, 1)


def _walk(actor: Actor, id_: str, seen: int, role: str, step: int) -> Drawing:
    role = rights.role(actor, role)
    with store.writing() as session:
        row = _open(session, actor, id_, seen)
        target = row.position + step
        if not 0 <= target < len(row.trail):
            raise DataError("Rien à annuler." if step < 0 else "Rien à rétablir.")
        # What is undone is said by the step that goes; what is done again by the one that comes.
        told = _content(session, row.id, row.trail[row.position if step < 0 else target])
        plan = _content(session, row.id, row.trail[target])["plan"]
        action, word = ("annulation", "Annulé") if step < 0 else ("reprise", "Rétabli")
        _next(session, row, role, action, f"{word} : {told['what']}", "", plan)
        row.position = target
        return _drawing(session, row)


def rename(actor: Actor, id_: str, name: str, seen: int, role: str = "facilitateur") -> Drawing:
    """Give a proposal another name."""
    role = rights.role(actor, role)
    kept = checks.text(name, "Nom de la proposition", NAME_MOST, required=True)
    with store.writing() as session:
        row = _open(session, actor, id_, seen)
        _free(session, row.ols, kept, but=row.id)
        what = f"« {row.name} » devient « {kept} »"
        row.name = kept
        _next(session, row, role, "nom", what, "")
        return _drawing(session, row)


def comment(actor: Actor, id_: str, text: str, role: str = "facilitateur") -> Drawing:
    """Add a comment to a proposal.

    Raises
    ------
    DataError
        If the actor may not add anything in this OLS, or the text is empty or too long.
    """
    role = rights.role(actor, role)
    kept = checks.text(text, "Commentaire", COMMENT_MOST, required=True)
    with store.writing() as session:
        row = _find(session, id_)
        allow(actor, row.ols, actors.ADD)
        _next(session, row, role, COMMENT, kept, "")
        return _drawing(session, row)


def withdraw(actor: Actor, id_: str, role: str = "facilitateur", why: str = "") -> Drawing:
    """Put a proposal away; it stays in the database with its history."""
    role, why = rights.role(actor, role), checks.text(why, "Pourquoi", WHY_MOST)
    with store.writing() as session:
        row = _find(session, id_)
        allow(actor, row.ols)
        row.state = WITHDRAWN
        _next(session, row, role, "retrait", f"« {row.name} » retirée", why)
        return _drawing(session, row)


def validate(actor: Actor, id_: str, seen: int, what: str, role: str, why: str) -> Drawing:
    """Mark a proposal as adopted by its OLS: it can no longer be redrawn, only copied."""
    role, why = rights.role(actor, role), checks.text(why, "Pourquoi", WHY_MOST)
    with store.writing() as session:
        row = _find(session, id_)
        allow(actor, row.ols, actors.ADOPT)
        _unchanged(row, seen)
        row.status = VALID
        _next(session, row, role, "adoption", what, why)
        return _drawing(session, row)


def _free(session: Session, ols: str, name: str, but: str = "") -> None:
    for other in _rows(session, ols):
        if other.id != but and folded(other.name) == folded(name):
            raise DataError(f"Une autre proposition de cette OLS s’appelle déjà « {name} ».")


def _open(session: Session, actor: Actor, id_: str, seen: int) -> store.models.Drawing:
    row = _find(session, id_)
    allow(actor, row.ols)
    if row.status != WORKSHOP:
        raise DataError(f"« {row.name} » est validée par l’OLS : dupliquez-la pour la redessiner.")
    _unchanged(row, seen)
    return row


def _unchanged(row: store.models.Drawing, seen: int) -> None:
    if row.revision != seen:
        raise DataError(
            f"« {row.name} » a été modifiée entre-temps : la voici telle qu’elle est maintenant. "
            "Recommencez si votre changement tient toujours."
        )


def _find(session: Session, id_: str) -> store.models.Drawing:
    row = session.get(store.models.Drawing, id_)
    if row is None:
        raise DataError(f"Proposition inconnue : « {id_[:64]} ».")
    if row.state != ACTIVE:
        raise DataError(f"« {row.name} » est retirée.")
    return row


def _next(
    session: Session,
    row: store.models.Drawing,
    role: str,
    action: str,
    what: str,
    why: str,
    plan: dict[str, Any] | None = None,
) -> int:
    """Append a revision; the number that it got."""
    row.revision += 1
    row.role, row.updated = role, _now()
    content: dict[str, Any] = {"what": what, "why": why}
    log(
        session,
        KIND,
        row.id,
        row.revision,
        action,
        role,
        content | ({"plan": plan} if plan else {}),
    )
    session.flush()
    return row.revision


def _now() -> str:
    from olsdata.store.database import now

    return now()


# --- Reading ------------------------------------------------------------------------------------


def drawings(actor: Actor, ols: str = "") -> list[Drawing]:
    """Active proposals that an actor reads, oldest first."""
    if not store.exists():
        return []
    with store.reading() as session:
        return [_drawing(session, row) for row in _rows(session, ols) if reads(actor, row.ols)]


def get(actor: Actor, id_: str) -> Drawing:
    """One proposal.

    Raises
    ------
    DataError
        If it does not exist, is withdrawn, or is not for this actor.
    """
    if not store.exists():
        raise DataError(f"Proposition inconnue : « {id_[:64]} ».")
    with store.reading() as session:
        row = _find(session, id_)
        if not reads(actor, row.ols):
            raise DeniedError("Cette proposition appartient à une autre OLS.")
        return _drawing(session, row)


def history(actor: Actor, id_: str) -> list[Change]:
    """What was done to a proposal, last to first."""
    get(actor, id_)
    from sqlalchemy import select

    revision = store.models.Revision
    query = select(revision).where(revision.kind == KIND, revision.subject == id_)
    with store.reading() as session:
        return [
            Change(
                row.number,
                row.action,
                row.role,
                row.at,
                str(row.content["what"]),
                str(row.content["why"]),
            )
            for row in session.scalars(query.order_by(revision.number.desc()))
        ]


def _rows(session: Session, ols: str) -> list[store.models.Drawing]:
    from sqlalchemy import select

    drawing = store.models.Drawing
    query = select(drawing).where(drawing.state == ACTIVE).order_by(drawing.created, drawing.id)
    return list(session.scalars(query.where(drawing.ols == ols) if ols else query))


def _content(session: Session, id_: str, number: int) -> dict[str, Any]:
    from sqlalchemy import select

    revision = store.models.Revision
    query = select(revision.content).where(
        revision.kind == KIND, revision.subject == id_, revision.number == number
    )
    return dict(session.execute(query).scalar_one())


def _drawing(session: Session, row: store.models.Drawing) -> Drawing:
    plan = plans.from_json(row.ols, _content(session, row.id, row.trail[row.position])["plan"])
    return Drawing(
        id=row.id,
        ols=row.ols,
        name=row.name,
        origin=row.origin,
        status=row.status,
        active=row.state == ACTIVE,
        role=row.role,
        revision=row.revision,
        created=row.created,
        updated=row.updated,
        plan=plan,
        undoable=row.position,
        redoable=len(row.trail) - 1 - row.position,
    )
