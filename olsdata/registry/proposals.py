"""Proposals: a structure as the field describes it, beside the sourced registry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pandas as pd

from olsdata import store, tables, words
from olsdata.local import remembered
from olsdata.notes import actors
from olsdata.notes.actors import Actor
from olsdata.registry import checks, rights
from olsdata.tables import DataError, Facts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

STATUS = "proposition du terrain"
ACTIVE, WITHDRAWN = "active", "withdrawn"
KIND = "proposal"


@dataclass(frozen=True, order=True)
class Coverage:
    """A commune of a structure: share from 0 to 1, None when it is unknown."""

    refnis: str
    share: float | None = None
    deduced: bool = False


@dataclass(frozen=True)
class Content:
    """What a row of the registry says.

    Attributes
    ----------
    type : id of the type (``tables.STRUCTURE_TYPES``)
    source, date : where and when it was read; ISO date, as precise as known
    communes : in the order of their codes; empty when the zone is unknown
    corrects : id of the sourced structure that this corrects, "" for an addition
    """

    type: str
    name: str
    source: str
    date: str
    communes: tuple[Coverage, ...] = ()
    seat_refnis: str = ""
    seat: str = ""
    link: str = ""
    remark: str = ""
    corrects: str = ""


@dataclass(frozen=True)
class Proposal:
    """A proposal as it stands; ``revision`` is what ``revise`` asks for."""

    id: str
    content: Content
    role: str
    active: bool
    revision: int
    created: str
    updated: str

    @property
    def status(self) -> str:
        """Its status in French."""
        return STATUS if self.active else f"{STATUS}, retirée"


@dataclass(frozen=True)
class Change:
    """One line of a record's history."""

    number: int
    action: str
    role: str
    at: str
    content: dict[str, Any]


@remembered(maxsize=2)
def sourced(facts: Facts | None = None) -> dict[str, Content]:
    """The embedded registry: id → what it says. Its date is a year, or nothing."""
    facts = facts or tables.load()
    zones: dict[str, list[Coverage]] = {}
    for row in facts.couverture.to_dict("records"):
        part = None if pd.isna(row["part"]) else float(row["part"])
        pair = Coverage(str(row["refnis"]), part, row["statut"] == "deduit")
        zones.setdefault(str(row["structure"]), []).append(pair)
    texts = facts.structures.astype(object).where(facts.structures.notna(), "")
    return {
        str(id_): Content(
            type=row["type"],
            name=row["nom"],
            source=row["source"],
            date=str(row["annee"]),
            communes=tuple(sorted(zones.get(str(id_), []), key=lambda c: c.refnis)),
            seat_refnis=row["siege_refnis"],
            seat=row["siege"],
            link=row["lien"],
            remark=row["remarque"],
        )
        for id_, row in texts.to_dict("index").items()
    }


def checked(content: Content) -> Content:
    """The content, cleaned.

    Raises
    ------
    DataError
        One line per fault, all of them.
    """
    faults: list[str] = []

    def attempt(check: Any, *arguments: Any) -> Any:
        try:
            return check(*arguments)
        except DataError as error:
            faults.append(str(error))
            return arguments[0]

    seat = content.seat_refnis.strip()
    found = replace(
        content,
        type=attempt(checks.kind, content.type),
        name=attempt(checks.text, content.name, "Nom", checks.NAME_MOST, True),
        source=attempt(checks.text, content.source, "Source", checks.SOURCE_MOST, True),
        date=attempt(checks.day, content.date),
        seat_refnis=attempt(checks.commune, seat) if seat else "",
        seat=attempt(checks.text, content.seat, "Adresse du siège", checks.NAME_MOST),
        link=attempt(checks.link, content.link),
        remark=attempt(checks.text, content.remark, "Remarque", checks.REMARK_MOST),
        communes=tuple(
            Coverage(attempt(checks.commune, c.refnis), attempt(checks.share, c.share), c.deduced)
            for c in content.communes
        ),
    )
    codes = [c.refnis for c in found.communes]
    doubles = sorted({code for code in codes if codes.count(code) > 1})
    if doubles:
        names = tables.load().communes["nom"]
        faults.append(f"Commune citée deux fois : {', '.join(names.get(d, d) for d in doubles)}.")
    if content.corrects and content.corrects not in sourced():
        faults.append(f"Structure à corriger inconnue : « {content.corrects[:64]} ».")
    if faults:
        raise DataError("\n".join(dict.fromkeys(faults)))
    return replace(found, communes=tuple(sorted(found.communes, key=lambda c: c.refnis)))


# --- Writing ------------------------------------------------------------------------------------


def propose(actor: Actor, content: Content, role: str) -> Proposal:
    """Keep a new proposal; the sourced row that it corrects stays as it is.

    Raises
    ------
    DeniedError
        If the actor may not propose, or not in that role.
    DataError
        If something in it is wrong (every fault is named), it says what the sourced row says
        already, or an active proposal says the same.
    StoreError
        If the database refuses; nothing is then kept.
    """
    actors.require(actor, actors.PROPOSE)
    role = rights.role(actor, role)
    content = checked(content)
    if content.corrects and same(content, sourced()[content.corrects]):
        raise DataError("Cette correction ne change rien à la ligne du registre.")
    with store.writing() as session:
        for other in _active(session):
            if _content(other) == content:
                raise DataError(f"Une proposition identique existe déjà : « {content.name} ».")
        return _proposal(add(session, content, role))


def revise(actor: Actor, id_: str, content: Content, role: str, seen: int) -> Proposal:
    """Change a proposal; what it said before stays in its history.

    Parameters
    ----------
    seen : revision that the author was looking at

    Raises
    ------
    DeniedError
        If the actor may not keep the registry, or the structure is of another OLS.
    DataError
        If the content is wrong, or someone changed or withdrew the proposal in between.
    """
    actors.require(actor, actors.KEEP)
    role = rights.role(actor, role)
    content = checked(content)
    with store.writing() as session:
        row = _find(session, id_)
        rights.touches(actor, zone(_content(row)))
        if row.revision != seen:
            raise DataError(
                f"« {row.name} » a été modifiée entre-temps : rouvrez-la avant de l’enregistrer."
            )
        return _proposal(change(session, row, content, role))


def withdraw(actor: Actor, id_: str, role: str) -> Proposal:
    """Withdraw a proposal; it stays in the database with its history.

    Raises
    ------
    DeniedError
        If the actor may not keep the registry, or the structure is of another OLS.
    DataError
        If it does not exist or is withdrawn already.
    """
    actors.require(actor, actors.KEEP)
    role = rights.role(actor, role)
    with store.writing() as session:
        row = _find(session, id_)
        rights.touches(actor, zone(_content(row)))
        row.state, row.revision, row.updated = WITHDRAWN, row.revision + 1, _now()
        log(session, KIND, row.id, row.revision, "retrait", role, as_json(_content(row)))
        return _proposal(row)


def add(session: Session, content: Content, role: str, id_: str = "") -> store.models.Proposal:
    """Insert a checked content inside a transaction."""
    moment = _now()
    row = store.models.Proposal(
        id=id_ or f"terrain-{uuid4().hex[:12]}",
        role=role,
        state=ACTIVE,
        revision=1,
        created=moment,
        updated=moment,
    )
    _fill(row, content)
    session.add(row)
    log(session, KIND, row.id, 1, "ajout", role, as_json(content))
    return row


def change(
    session: Session, row: store.models.Proposal, content: Content, role: str
) -> store.models.Proposal:
    """Put a checked content in a proposal inside a transaction."""
    row.role, row.revision, row.updated = role, row.revision + 1, _now()
    row.communes.clear()
    session.flush()  # the old communes leave before the new ones come
    _fill(row, content)
    log(session, KIND, row.id, row.revision, "modification", role, as_json(content))
    return row


def _fill(row: store.models.Proposal, content: Content) -> None:
    row.corrects, row.type, row.name = content.corrects, content.type, content.name
    row.seat_refnis, row.seat = content.seat_refnis, content.seat
    row.source, row.source_date = content.source, content.date
    row.link, row.remark = content.link, content.remark
    row.communes = [
        store.models.ProposalCommune(refnis=c.refnis, share=c.share, deduced=c.deduced)
        for c in content.communes
    ]


def log(
    session: Session,
    kind: str,
    subject: str,
    number: int,
    action: str,
    role: str,
    content: dict[str, Any],
) -> None:
    """Append a revision of any kind of record."""
    session.add(
        store.models.Revision(
            kind=kind,
            subject=subject,
            number=number,
            action=action,
            role=role,
            at=_now(),
            content=content,
        )
    )


def _now() -> str:
    from olsdata.store.database import now

    return now()


def _find(session: Session, id_: str) -> store.models.Proposal:
    row = session.get(store.models.Proposal, id_)
    if row is None:
        raise DataError(f"Proposition inconnue : « {id_[:64]} ».")
    if row.state != ACTIVE:
        raise DataError(f"« {row.name} » est déjà retirée.")
    return row


# --- Reading ------------------------------------------------------------------------------------


def proposals(
    kind: str = "", communes: Collection[str] | None = None, withdrawn: bool = False
) -> list[Proposal]:
    """Proposals, by name.

    Parameters
    ----------
    kind : only this type
    communes : only those that cover or sit in one of these communes, or whose zone is unknown
    withdrawn : whether to list the withdrawn ones too
    """
    if not store.exists():
        return []
    with store.reading() as session:
        found = [_proposal(row) for row in _rows(session, withdrawn)]
    wanted = set(communes or ())

    def here(content: Content) -> bool:
        places = zone(content)
        return communes is None or not places or bool(places & wanted)

    found = [p for p in found if kind in ("", p.content.type) and here(p.content)]
    return sorted(found, key=lambda p: (words.folded(p.content.name), p.created))


def history(id_: str) -> list[Change]:
    """What was done to a proposal, first to last."""
    if not store.exists():
        return []
    from sqlalchemy import select

    revision = store.models.Revision
    query = select(revision).where(revision.kind == KIND, revision.subject == id_)
    with store.reading() as session:
        return [
            Change(row.number, row.action, row.role, row.at, row.content)
            for row in session.scalars(query.order_by(revision.number))
        ]


def zone(content: Content) -> set[str]:
    """Codes of the communes that a structure covers or sits in."""
    return {c.refnis for c in content.communes} | {content.seat_refnis} - {""}


def unknown_communes(kind: str, communes: Collection[str]) -> list[str]:
    """Codes, among those given, that no sourced structure and no proposal of a type covers."""
    known = {c.refnis for row in sourced().values() if row.type == kind for c in row.communes}
    known |= {c.refnis for p in proposals(kind) for c in p.content.communes}
    return [code for code in communes if code not in known]


def _rows(session: Session, withdrawn: bool = False) -> list[store.models.Proposal]:
    from sqlalchemy import select

    query = select(store.models.Proposal).order_by(store.models.Proposal.created)
    if not withdrawn:
        query = query.where(store.models.Proposal.state == ACTIVE)
    return list(session.scalars(query))


_active = _rows


def _content(row: store.models.Proposal) -> Content:
    return Content(
        type=row.type,
        name=row.name,
        source=row.source,
        date=row.source_date,
        communes=tuple(
            sorted(
                (Coverage(c.refnis, c.share, c.deduced) for c in row.communes),
                key=lambda c: c.refnis,
            )
        ),
        seat_refnis=row.seat_refnis,
        seat=row.seat,
        link=row.link,
        remark=row.remark,
        corrects=row.corrects,
    )


def _proposal(row: store.models.Proposal) -> Proposal:
    return Proposal(
        id=row.id,
        content=_content(row),
        role=row.role,
        active=row.state == ACTIVE,
        revision=row.revision,
        created=row.created,
        updated=row.updated,
    )


def same(one: Content, other: Content) -> bool:
    """Whether two rows say the same, whatever they correct."""
    return replace(one, corrects="") == replace(other, corrects="")


def as_json(content: Content) -> dict[str, Any]:
    """A content as a revision keeps it."""
    plain = {key: value for key, value in vars(content).items() if key != "communes"}
    return plain | {"communes": [[c.refnis, c.share, c.deduced] for c in content.communes]}
