"""What a team writes of its trajectory: kept, dated, never overwritten.

Each thing said is a row; the latest row of a key is the one that holds, the others are its
history, so that two people who write at the same time lose nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from olsdata import store, territory
from olsdata.notes import actors, guard
from olsdata.notes import content as rules
from olsdata.notes.actors import ADD, EXPORT, IMPORT, READ, Actor
from olsdata.notes.lists import VISIBILITY
from olsdata.registry.files import read_bytes
from olsdata.tables import DataError
from olsdata.trajectory import (
    ENDS,
    FUNCTIONS,
    HELD,
    LEVELS,
    PARTS,
    SECTORS,
    WORDS,
    grids,
    steps,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TEXT_MOST, NAME_MOST, KEY_MOST, HOLDER_MOST = 1_000, 200, 64, 64
AMOUNT_MOST, FILE_MOST = 10_000_000, 10_000_000
STEP, ROUND, ANSWER = "etape", "tour", "reponse"
MEMBER, SPACE, FUNCTION, COST = "membre", "espace", "fonction", "budget"
SORTS = (STEP, ROUND, ANSWER, MEMBER, SPACE, FUNCTION, COST)
OPEN, SHOWN = "ouvert", "devoile"
PROPS, PROPS_MOST = ("chiffre", "note"), 10
"""What an answer may rest on, written « kind:id », and how many at most."""

LENGTHS = {
    "ols": 10,
    "sort": 10,
    "key": KEY_MOST,
    "holder": HOLDER_MOST,
    "date": 10,
    "visibility": 10,
    "author": 20,
    "moment": 32,
}
"""Texts of a row, and the most signs that the store keeps of each."""


@dataclass(frozen=True)
class Entry:
    """Something that a team wrote.

    Attributes
    ----------
    ols : whose trajectory
    sort : one of ``SORTS``
    key : what it is about: a step, a round, a question of a round, a member…
    holder : opaque mark of who answers, for what several people fill apart; else ""
    content : its fields, by sort
    date : ISO day of the meeting
    visibility : a key of ``notes.lists.VISIBILITY``
    author : role
    moment : UTC time at which it was written
    """

    ols: str
    sort: str
    key: str
    holder: str
    content: dict[str, Any]
    date: str
    visibility: str
    author: str
    moment: str
    gone: bool = False


def keep(
    actor: Actor,
    ols: str,
    sort: str,
    key: str,
    content: dict[str, Any],
    day: str = "",
    visibility: str = "ols",
    holder: str = "",
    confirmed: tuple[str, ...] = (),
) -> Entry:
    """Write something; what was there before stays in the history.

    Parameters
    ----------
    actor : who writes; one of that OLS
    content : fields of the sort; unknown ones are refused
    day : ISO or French day of the meeting; today when ""
    confirmed : fragments that the guard doubts and the author confirms

    Raises
    ------
    DataError
        If the actor may not, or a field is wrong; every fault is named and nothing is kept.
    """
    _writes(actor, ols)
    actors.shares(actor, visibility)
    if visibility not in VISIBILITY:
        raise DataError(f"Visibilité inconnue : « {visibility[:20]} ».")
    today = date.today()
    moment_day = rules.day(day, "Date", today) if day else today.isoformat()
    good = checked(sort, key, content)
    guard.check(tuple(v for v in good.values() if isinstance(v, str)), confirmed)
    if sort == ANSWER:
        _open_round(actor, ols, key)
        if not holder:
            raise DataError("Une réponse a besoin de la marque de qui répond.")
    with store.writing() as session:
        return _append(session, actor, ols, sort, key, holder, good, moment_day, visibility)


def withdraw(actor: Actor, ols: str, sort: str, key: str) -> None:
    """Take something away; it stays in the history.

    Raises
    ------
    DataError
        If the actor may not, or nothing of that key is there.
    """
    _writes(actor, ols)
    with store.writing() as session:
        found = [e for e in _latest(session, ols, sort) if e.key == key]
        if not found:
            raise DataError("Ceci n’est plus dans la liste.")
        for entry in found:
            _append(
                session, actor, ols, sort, key, entry.holder, entry.content, entry.date,
                entry.visibility, gone=True,
            )  # fmt: skip


def latest(actor: Actor, ols: str, sort: str) -> list[Entry]:
    """What holds now, oldest key first; answers of an open round are left out.

    Raises
    ------
    DataError
        If the actor has no right to read.
    """
    actors.require(actor, READ)
    if sort == ANSWER:
        raise DataError("Les réponses se lisent par tour.")
    if not store.exists():
        return []
    with store.reading() as session:
        found = _latest(session, ols, sort)
    return [e for e in found if actors.reads(actor, ols, e.visibility)]


def history(actor: Actor, ols: str, sort: str, key: str) -> list[Entry]:
    """Everything written under a key, oldest first, that the actor may read."""
    actors.require(actor, READ)
    if not store.exists() or sort == ANSWER:
        return []
    with store.reading() as session:
        found = [e for e in _rows(session, ols, sort) if e.key == key]
    return [e for e in found if actors.reads(actor, ols, e.visibility)]


def answers(actor: Actor, ols: str, round_: str, holder: str = "") -> list[Entry]:
    """Answers of a round: everyone's once it is shown, one's own before.

    Parameters
    ----------
    round_ : key of the round
    holder : mark of who reads

    Raises
    ------
    DataError
        If the actor has no right to read, or the round does not exist.
    """
    state = {e.key: e.content["etat"] for e in latest(actor, ols, ROUND)}.get(round_)
    if state is None:
        raise DataError("Ce tour de table n’existe pas.")
    with store.reading() as session:
        found = [e for e in _latest(session, ols, ANSWER) if e.key.startswith(f"{round_}/")]
    return [e for e in found if state == SHOWN or (holder and e.holder == holder)]


def shared(actor: Actor, sort: str) -> dict[str, list[Entry]]:
    """What OLS share with the IWPL, by OLS in official order; only those that share something."""
    found = {}
    for ols in territory.zoning("ols").zones.index:
        mine = latest(actor, str(ols), sort) if actors.may(actor, READ) else []
        entries = [e for e in mine if e.visibility == "iwpl"]
        if entries:
            found[str(ols)] = entries
    return found


def export(actor: Actor, ols: str) -> dict[str, Any]:
    """Every row of a trajectory, as ``take`` takes it back.

    Answers of open rounds are left out: nobody reads them before the round is shown.
    """
    actors.require(actor, EXPORT)
    actors.own(actor, ols)
    rows: list[dict[str, Any]] = []
    if store.exists():
        with store.reading() as session:
            shown = {e.key for e in _latest(session, ols, ROUND) if e.content["etat"] == SHOWN}
            for sort in SORTS:
                for e in _rows(session, ols, sort):
                    if sort != ANSWER or e.key.partition("/")[0] in shown:
                        rows.append({**e.__dict__})
    return {"territoires-ols": "trajectoire", "ols": ols, "lignes": rows}


def read(raw: bytes) -> Any:
    """What an export holds, for ``take``.

    Raises
    ------
    DataError
        If the file is too large, empty, or no readable JSON.
    """
    text = read_bytes(raw, FILE_MOST).removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        raise DataError("Le fichier est vide.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise DataError("Ce fichier n’est pas un JSON lisible : abîmé, ou autre chose.") from None


def take(actor: Actor, given: Any) -> int:
    """Take back an export; rows that are there already are left out.

    Returns
    -------
    How many rows were new.

    Raises
    ------
    DataError
        If the file is not an export of ours, or a row is wrong; nothing is then kept.
    """
    actors.require(actor, IMPORT)
    if not isinstance(given, dict) or given.get("territoires-ols") != "trajectoire":
        raise DataError("Ce fichier n’est pas un export de trajectoire.")
    ols, lines = str(given.get("ols", "")), given.get("lignes")
    _writes(actor, ols)
    if not isinstance(lines, list):
        raise DataError("Export de trajectoire : la liste « lignes » manque.")
    fresh, faults = [], []
    for number, row in enumerate(lines, 1):
        try:
            entry = _entry(row)
            good = checked(entry.sort, entry.key, entry.content)
            rules.day(entry.date, "Date", date.today())
            said = [v for v in good.values() if isinstance(v, str)]
            guard.check(said, guard.doubtful(said))  # doubts were confirmed where it was written
            if entry.ols != ols or entry.visibility not in VISIBILITY:
                raise DataError("OLS ou visibilité inconnue.")
            fresh.append(entry)
        except (TypeError, AttributeError, RecursionError):
            faults.append(f"Ligne {number} : illisible.")
        except DataError as error:
            faults.append(f"Ligne {number} : {error}")
    if faults:
        raise DataError("\n".join(faults[:20]))
    with store.writing() as session:
        known = {(e.sort, e.key, e.holder, e.moment) for s in SORTS for e in _rows(session, ols, s)}
        new = [e for e in fresh if (e.sort, e.key, e.holder, e.moment) not in known]
        for e in sorted(new, key=lambda e: e.moment):
            session.add(store.models.TrajectoryEntry(**e.__dict__))
    return len(new)


def _entry(row: Any) -> Entry:
    """A row of an export; ``TypeError`` when a field is not what the store keeps."""
    entry = Entry(**row)
    for name, most in LENGTHS.items():
        value = getattr(entry, name)
        if not isinstance(value, str) or len(value) > most:
            raise TypeError(name)
    if not isinstance(entry.content, dict) or not isinstance(entry.gone, bool):
        raise TypeError
    return entry


# --- What a field must be -------------------------------------------------------------------------


def checked(sort: str, key: str, content: dict[str, Any]) -> dict[str, Any]:
    """Fields of a sort, as they are kept.

    Raises
    ------
    DataError
        Every fault, one per line.
    """
    if sort not in SORTS:
        raise DataError(f"Sorte inconnue : « {sort[:20]} ».")
    if not key or len(key) > KEY_MOST:
        raise DataError("Clé absente ou trop longue.")
    faults: list[str] = []
    kept: dict[str, Any] = {}
    for name, rule in _FIELDS[sort].items():
        try:
            kept[name] = rule(content.get(name))
        except DataError as error:
            faults.append(str(error))
    strange = sorted(set(content) - set(_FIELDS[sort]))
    faults += [f"Champ inconnu : « {name[:30]} »." for name in strange]
    if sort == STEP and key not in steps():
        faults.append(f"Étape inconnue : « {key} ».")
    if faults:
        raise DataError("\n".join(faults))
    return kept


def _text(label: str, most: int = TEXT_MOST, required: bool = False) -> Any:
    return lambda v: rules.text(str(v or ""), label, most, required)


def _among(label: str, known: Any) -> Any:
    def rule(value: Any) -> Any:
        if value not in known:
            said = "manquant" if value in (None, "") else f"« {str(value)[:30]} » inconnu"
            raise DataError(f"{label} : {said}.")
        return value

    return rule


def _position(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or not ENDS[0] <= value <= ENDS[1]:
        raise DataError(f"Position : de {ENDS[0]} à {ENDS[1]}.")
    return value


def _amount(value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= AMOUNT_MOST:
        raise DataError(f"Montant : de 0 à {AMOUNT_MOST} €.")
    return float(value)


def _names(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > 200:
        raise DataError("Membres de l’espace : une liste de 200 noms au plus.")
    return [rules.text(str(v), "Membre", NAME_MOST) for v in value]


def _props(value: Any) -> list[str]:
    """Notes and figures that an answer rests on; one that is gone stays, and is said to be."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > PROPS_MOST:
        raise DataError(f"Notes et chiffres joints : {PROPS_MOST} au plus.")
    for prop in value:
        kind, _, id_ = prop.partition(":") if isinstance(prop, str) else ("", "", "")
        if kind not in PROPS or not 0 < len(id_) <= KEY_MOST:
            raise DataError(f"Note ou chiffre joint : « {str(prop)[:30]} » inconnu.")
    return list(value)


_FIELDS: dict[str, dict[str, Any]] = {
    STEP: {
        "position": _position,
        "raison": _text("Pourquoi"),
        "essai": _text("Ce que nous allons essayer"),
    },
    ROUND: {
        "grille": _among("Grille", grids()),
        "titre": _text("Titre", NAME_MOST, True),
        "etat": _among("État", (OPEN, SHOWN)),
    },
    ANSWER: {
        "mot": _among("Où en sommes-nous", WORDS),
        "raison": _text("Ce qui nous le fait dire"),
        "suite": _text("Ensuite"),
        "appuis": _props,
    },
    MEMBER: {
        "nom": _text("Structure ou groupe", NAME_MOST, True),
        "secteur": _among("Secteur", SECTORS),
        "part": _among("Membre ou partenaire", PARTS),
        "niveau": _among("Niveau", LEVELS),
    },
    SPACE: {"nom": _text("Espace de réunion", NAME_MOST, True), "membres": _names},
    FUNCTION: {
        "structure": _text("Structure", NAME_MOST, True),
        **{id_: _among(name, HELD) for id_, name in FUNCTIONS.items()},
    },
    COST: {
        "poste": _text("Poste", NAME_MOST, True),
        "montant": _amount,
        "personnel": _among("Personnel", (True, False)),
    },
}


# --- Rows -----------------------------------------------------------------------------------------


def _writes(actor: Actor, ols: str) -> None:
    actors.require(actor, ADD)
    actors.own(actor, ols)
    if ols not in territory.zoning("ols").zones.index:
        raise DataError("Choisissez une OLS : une trajectoire est celle d’un territoire.")


def _open_round(actor: Actor, ols: str, key: str) -> None:
    round_, _, question = key.partition("/")
    found = {e.key: e.content for e in latest(actor, ols, ROUND)}.get(round_)
    if found is None:
        raise DataError("Ce tour de table n’existe pas.")
    if found["etat"] != OPEN:
        raise DataError("Ce tour de table est dévoilé : on n’y répond plus. Ouvrez-en un autre.")
    if question not in {q.id for q in grids()[found["grille"]].questions}:
        raise DataError(f"Question inconnue : « {question[:30]} ».")


def _append(
    session: Session,
    actor: Actor,
    ols: str,
    sort: str,
    key: str,
    holder: str,
    content: dict[str, Any],
    day: str,
    visibility: str,
    gone: bool = False,
) -> Entry:
    from olsdata.store.database import now

    entry = Entry(
        ols, sort, key, holder[:HOLDER_MOST], content, day, visibility, actor.author, now(), gone
    )
    session.add(store.models.TrajectoryEntry(**entry.__dict__))
    return entry


def _rows(session: Session, ols: str, sort: str) -> list[Entry]:
    from sqlalchemy import select

    model = store.models.TrajectoryEntry
    query = select(model).where(model.ols == ols, model.sort == sort)
    rows = session.scalars(query.order_by(model.moment, model.number))
    return [Entry(**{name: getattr(r, name) for name in Entry.__dataclass_fields__}) for r in rows]


def _latest(session: Session, ols: str, sort: str) -> list[Entry]:
    found: dict[tuple[str, str], Entry] = {}
    for entry in _rows(session, ols, sort):
        found[entry.key, entry.holder] = entry
    return [entry for entry in found.values() if not entry.gone]
