"""Who may do what: an actor is a role in an OLS; what is not allowed here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from olsdata.notes.lists import AUTHORS, VISIBILITY
from olsdata.tables import DataError

if TYPE_CHECKING:
    from olsdata.store import models

READ, ADD, REVISE, WITHDRAW = "lire", "ajouter", "modifier", "retirer"
ERASE, FOLLOW, DRAFT = "effacer", "faire avancer", "garder un brouillon"
GROUP = "regrouper"
EXPORT, IMPORT, SAVE, RESTORE = "exporter", "importer", "sauvegarder", "restaurer"
DRAW, ADOPT = "dessiner des bassins", "adopter un découpage"
WEIGH = "partager des poids"
REFRESH, BRING = "actualiser les chiffres", "ajouter ou retirer un indicateur"
REPLACE = "remplacer un découpage ou les limites"
PROPOSE, KEEP = "proposer une correction du registre", "tenir le registre"

EVERYTHING = frozenset(
    {
        *(READ, ADD, REVISE, WITHDRAW, ERASE, FOLLOW, DRAFT, EXPORT, IMPORT, SAVE, RESTORE),
        *(DRAW, ADOPT, WEIGH, REFRESH, BRING, REPLACE, PROPOSE, KEEP),
    }
)
RIGHTS: dict[str, frozenset[str]] = {
    "local": EVERYTHING | {GROUP},
    # What holds or changes every OLS's data is done on the server itself.
    "facilitateur": EVERYTHING - {SAVE, RESTORE, REFRESH, BRING, REPLACE},
    "participant": frozenset({READ, ADD, DRAFT, PROPOSE}),
    "iwpl": frozenset({READ, EXPORT, GROUP, PROPOSE}),
    "lecteur": frozenset({READ}),
}
SEES: dict[str, frozenset[str]] = {
    "facilitateur": frozenset(VISIBILITY),
    "participant": frozenset(VISIBILITY),
    "lecteur": frozenset({"ols", "iwpl"}),
}
"""Visibilities that each role reads, in its own OLS only."""

ROLES = {
    "local": "Cet ordinateur",
    "facilitateur": "Facilitateur ou facilitatrice",
    "iwpl": "IWPL",
    "participant": "Participant",
    "lecteur": "Lecteur",
}


class DeniedError(DataError):
    """The actor has no right to this; nothing was done."""


@dataclass(frozen=True)
class Actor:
    """Who acts.

    Attributes
    ----------
    role : a key of ``ROLES``
    ols : its OLS; for « local », the OLS of what it writes without a place, or ""
    who : opaque mark of the person, which only tells apart its own drafts
    """

    role: str
    ols: str = ""
    who: str = ""

    @property
    def author(self) -> str:
        """Role kept in the history when nothing else is said."""
        return {"local": "facilitateur", "participant": "autre"}.get(self.role, self.role)

    @property
    def holder(self) -> str:
        """To whom its drafts belong."""
        return f"{self.role}:{self.ols if self.role != 'local' else ''}:{self.who}"


LOCAL = Actor("local")
"""One machine, no sign-in: every right."""


def may(actor: Actor, action: str) -> bool:
    """Whether an actor may do something at all.

    >>> may(LOCAL, RESTORE), may(Actor("lecteur", "05"), ADD), may(Actor("inconnu"), READ)
    (True, False, False)
    """
    homeless = actor.role in ("facilitateur", "participant", "lecteur") and not actor.ols
    return not homeless and action in RIGHTS.get(actor.role, frozenset())


def require(actor: Actor, action: str) -> None:
    """Refuse what an actor may not do.

    Raises
    ------
    DeniedError
        With the role and the action.
    """
    if not may(actor, action):
        role = ROLES.get(actor.role, actor.role[:40])
        of = "d’" if action.startswith(tuple("aeéiou")) else "de "
        raise DeniedError(f"Votre rôle ({role}) ne permet pas {of}{action} ici.")


def reads(actor: Actor, ols: str, visibility: str, state: str = "active") -> bool:
    """Whether an actor reads a record of that OLS, visibility and state."""
    if not may(actor, READ):
        return False
    if actor.role == "local":
        return True
    if actor.role == "iwpl":
        return visibility == "iwpl" and state == "active"
    return ols == actor.ols and visibility in SEES.get(actor.role, frozenset())


def scope(actor: Actor) -> list[Any]:
    """The same rule as ``reads``, as conditions of a query over the notes."""
    from sqlalchemy import false

    from olsdata.store import models

    note: type[models.Note] = models.Note
    if not may(actor, READ):
        return [false()]
    if actor.role == "local":
        return []
    if actor.role == "iwpl":
        return [note.visibility == "iwpl", note.state == "active"]
    return [note.ols == actor.ols, note.visibility.in_(SEES.get(actor.role, frozenset()))]


def own(actor: Actor, ols: str, what: str = "Cette note appartient") -> None:
    """Refuse to touch what belongs to another OLS.

    Parameters
    ----------
    what : subject and verb of the refusal

    Raises
    ------
    DeniedError
    """
    if actor.role != "local" and ols != actor.ols:
        raise DeniedError(f"{what} à une autre OLS.")


def sharing(actor: Actor) -> bool:
    """Whether an actor may decide that something is shared with the IWPL."""
    return actor.role in ("local", "facilitateur")


def shares(actor: Actor, visibility: str) -> None:
    """Refuse a participant's sharing with the IWPL: the OLS decides of it.

    Raises
    ------
    DeniedError
    """
    if visibility == "iwpl" and not sharing(actor):
        raise DeniedError("Le partage avec l’IWPL est décidé par l’OLS.")


def voices(actor: Actor, known: Mapping[str, str] = AUTHORS) -> dict[str, str]:
    """Author's roles under which an actor may write, of a closed list.

    A facilitator writes down what others say; nobody else speaks for the facilitators, and only
    the IWPL for itself.

    >>> list(voices(Actor("iwpl"))), "facilitateur" in voices(Actor("participant", "05"))
    (['iwpl'], False)
    """
    if actor.role == "iwpl":
        return {role: label for role, label in known.items() if role == "iwpl"}
    others = {"local": set(), "facilitateur": {"iwpl"}}.get(actor.role, {"iwpl", "facilitateur"})
    return {role: label for role, label in known.items() if role not in others}


def speaks(actor: Actor, author: str, known: Mapping[str, str] = AUTHORS) -> None:
    """Refuse an author's role that the actor may not take; one that nobody has is not ours to say.

    Raises
    ------
    DeniedError
    """
    if author in known and author not in voices(actor, known):
        raise DeniedError(f"Vous ne pouvez pas écrire en tant que « {known[author]} ».")


def audience(actor: Actor, visibility: str) -> str:
    """To whom a note of that visibility will be visible, as a sentence.

    >>> audience(Actor("facilitateur", "05"), "atelier")
    'Visible par les facilitateurs et les participants de votre OLS.'
    """
    if actor.role == "local":
        beyond = " Elle part dans le fichier destiné à l’IWPL." if visibility == "iwpl" else ""
        return f"Visible par toute personne qui utilise cet ordinateur.{beyond}"
    if visibility == "atelier":
        return "Visible par les facilitateurs et les participants de votre OLS."
    beyond = ", et par l’IWPL" if visibility == "iwpl" else ""
    return f"Visible par les facilitateurs, participants et lecteurs de votre OLS{beyond}."
