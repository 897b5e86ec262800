"""« Poids partagés »: weights of the need index kept under a name, each with its reason.

Nothing is overwritten: each change appends a revision. A set that the actor may not read does not
exist for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pandas as pd

from olsdata import store
from olsdata.equity import need
from olsdata.equity.need import Weights
from olsdata.exports.tables import to_csv
from olsdata.notes import actors, guard
from olsdata.notes.actors import Actor
from olsdata.notes.content import text
from olsdata.registry.proposals import Change, log
from olsdata.tables import DataError
from olsdata.words import folded

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KIND = "weights"
ACTIVE, WITHDRAWN = "active", "retire"
ADDED, CHANGED, TAKEN_BACK = "ajout", "modification", "retrait"
VISIBILITY = {"ols": "Mon OLS", "iwpl": "Partagé avec l’IWPL"}
NAME_MOST, REASON_MOST, MOST = 80, 300, 4
"""Characters of a name and of a reason; greatest weight of the page."""


@dataclass(frozen=True)
class Line:
    """One indicator: its weight (a whole number, 0 to ``MOST``) and why."""

    indicator: str
    weight: int
    reason: str = ""

    @property
    def start(self) -> int:
        """Weight that the page opens with."""
        known = need.weighable().get(self.indicator)
        return int(known is not None and known.use == need.DEFAULT)


@dataclass(frozen=True)
class Content:
    """What is shared.

    Attributes
    ----------
    name : what it is called, once in an OLS
    lines : one per indicator that may weigh, in the order of the file
    visibility : a key of ``VISIBILITY``
    """

    name: str
    lines: tuple[Line, ...]
    visibility: str = "ols"

    @property
    def weights(self) -> Weights:
        """As the index takes them.

        Raises
        ------
        DataError
            If an indicator is no longer offered.
        """
        return Weights.of({line.indicator: float(line.weight) for line in self.lines})


@dataclass(frozen=True)
class Shared:
    """Shared weights as they stand; ``revision`` is what every change asks for."""

    id: str
    content: Content
    ols: str
    author: str
    state: str
    revision: int
    created: str
    updated: str


def whole(given: Mapping[str, float], most: int = MOST) -> dict[str, int]:
    """The same weights as whole numbers that the sliders can hold.

    Parameters
    ----------
    given : indicator → weight, >= 0, of any scale
    most : greatest whole number

    Returns
    -------
    Every indicator that may weigh, in the order of the file, and its number: the smallest ones
    that have exactly the same ratios, or the given numbers when they fit already.

    Raises
    ------
    DataError
        As ``Weights.of``, or no such whole numbers have these ratios.

    Examples
    --------
    >>> found = whole({"pct_80p_2021": 0.5, "income_median_admin_2023": 0.25})
    >>> [found["pct_80p_2021"], found["income_median_admin_2023"], sum(found.values())]
    [2, 1, 3]
    """
    weights = Weights.of(given)
    top, as_given = max(weights.values), max(given.values())
    for greatest in [as_given] * (as_given <= most) + [*range(1, most + 1)]:
        exact = {id_: weights.share(id_) / top * greatest for id_ in need.weighable()}
        near = {id_: round(value) for id_, value in exact.items()}
        if all(abs(near[id_] - exact[id_]) < need.ALMOST for id_ in exact):
            return near
    raise DataError(
        f"Ces poids ne tiennent pas dans les réglages de la page (nombres entiers de 0 à {most}) : "
        "arrondissez-les. La ligne de commande les accepte tels quels."
    )


def checked(content: Content) -> Content:
    """The content, cleaned, with a line for each indicator that may weigh.

    Raises
    ------
    DataError
        One line per fault: an empty or long name, a weight that is not a whole number of the
        sliders, all weights zero, an unknown indicator, a weight that is not the starting one
        and has no reason.
    """
    faults: list[str] = []
    name = content.name
    try:
        name = " ".join(text(name, "Nom", NAME_MOST).split())
    except DataError as error:
        faults.append(str(error))
    if content.visibility not in VISIBILITY:
        faults.append(f"Visibilité : valeurs possibles : {', '.join(VISIBILITY)}.")
    given = {line.indicator: line for line in content.lines}
    if len(given) < len(content.lines):
        faults.append("Un indicateur figure deux fois.")
    try:
        Weights.of({id_: float(line.weight) for id_, line in given.items()})
    except DataError as error:
        faults.append(str(error))
    lines = []
    for id_, indicator in need.weighable().items():
        line = given.get(id_, Line(id_, 0))
        label = f"« {indicator.short} »"
        if line.weight > MOST:
            faults.append(f"Le poids de {label} dépasse {MOST}.")
        reason = line.reason
        try:
            reason = text(line.reason, f"Raison pour {label}", REASON_MOST, required=False)
        except DataError as error:
            faults.append(str(error))
        if line.weight != line.start and not reason:
            faults.append(f"Raison manquante pour {label} : son poids n’est pas celui de départ.")
        lines.append(Line(id_, line.weight, reason))
    if faults:
        raise DataError("\n".join(dict.fromkeys(faults)))
    return replace(content, name=name, lines=tuple(lines))


def texts(content: Content) -> list[str]:
    """Every free text, for the guard."""
    return [content.name, *(line.reason for line in content.lines)]


# --- Writing ------------------------------------------------------------------------------------


def save(actor: Actor, content: Content, confirmed: Collection[str] = ()) -> Shared:
    """Share weights under a name.

    Parameters
    ----------
    actor : its OLS is the one that they belong to
    confirmed : doubtful fragments (``Finding.text``) that the author confirms

    Raises
    ------
    DeniedError
        If the role may not.
    RefusedError
        If the guard finds what may designate a person.
    DataError
        If something in it is wrong (every fault is named), or the name is taken.
    StoreError
        If the database refuses; nothing is then kept.
    """
    from olsdata.store.database import now

    actors.require(actor, actors.WEIGH)
    content = checked(content)
    guard.check(texts(content), confirmed)
    with store.writing() as session:
        _refuse_taken(session, actor.ols, content.name)
        row = store.models.SharedWeights(
            id=f"p{uuid4().hex}", ols=actor.ols, state=ACTIVE, revision=0, created=now()
        )
        session.add(row)
        _seal(session, row, content, actor, ADDED)
        return _shared(row)


def revise(
    actor: Actor, id_: str, content: Content, seen: int, confirmed: Collection[str] = ()
) -> Shared:
    """Change shared weights; what they were stays in their history.

    Parameters
    ----------
    seen : revision that the author was looking at

    Raises
    ------
    DeniedError, RefusedError, DataError, StoreError
        As ``save``; and when someone changed them in between, or they are another OLS's.
    """
    actors.require(actor, actors.WEIGH)
    content = checked(content)
    guard.check(texts(content), confirmed)
    with store.writing() as session:
        row = _own(session, actor, id_, seen)
        if folded(content.name) != row.folded:
            _refuse_taken(session, row.ols, content.name)
        if _content(row) != content:
            _seal(session, row, content, actor, CHANGED)
        return _shared(row)


def withdraw(actor: Actor, id_: str, seen: int) -> Shared:
    """Withdraw shared weights; they stay in the database with their history.

    Raises
    ------
    DeniedError, DataError, StoreError
        As ``revise``.
    """
    actors.require(actor, actors.WEIGH)
    with store.writing() as session:
        row = _own(session, actor, id_, seen)
        row.state = WITHDRAWN
        _seal(session, row, _content(row), actor, TAKEN_BACK)
        return _shared(row)


def _refuse_taken(session: Session, ols: str, name: str) -> None:
    from sqlalchemy import select

    model = store.models.SharedWeights
    same = select(model).where(
        model.state == ACTIVE, model.ols == ols, model.folded == folded(name)
    )
    if session.scalars(same).first() is not None:
        raise DataError(
            f"Des poids partagés s’appellent déjà « {name} » : révisez-les, ou prenez un autre nom."
        )


def _own(session: Session, actor: Actor, id_: str, seen: int) -> store.models.SharedWeights:
    row = session.get(store.models.SharedWeights, id_)
    if row is None or not actors.reads(actor, row.ols, row.visibility, row.state):
        raise DataError("Poids partagés inconnus.")
    actors.own(actor, row.ols, "Ces poids appartiennent")
    if row.state != ACTIVE:
        raise DataError(f"« {row.name} » est déjà retiré.")
    if row.revision != seen:
        raise DataError(
            f"« {row.name} » a été modifié entre-temps : rouvrez-le avant de l’enregistrer."
        )
    return row


def _seal(
    session: Session,
    row: store.models.SharedWeights,
    content: Content,
    actor: Actor,
    action: str,
) -> None:
    """Put a checked content in a row, number the change and append it to the history."""
    from olsdata.store.database import now

    row.name, row.folded, row.visibility = content.name, folded(content.name), content.visibility
    row.lines = [[line.indicator, line.weight, line.reason] for line in content.lines]
    row.author, row.revision, row.updated = actor.author, row.revision + 1, now()
    log(session, KIND, row.id, row.revision, action, actor.author, _as_json(content))


# --- Reading ------------------------------------------------------------------------------------


def find(actor: Actor) -> list[Shared]:
    """Shared weights that the actor may read, by OLS then by name.

    Raises
    ------
    DeniedError
        If the role may not read.
    """
    actors.require(actor, actors.READ)
    if not store.exists():
        return []
    from sqlalchemy import select

    model = store.models.SharedWeights
    with store.reading() as session:
        rows = session.scalars(select(model).where(model.state == ACTIVE)).all()
        found = [_shared(row) for row in rows]
    mine = [s for s in found if actors.reads(actor, s.ols, s.content.visibility, s.state)]
    return sorted(mine, key=lambda s: (s.ols, folded(s.content.name)))


def history(actor: Actor, id_: str) -> list[Change]:
    """What was done to shared weights, first to last; what was not shared then stays unread.

    Raises
    ------
    DataError
        If the actor may not read them.
    """
    from sqlalchemy import select

    actors.require(actor, actors.READ)
    unknown = DataError("Poids partagés inconnus.")
    if not store.exists():
        raise unknown
    revision = store.models.Revision
    query = select(revision).where(revision.kind == KIND, revision.subject == id_)
    with store.reading() as session:
        row = session.get(store.models.SharedWeights, id_)
        if row is None or not actors.reads(actor, row.ols, row.visibility, row.state):
            raise unknown
        return [
            Change(line.number, line.action, line.role, line.at, line.content)
            for line in session.scalars(query.order_by(revision.number))
            if actors.reads(actor, row.ols, str(line.content["visibility"]))
        ]


def _content(row: store.models.SharedWeights) -> Content:
    return from_json({"name": row.name, "lines": row.lines, "visibility": row.visibility})


def from_json(given: Mapping[str, Any]) -> Content:
    """A content as a revision keeps it."""
    lines = tuple(Line(str(id_), int(w), str(why)) for id_, w, why in given["lines"])
    return Content(str(given["name"]), lines, str(given["visibility"]))


def _as_json(content: Content) -> dict[str, Any]:
    lines = [[line.indicator, line.weight, line.reason] for line in content.lines]
    return {"name": content.name, "lines": lines, "visibility": content.visibility}


def _shared(row: store.models.SharedWeights) -> Shared:
    return Shared(
        id=row.id,
        content=_content(row),
        ols=row.ols,
        author=row.author,
        state=row.state,
        revision=row.revision,
        created=row.created,
        updated=row.updated,
    )


# --- Files --------------------------------------------------------------------------------------


def export_csv(lines: Collection[Line]) -> str:
    """Lines as the CSV ``indicateur,poids,raison`` that ``--poids`` and ``read`` take.

    >>> print(export_csv([Line("pct_80p_2021", 2, "=1+1")]), end="")
    indicateur,poids,raison
    pct_80p_2021,2,'=1+1
    """
    frame = pd.DataFrame(
        [(line.indicator, line.weight, line.reason) for line in lines],
        columns=["indicateur", "poids", "raison"],
    )
    return to_csv(frame.set_index("indicateur"))


def read(data: bytes | Path) -> tuple[Line, ...]:
    """Lines of a CSV ``indicateur,poids`` and, if it is there, ``raison``.

    An indicator that the file does not name weighs nothing. Reasons may still be lacking:
    ``checked`` says which.

    Raises
    ------
    DataError
        As ``need.read_lines`` and ``whole``, or a reason is too long.
    """
    given = need.read_lines(data)
    numbers = whole({id_: weight for id_, (weight, _) in given.items()})
    return tuple(
        Line(
            id_,
            number,
            text(
                given.get(id_, (0, ""))[1],
                f"Raison pour « {need.weighable()[id_].short} »",
                REASON_MOST,
                required=False,
            ),
        )
        for id_, number in numbers.items()
    )
