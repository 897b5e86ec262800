"""What OLS share with the IWPL, and the besoins that a person puts together for the Forum.

A machine only proposes: two texts that look alike. A person gathers them under a title, or says
that they are distinct; both can be undone, and no besoin is ever changed or merged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from olsdata import store
from olsdata.notes import actors, guard, lists, places
from olsdata.notes.actors import Actor
from olsdata.notes.book import Note, find
from olsdata.notes.content import SHORT_MOST, text
from olsdata.tables import DataError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KIND = "regroupement"
ACTIVE, UNDONE, DISTINCT = "active", "defait", "distinct"

LIKE = 62
"""Likeness of two texts, out of 100, from which they are proposed; never merged by the machine."""

MOST = 40
"""Proposals shown at once, the most alike first."""


@dataclass(frozen=True)
class Shared:
    """What is shared with the IWPL: besoins, signals, notes, by OLS in official order."""

    needs: list[Note]
    signals: list[Note]
    notes: list[Note]

    @property
    def sharing(self) -> list[str]:
        """OLS that share a besoin or a signal, in order."""
        here = {n.ols for n in (*self.needs, *self.signals)}
        return [id_ for id_ in places.all_ols() if id_ in here]

    @property
    def silent(self) -> list[str]:
        """OLS that share neither; what they know is not here."""
        return [id_ for id_ in places.all_ols() if id_ not in self.sharing]


@dataclass(frozen=True)
class Pair:
    """Two besoins that may say the same thing.

    Attributes
    ----------
    likeness : of the two texts, 0 to 100
    common : what else they have in common, in French
    """

    one: Note
    other: Note
    likeness: int
    common: tuple[str, ...]


@dataclass(frozen=True)
class Gathering:
    """Besoins put together by a person."""

    id: str
    title: str
    needs: tuple[Note, ...]
    role: str
    updated: str


def shared(actor: Actor, place: str = "") -> Shared:
    """Everything that the OLS share with the IWPL and that the actor may read.

    Parameters
    ----------
    place : "" or "wallonie" for every OLS

    Raises
    ------
    DeniedError
        If the role may not read.
    """

    def of(sort: str) -> list[Note]:
        found = find(actor, sort=sort, place=place, visibility="iwpl", limit=None).notes
        return sorted(found, key=lambda n: (n.ols, n.content.place, n.content.date))

    return Shared(of("besoin"), of("signal"), of("note"))


def by_obstacle(needs: list[Note]) -> dict[str, dict[str, list[Note]]]:
    """Besoins by kind of obstacle, then by level able to act ("" when nobody has said it)."""
    return {
        obstacle: {
            level: [n for n in needs if n.content.obstacle == obstacle and n.content.level == level]
            for level in (*lists.SIGNAL_LEVELS, "")
        }
        for obstacle in lists.OBSTACLES
    }


def behind(need: Note, notes: list[Note]) -> list[Note]:
    """Shared notes that stand behind a besoin: same theme, there or in a smaller place."""
    place = need.content.place
    if place not in places.known() or not need.content.theme:
        return []
    inside = set(places.inside(place))
    return [n for n in notes if n.content.place in inside and n.content.theme == need.content.theme]


# --- What looks alike -----------------------------------------------------------------------------


def words_of(said: str) -> str:
    """The words of a text that carry it: without capitals, accents, short words, plural.

    >>> words_of("Pas d’infirmières à domicile la nuit !")
    'infirmiere domicile nuit'
    """
    flat = unicodedata.normalize("NFD", said.lower())
    plain = "".join(c for c in flat if not unicodedata.combining(c))
    return " ".join(w.rstrip("sx") for w in re.findall(r"[a-z]{4,}", plain))


def propose(actor: Actor, needs: list[Note]) -> list[Pair]:
    """Pairs of besoins whose words are alike, that nobody has gathered nor told apart yet.

    Two texts are compared by the words that carry them, whatever their order. A pair is proposed
    when what is missing, the obstacle or the theme is also the same.

    Returns
    -------
    list, the most alike first; ``MOST`` at most.
    """
    from rapidfuzz import fuzz, process

    texts = [words_of(n.content.text) for n in needs]
    if len(texts) < 2:
        return []
    likeness = process.cdist(texts, texts, scorer=fuzz.token_set_ratio, score_cutoff=LIKE)
    known = _known_pairs(actor)
    found = []
    for i, one in enumerate(needs):
        for j in likeness[i].nonzero()[0]:
            other = needs[int(j)]
            if j <= i or frozenset((one.id, other.id)) in known:
                continue
            if common := _common(one, other):
                found.append(Pair(one, other, int(likeness[i][j]), common))
    found.sort(key=lambda p: (-p.likeness, p.one.ols, p.one.id, p.other.id))
    return found[:MOST]


def _common(one: Note, other: Note) -> tuple[str, ...]:
    a, b = one.content, other.content
    pairs = (
        ("même manque", a.missing, b.missing),
        ("même obstacle", a.obstacle, b.obstacle),
        ("même thème", a.theme, b.theme),
        ("même lieu", a.place, b.place),
    )
    return tuple(name for name, x, y in pairs if x and x == y and x != "autre")


def _known_pairs(actor: Actor) -> set[frozenset[str]]:
    pairs = set()
    for row in _rows(actor, (ACTIVE, DISTINCT)):
        ids = [m.note for m in row.members]
        pairs |= {frozenset((a, b)) for a in ids for b in ids if a != b}
    return pairs


# --- What a person puts together ------------------------------------------------------------------


def listing(actor: Actor) -> list[Gathering]:
    """Gatherings with the besoins that the actor may read; empty for roles that do not gather."""
    if not actors.may(actor, actors.GROUP):
        return []
    known = {n.id: n for n in shared(actor).needs}
    found = []
    for row in _rows(actor, (ACTIVE,)):
        members = tuple(known[m.note] for m in row.members if m.note in known)
        if members:
            ordered = tuple(sorted(members, key=lambda n: (n.ols, n.content.date)))
            found.append(Gathering(row.id, row.title, ordered, row.role, row.updated))
    return sorted(found, key=lambda g: (g.title.casefold(), g.id))


def gather(
    actor: Actor, ids: Collection[str], title: str, confirmed: Collection[str] = ()
) -> Gathering:
    """Put besoins together under a title. They stay as they are, each with its OLS.

    A besoin already gathered brings its whole gathering along, which the new one replaces.

    Raises
    ------
    DeniedError
        If the role may not gather.
    RefusedError
        If the title may designate a person.
    DataError
        If there are fewer than two besoins, one of them is not shared, or there is no title.
    """
    actors.require(actor, actors.GROUP)
    named = text(title, "Titre du regroupement", SHORT_MOST)
    guard.check([named], confirmed)
    known = {n.id: n for n in shared(actor).needs}
    asked = dict.fromkeys(ids)
    if strange := [i for i in asked if i not in known]:
        raise DataError(f"Besoin inconnu, ou qui n’est pas partagé : « {strange[0][:64]} ».")
    with store.writing() as session:
        for row in _active(session):
            mine = {m.note for m in row.members}
            if mine & set(asked):
                asked |= dict.fromkeys(mine)
                _change(session, row, UNDONE, actor)
        if len(asked) < 2:
            raise DataError("Un regroupement tient au moins deux besoins.")
        row = _new(session, actor, list(asked), named, ACTIVE)
        members = tuple(known[m.note] for m in row.members if m.note in known)
        return Gathering(row.id, row.title, members, row.role, row.updated)


def apart(actor: Actor, one: str, other: str) -> str:
    """Say that two besoins are distinct: they are no longer proposed. Gives the record's id.

    Raises
    ------
    DeniedError, DataError
        As ``gather``.
    """
    actors.require(actor, actors.GROUP)
    known = {n.id for n in shared(actor).needs}
    if one == other or not {one, other} <= known:
        raise DataError("Deux besoins partagés et différents sont attendus.")
    with store.writing() as session:
        return str(_new(session, actor, [one, other], "", DISTINCT).id)


def undo(actor: Actor, id_: str) -> None:
    """Undo a gathering, or « distincts »: the besoins are as before, and may be proposed again.

    Raises
    ------
    DeniedError
        If the role may not gather.
    DataError
        If there is none, or it is already undone.
    """
    actors.require(actor, actors.GROUP)
    with store.writing() as session:
        row = session.get(store.models.Gathering, id_)
        if row is None or row.state == UNDONE:
            raise DataError("Ce regroupement n’existe pas, ou il est déjà défait.")
        _change(session, row, UNDONE, actor)


def told_apart(actor: Actor) -> int:
    """How many pairs a person has said to be distinct."""
    return len(_rows(actor, (DISTINCT,)))


def forget_apart(actor: Actor) -> None:
    """Propose again every pair that was said to be distinct.

    Raises
    ------
    DeniedError
        If the role may not gather.
    """
    for row in _rows(actor, (DISTINCT,)):
        undo(actor, row.id)


def _rows(actor: Actor, states: tuple[str, ...]) -> list[Any]:
    from sqlalchemy import select

    if not store.exists() or not actors.may(actor, actors.GROUP):
        return []
    row = store.models.Gathering
    with store.reading() as session:
        return list(session.scalars(select(row).where(row.state.in_(states)).order_by(row.id)))


def _active(session: Session) -> list[Any]:
    from sqlalchemy import select

    row = store.models.Gathering
    return list(session.scalars(select(row).where(row.state == ACTIVE)))


def _new(session: Session, actor: Actor, ids: list[str], title: str, state: str) -> Any:
    from olsdata.store.database import now

    moment = now()
    row = store.models.Gathering(
        id=f"g{uuid4().hex}",
        title=title,
        state=state,
        revision=0,
        role=actor.author,
        created=moment,
        updated=moment,
        members=[store.models.GatheringMember(note=id_) for id_ in sorted(ids)],
    )
    session.add(row)
    _change(session, row, state, actor)
    return row


def _change(session: Session, row: Any, state: str, actor: Actor) -> None:
    """Set the state and append it to the history."""
    from olsdata.store.database import now

    row.state, row.updated = state, now()
    row.revision += 1
    session.flush()
    session.add(
        store.models.Revision(
            kind=KIND,
            subject=row.id,
            number=row.revision,
            action=state,
            role=actor.author,
            at=row.updated,
            content={"title": row.title, "notes": [m.note for m in row.members]},
        )
    )
