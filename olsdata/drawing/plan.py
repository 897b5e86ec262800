"""A plan: which bassin each section of an OLS is in, and how the bassins are called.

Plans are values: each operation gives a new plan and leaves the old one as it was, so that undo
is exact. A section is in one bassin or in none; no operation can lose or double it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from olsdata import tables
from olsdata.drawing.units import sections_of
from olsdata.registry import checks
from olsdata.tables import DataError
from olsdata.words import folded, markup

NOWHERE = ""
"""The bassin of what is in none."""

NAME_MOST = 80


@dataclass(frozen=True)
class Plan:
    """Bassins of one OLS.

    Attributes
    ----------
    ols : "01" to "10"
    bassins : (id, name) of each bassin, by id
    held : (section, bassin id) of each section that is in a bassin, by section
    """

    ols: str
    bassins: tuple[tuple[str, str], ...] = ()
    held: tuple[tuple[str, str], ...] = ()

    @cached_property
    def names(self) -> dict[str, str]:
        """Bassin id → name."""
        return dict(self.bassins)

    @cached_property
    def of(self) -> dict[str, str]:
        """Section → bassin id; a section of no bassin is absent."""
        return dict(self.held)

    @cached_property
    def by_bassin(self) -> dict[str, list[str]]:
        """Bassin id → its sections."""
        found: dict[str, list[str]] = {bassin: [] for bassin, _ in self.bassins}
        for section, bassin in self.held:
            found[bassin].append(section)
        return found

    @cached_property
    def nowhere(self) -> list[str]:
        """Sections of the OLS that are in no bassin."""
        return [section for section in sections_of(self.ols).index if section not in self.of]

    @cached_property
    def shared_communes(self) -> frozenset[str]:
        """Communes whose sections in this OLS are not all in the same place."""
        sections = sections_of(self.ols)
        where = pd.Series([self.of.get(s, NOWHERE) for s in sections.index], index=sections.index)
        counts = where.groupby(sections["refnis"]).nunique()
        return frozenset(counts.index[counts > 1])

    def as_json(self) -> dict[str, Any]:
        """The plan as a revision keeps it."""
        return {"bassins": self.names, "sections": self.of}


def make(ols: str, names: Mapping[str, str], of: Mapping[str, str]) -> Plan:
    """A plan; bassins without any section are left out.

    Parameters
    ----------
    ols : "01" to "10"
    names : bassin id → name
    of : section → bassin id

    Raises
    ------
    DataError
        If a section is not in this OLS, or its bassin has no name.
    """
    known = sections_of(ols)
    strays = [section for section in of if section not in known.index]
    if strays:
        facts = tables.load()
        first = facts.sections["nom"].get(strays[0], strays[0])
        more = f" et {len(strays) - 1} autres" if len(strays) > 1 else ""
        raise DataError(f"« {first} » ({strays[0]}){more} : section hors de l’OLS {ols}.")
    nameless = sorted({bassin for bassin in of.values() if bassin not in names})
    if nameless:
        raise DataError(f"Bassin inconnu : « {nameless[0][:40]} ».")
    used = set(of.values())
    return Plan(
        ols,
        tuple(sorted((bassin, name) for bassin, name in names.items() if bassin in used)),
        tuple(sorted(of.items())),
    )


def from_json(ols: str, content: Mapping[str, Any]) -> Plan:
    """The plan that a revision kept; sections that have left the OLS since are left out."""
    here = set(sections_of(ols).index)
    of = {section: bassin for section, bassin in content["sections"].items() if section in here}
    return make(ols, content["bassins"], of)


# --- Operations ---------------------------------------------------------------------------------


def put(plan: Plan, sections: Collection[str], bassin: str) -> Plan:
    """Put sections in a bassin, or in none (``NOWHERE``); a bassin left empty disappears.

    Raises
    ------
    DataError
        If nothing is chosen, something is unknown, or nothing would change.
    """
    if not sections:
        raise DataError("Choisissez d’abord une commune ou une section, sur la carte ou en liste.")
    if bassin != NOWHERE and bassin not in plan.names:
        raise DataError(f"Bassin inconnu : « {bassin[:40]} ».")
    of = {section: where for section, where in plan.held if section not in sections}
    if bassin != NOWHERE:
        of |= dict.fromkeys(sections, bassin)
    made = make(plan.ols, plan.names, of)
    if made == plan:
        where = f"dans « {plan.names[bassin]} »" if bassin else "hors de tout bassin"
        raise DataError(f"Ce qui est choisi est déjà {where}.")
    return made


def create(plan: Plan, sections: Collection[str], name: str = "") -> tuple[Plan, str]:
    """A new bassin made of some sections, which leave the one they were in.

    Parameters
    ----------
    name : "" = the name of its most populous commune or section

    Returns
    -------
    The plan and the id of the new bassin: the OLS and the code of its most populous part.

    Raises
    ------
    DataError
        If nothing is chosen, or the name is taken.
    """
    if not sections:
        raise DataError("Choisissez d’abord ce que le nouveau bassin contient.")
    # A bassin left empty by the move gives back its id and its name.
    rest = make(plan.ols, plan.names, {s: b for s, b in plan.held if s not in sections})
    bassin = new_id(plan.ols, sections, rest.names)
    given = name.strip() or default_name(plan.ols, sections, rest.names.values())
    kept = _name(rest, given)
    of = rest.of | dict.fromkeys(sections, bassin)
    return make(plan.ols, rest.names | {bassin: kept}, of), bassin


def rename(plan: Plan, bassin: str, name: str) -> Plan:
    """Give a bassin another name.

    Raises
    ------
    DataError
        If the name is empty, too long, taken, or the same.
    """
    _known(plan, bassin)
    kept = _name(replace(plan, bassins=tuple(b for b in plan.bassins if b[0] != bassin)), name)
    if kept == plan.names[bassin]:
        raise DataError(f"Ce bassin s’appelle déjà « {kept} ».")
    return make(plan.ols, plan.names | {bassin: kept}, plan.of)


def delete(plan: Plan, bassin: str) -> Plan:
    """Undo a bassin: its sections are then in none."""
    _known(plan, bassin)
    return put(plan, plan.by_bassin[bassin], NOWHERE)


def _known(plan: Plan, bassin: str) -> None:
    if bassin not in plan.names:
        raise DataError(f"Bassin inconnu : « {bassin[:40]} ».")


def checked_name(name: str) -> str:
    """The name of a bassin, which maps, charts and headings will show.

    Raises
    ------
    DataError
        If it is empty, too long, or holds a sign that they would take for a layout.
    """
    kept = checks.text(name, "Nom du bassin", NAME_MOST, required=True)
    if sign := markup(kept):
        raise DataError(f"Nom du bassin : le signe « {sign} » n’y est pas admis.")
    return kept


def _name(plan: Plan, name: str) -> str:
    """A name that no other bassin of the plan bears."""
    kept = checked_name(name)
    if folded(kept) in {folded(other) for other in plan.names.values()}:
        raise DataError(f"Un autre bassin s’appelle déjà « {kept} ».")
    return kept


def _places(ols: str, sections: Iterable[str]) -> list[tuple[str, str]]:
    """Code and name of the communes and sections of a group, most populous first.

    A commune speaks for its sections when they are all in the group.
    """
    facts = tables.load()
    mine = sections_of(ols).loc[sorted(sections)]
    parts = [(int(p), s, str(n)) for s, n, p in mine[["nom", "population"]].itertuples(name=None)]
    every = facts.sections["refnis"].value_counts()
    groups = mine.groupby("refnis")["population"].agg(["size", "sum"])
    parts += [
        (int(people), str(code), str(facts.communes.at[code, "nom"]))
        for code, size, people in groups.itertuples(name=None)
        if size == every[code]
    ]
    # At equal counts, the commune (shorter code) comes before its only section.
    parts.sort(key=lambda part: (-part[0], len(part[1]), part[1]))
    return [(code, name) for _, code, name in parts]


def new_id(ols: str, sections: Collection[str], taken: Collection[str]) -> str:
    """An id that no bassin of the plan has: « 05-92142 », after its most populous part."""
    ids = [f"{ols}-{code}" for code, _ in _places(ols, sections)]
    free = [bassin for bassin in ids if bassin not in taken]
    number = 2
    while not free:
        free = [f"{ids[0]}-{number}"] if f"{ids[0]}-{number}" not in taken else []
        number += 1
    return free[0]


def default_name(ols: str, sections: Collection[str], taken: Collection[str]) -> str:
    """A name that no bassin of the plan has: that of its most populous part."""
    used = {folded(name) for name in taken}
    names = [name for _, name in _places(ols, sections)]
    free = [name for name in names if folded(name) not in used]
    number = 2
    while not free:
        free = [f"{names[0]} {number}"] if folded(f"{names[0]} {number}") not in used else []
        number += 1
    return free[0]
