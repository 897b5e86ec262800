"""« Complet au … selon … » : a facilitator vouches for one type of structure in one OLS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from olsdata import store, territory
from olsdata.notes import actors
from olsdata.notes.actors import Actor
from olsdata.registry import checks, rights
from olsdata.registry.proposals import ACTIVE, WITHDRAWN, log
from olsdata.tables import DataError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KIND = "declaration"


@dataclass(frozen=True)
class Declaration:
    """A declaration in force: the type is complete in the OLS at a date, by a source."""

    id: str
    type: str
    ols: str
    date: str
    source: str
    role: str
    created: str

    @property
    def sentence(self) -> str:
        """What is shown beside the figure; plain text, to be escaped."""
        name = checks.ROLES.get(self.role, self.role)
        return f"Complet au {checks.french_date(self.date)} selon {self.source} ({name})"


def declare_complete(
    actor: Actor, kind: str, ols: str, date: str, source: str, role: str
) -> Declaration:
    """Declare a type complete in an OLS; takes the place of the declaration in force.

    Raises
    ------
    DeniedError
        If the actor may not keep the registry, or not of that OLS.
    DataError
        If the type, the OLS, the date, the source or the role is wrong (every fault is named).
    """
    actors.require(actor, actors.KEEP)
    actors.own(actor, ols, "Cette déclaration appartient")
    faults: list[str] = []
    known = territory.zoning("ols").zones.index
    if ols not in known:
        faults.append(f"OLS inconnue : « {ols[:20]} ». OLS : {', '.join(known)}.")
    try:
        kind = checks.kind(kind)
    except DataError as error:
        faults.append(str(error))
    try:
        date = checks.day(date, "Date")
    except DataError as error:
        faults.append(str(error))
    try:
        source = checks.text(source, "Source", checks.SOURCE_MOST, required=True)
    except DataError as error:
        faults.append(str(error))
    try:
        role = checks.role(role)
    except DataError as error:
        faults.append(str(error))
    if faults:
        raise DataError("\n".join(faults))
    rights.role(actor, role)
    from olsdata.store.database import now

    with store.writing() as session:
        for row in _rows(session, kind, ols):
            _end(session, row, role, "remplacement")
        moment = now()
        row = store.models.Declaration(
            id=f"complet-{uuid4().hex[:12]}",
            type=kind,
            ols=ols,
            date=date,
            source=source,
            role=role,
            state=ACTIVE,
            created=moment,
            updated=moment,
        )
        session.add(row)
        log(session, KIND, row.id, 1, "déclaration", role, _as_json(row))
        return _declaration(row)


def revoke(actor: Actor, id_: str, role: str) -> None:
    """Take a declaration back; it stays in the database, revoked.

    Raises
    ------
    DeniedError
        If the actor may not keep the registry, or not of that OLS.
    DataError
        If it does not exist or is not in force.
    """
    actors.require(actor, actors.KEEP)
    role = rights.role(actor, role)
    with store.writing() as session:
        row = session.get(store.models.Declaration, id_)
        if row is None or row.state != ACTIVE:
            raise DataError("Cette déclaration n’est plus en vigueur.")
        actors.own(actor, row.ols, "Cette déclaration appartient")
        _end(session, row, role, "retrait")


def declarations(kind: str = "", ols: str = "") -> list[Declaration]:
    """Declarations in force, by OLS then type."""
    if not store.exists():
        return []
    with store.reading() as session:
        found = [_declaration(row) for row in _rows(session, kind, ols)]
    return sorted(found, key=lambda d: (d.ols, d.type))


def declared(kind: str) -> frozenset[str]:
    """Ids of the OLS where a type is declared complete."""
    return frozenset(d.ols for d in declarations(kind))


def _rows(session: Session, kind: str, ols: str) -> list[store.models.Declaration]:
    from sqlalchemy import select

    model = store.models.Declaration
    query = select(model).where(model.state == ACTIVE)
    if kind:
        query = query.where(model.type == kind)
    if ols:
        query = query.where(model.ols == ols)
    return list(session.scalars(query))


def _end(session: Session, row: store.models.Declaration, role: str, action: str) -> None:
    from olsdata.store.database import now

    row.state, row.updated = WITHDRAWN, now()
    log(session, KIND, row.id, 2, action, role, _as_json(row))


def _as_json(row: store.models.Declaration) -> dict[str, str]:
    return {"type": row.type, "ols": row.ols, "date": row.date, "source": row.source}


def _declaration(row: store.models.Declaration) -> Declaration:
    return Declaration(row.id, row.type, row.ols, row.date, row.source, row.role, row.created)
