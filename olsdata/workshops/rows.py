"""What every record of a workshop shares: rights, guarded texts, optimistic revision."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from olsdata import store
from olsdata.notes import actors, guard
from olsdata.notes.actors import Actor
from olsdata.notes.content import AHEAD_YEARS, OLDEST, day, later, text
from olsdata.tables import DataError
from olsdata.workshops import lists

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from olsdata.store import models

LONG, SHORT = 1_000, 200
SEES = {
    "facilitateur": frozenset(lists.STATES),
    "participant": frozenset({lists.OPEN, lists.CLOSED}),
    "lecteur": frozenset({lists.CLOSED}),
}
"""States of a workshop that each role reads, in its own OLS only; the IWPL reads none."""

Row = TypeVar("Row")


class ChangedError(DataError):
    """Someone changed it in between; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "Quelqu’un a changé ceci entre-temps : relisez ce qui est gardé, puis recommencez. "
            "Rien n’a été enregistré."
        )


def leads(actor: Actor) -> bool:
    """Whether an actor prepares, runs and keeps workshops."""
    return actor.role in ("local", "facilitateur") and actors.may(actor, actors.REVISE)


def require_lead(actor: Actor, ols: str) -> None:
    """Refuse who does not lead the workshops of that OLS.

    Raises
    ------
    DeniedError
    """
    actors.require(actor, actors.REVISE)
    if actor.role != "local" and ols != actor.ols:
        raise actors.DeniedError("Cet atelier appartient à une autre OLS.")


def reads(actor: Actor, ols: str, state: str) -> bool:
    """Whether an actor reads a workshop of that OLS, in that state."""
    if not actors.may(actor, actors.READ):
        return False
    if actor.role == "local":
        return True
    return ols == actor.ols and state in SEES.get(actor.role, frozenset())


def new_id(mark: str) -> str:
    """An id that nobody can guess."""
    return f"{mark}{uuid4().hex}"


def now() -> str:
    """The moment, in UTC."""
    from olsdata.store.database import now as moment

    return moment()


def row(session: Session, table: type[Row], id_: str) -> Row:
    """A row by its id.

    Raises
    ------
    DataError
        If there is none.
    """
    from sqlalchemy import select

    id_column: Any = table.id  # type: ignore[attr-defined]
    found = session.scalar(select(table).where(id_column == id_))
    if found is None:
        raise unknown()
    return found


def unknown() -> DataError:
    """The same words for what does not exist and for what is not shown."""
    return DataError("Atelier inconnu, ou qui ne vous est pas montré.")


def workshop(session: Session, actor: Actor, id_: str, lead: bool = False) -> models.Workshop:
    """The row of a workshop that the actor may read (or leads).

    Raises
    ------
    DeniedError, DataError
    """
    found = row(session, store.models.Workshop, id_)
    if not reads(actor, found.ols, found.state):
        raise unknown()
    if lead:
        require_lead(actor, found.ols)
    return found


def unchanged(found: Any, seen: int) -> None:
    """Refuse to write over what the author has not seen.

    Raises
    ------
    ChangedError
    """
    if found.revision != seen:
        raise ChangedError


def seal(found: Any) -> None:
    """Number a change."""
    found.revision += 1
    if hasattr(found, "updated"):
        found.updated = now()


def said(
    values: dict[str, tuple[str, str, int, bool]], confirmed: Collection[str] = ()
) -> dict[str, str]:
    """Cleaned texts, once the guard let them all pass.

    Parameters
    ----------
    values : field → text, French label, most characters, whether it is required
    confirmed : doubtful fragments that the author confirms

    Raises
    ------
    RefusedError
        If the guard finds what may designate a person.
    DataError
        One line per fault, all of them.
    """
    kept, faults = {}, []
    for name, (value, label, most, required) in values.items():
        try:
            kept[name] = text(value, label, most, required)
        except DataError as error:
            faults.append(str(error))
    if faults:
        raise DataError("\n".join(faults))
    guard.check([t for t in kept.values() if t], confirmed)
    return kept


def ahead(value: str, label: str) -> str:
    """An ISO day, in the past or in the years to come.

    Raises
    ------
    DataError
    """
    latest = date.fromisoformat(later(date.today().isoformat(), AHEAD_YEARS))
    return day(value, label, latest, OLDEST)
