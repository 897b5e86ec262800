"""Who may write in the registry: a right, an own OLS, and a role that is one's own to take."""

from __future__ import annotations

from collections.abc import Iterable

from olsdata.notes import actors, places
from olsdata.notes.actors import Actor, DeniedError
from olsdata.registry import checks


def role(actor: Actor, said: str) -> str:
    """An author's role of the list, that the actor may take.

    Raises
    ------
    DeniedError
        If the role is not the actor's.
    DataError
        If it does not exist.
    """
    found = checks.role(said)
    actors.speaks(actor, found, checks.ROLES)
    return found


def keeps(actor: Actor, communes: Iterable[str]) -> bool:
    """Whether an actor may change what lies in these communes."""
    try:
        touches(actor, communes)
    except DeniedError:
        return False
    return actors.may(actor, actors.KEEP)


def touches(actor: Actor, communes: Iterable[str]) -> None:
    """Refuse to change what lies in other OLS only; a zone that nobody knows is everyone's.

    Raises
    ------
    DeniedError
    """
    if actor.role == "local":
        return
    known = places.known()
    held = {ols for code in communes if code in known for ols in known[code].ols}
    if held and actor.ols not in held:
        raise DeniedError("Cette ligne est dans une autre OLS : chacun tient la sienne.")
