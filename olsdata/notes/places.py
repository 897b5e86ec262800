"""Places of a note: an OLS, a bassin, a commune or a section of the zonings in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from olsdata import tables, territory
from olsdata.local import remembered
from olsdata.tables import DataError, Facts
from olsdata.territory import Zoning

LEVELS = {"ols": "OLS", "bassin": "Bassin de vie", "commune": "Commune", "section": "Section"}


@dataclass(frozen=True)
class Place:
    """A place that a note may be tied to.

    Attributes
    ----------
    id : OLS « 05 », bassin « 05-92142 », commune « 92094 » or section « 92094A »
    ols : OLS that it touches, in order; two for a commune that is cut
    within : ids of the wider places that it touches, and its own
    """

    id: str
    label: str
    level: str
    ols: tuple[str, ...]
    within: frozenset[str]

    @property
    def title(self) -> str:
        """Name with its level when it could be mistaken for another."""
        if self.level == "ols":
            return f"OLS {self.label}"
        return f"{self.label} ({LEVELS[self.level].lower()})"


_FICTION: ContextVar[dict[str, Place] | None] = ContextVar("places", default=None)


@contextmanager
def fictional(places: dict[str, Place]) -> Iterator[None]:
    """Only these places exist inside the block (demonstration)."""
    token = _FICTION.set(places)
    try:
        yield
    finally:
        _FICTION.reset(token)


def known() -> dict[str, Place]:
    """Every place of the zonings in force, by id.

    Examples
    --------
    >>> known()["92094"].title, known()["92094"].ols
    ('Namur (commune)', ('05', '06'))
    """
    fiction = _FICTION.get()
    if fiction is not None:
        return fiction
    facts = tables.load()
    return _known(territory.zoning("ols"), territory.zoning("bassins"), facts)


@remembered(maxsize=4)
def _known(ols: Zoning, bassins: Zoning, facts: Facts) -> dict[str, Place]:
    sectors = facts.secteurs[["section", "refnis"]].assign(
        ols=ols.sectors.reindex(facts.secteurs.index),
        bassin=bassins.sectors.reindex(facts.secteurs.index),
    )
    chains = sectors.dropna(subset=["ols"])[["ols", "bassin", "refnis", "section"]]
    names = (ols.zones["label"], bassins.zones["label"], facts.communes["nom"])
    labels = [column.to_dict() for column in (*names, facts.sections["nom"])]
    around: list[dict[str, set[str]]] = [{} for _ in LEVELS]
    # By hand: a groupby per level took seconds on a busy machine.
    for chain in chains.drop_duplicates().itertuples(index=False, name=None):
        for depth, code in enumerate(chain):
            if isinstance(code, str):
                wider = (c for c in chain[: depth + 1] if isinstance(c, str))
                around[depth].setdefault(code, set()).update(wider)
    known_ols = around[0].keys()
    found: dict[str, Place] = {}
    for level, label, within in zip(LEVELS, labels, around, strict=True):
        for code in sorted(within):
            held = tuple(sorted(within[code] & known_ols))
            found[code] = Place(code, str(label[code]), level, held, frozenset(within[code]))
    return found


def find(id_: str) -> Place:
    """The place of that id.

    Raises
    ------
    DataError
        If the zonings in force have no such place, or it lies in no OLS.
    """
    place = known().get(id_)
    if place is None:
        raise DataError(f"Lieu inconnu, ou dans aucune OLS : « {id_[:40]} ».")
    return place


def inside(id_: str) -> list[str]:
    """Ids of a place and of every smaller place that touches it; "wallonie" is every place.

    Raises
    ------
    DataError
        If there is no such place.

    Examples
    --------
    >>> len(inside("92094")) > 10, "92094" in inside("06"), "06" in inside("92094")
    (True, True, False)
    """
    if id_ == territory.WALLONIE:
        return list(known())
    find(id_)
    return [place.id for place in known().values() if id_ in place.within]


def all_ols() -> list[str]:
    """Ids of the OLS, in order."""
    return [place.id for place in known().values() if place.level == "ols"]
