"""Where a drawing starts: the computed grid, the cantons, the communes, what is in force, MaxP."""

from __future__ import annotations

import re

import pandas as pd

from olsdata import grid, tables, territory
from olsdata.drawing import facts
from olsdata.drawing.plan import Plan, create, make
from olsdata.drawing.units import sections_of
from olsdata.local import remembered, zonings
from olsdata.tables import DataError

STARTS = {
    "vigueur": "Le découpage en vigueur",
    "grille": "La grille calculée",
    "cantons": "Les cantons judiciaires",
    "communes": "Les communes, telles quelles",
    "proposer": "Proposer selon un minimum d’habitants",
    "vide": "Une carte vide",
}

LEAST, MOST, STEP = 5_000, 60_000, 1_000
"""Minimum populations that can be asked of ``propose``."""

SEARCHES = 49
LIMIT_S = 30.0


def start(kind: str, ols: str) -> Plan:
    """The plan to start from, for a kind of ``STARTS`` other than « proposer ».

    Raises
    ------
    DataError
        If there is no such start.
    """
    known = {
        "vigueur": lambda: _of_zoning(territory.zoning("bassins"), ols),
        "grille": lambda: _grid(ols),
        "cantons": lambda: _of_zoning(territory.zoning("cantons"), ols),
        "communes": lambda: _communes(ols),
        "vide": lambda: Plan(ols),
    }
    if kind not in known:
        raise DataError(f"Point de départ inconnu : « {kind[:40]} ».")
    return known[kind]()


def _of_zoning(zoning: territory.Zoning, ols: str) -> Plan:
    """The part of a zoning that lies in an OLS; a section goes where most of its people live."""
    sectors = tables.load().secteurs
    here = sectors[sectors["section"].isin(sections_of(ols).index)]
    here = here.assign(zone=zoning.sectors).dropna(subset=["zone"])
    people = here.groupby(["section", "zone"])["population_2024"].sum().reset_index()
    order = [True, False, True]
    people = people.sort_values(["section", "population_2024", "zone"], ascending=order)
    of = people.drop_duplicates("section").set_index("section")["zone"]
    return _fitted(ols, zoning.zones["label"].to_dict(), of.to_dict())


def _grid(ols: str) -> Plan:
    rows, _ = tables.read_zoning("bassins")
    of = zonings.sections_of(rows, tables.load()).reindex(sections_of(ols).index).dropna()
    names = rows.drop_duplicates("zone").set_index("zone")["label"]
    return _fitted(ols, names.to_dict(), of.to_dict())


def _fitted(ols: str, names: dict[str, str], of: dict[str, str]) -> Plan:
    """A plan whose ids all begin with the OLS: zones may reach over several."""
    ids: dict[str, str] = {}
    for zone in sorted(set(of.values()), key=lambda id_: (not id_.startswith(f"{ols}-"), id_)):
        short = f"{ols}-{re.sub(r'^[0-9]{2}-', '', zone)}"
        ids[zone] = short if short not in ids.values() else f"{ols}-{zone}"
    return make(ols, {ids[z]: names[z] for z in ids}, {s: ids[z] for s, z in of.items()})


def _communes(ols: str) -> Plan:
    plan = Plan(ols)
    for _, rows in sections_of(ols).groupby("refnis"):
        plan, _ = create(plan, list(rows.index))
    return plan


@remembered(maxsize=64)
def propose(ols: str, least: int) -> Plan:
    """As many bassins as possible, each with a minimum of inhabitants (PySAL spopt, MaxP).

    Communes enter whole, those of more than 60,000 inhabitants and those that the OLS cut by
    their sections. The seed is fixed: the same question has the same answer. The search runs in
    a process of its own, which is ended after 30 seconds.

    Parameters
    ----------
    ols : "01" to "10"
    least : inhabitants of the smallest bassin

    Raises
    ------
    DataError
        If the minimum cannot be met, or nothing is found in time.
    """
    if not LEAST <= least <= MOST:
        raise DataError(f"Minimum : de {LEAST} à {MOST} habitants, « {least} » demandé.")
    total = int(sections_of(ols)["population"].sum())
    if least > total:
        raise DataError(f"Minimum de {least} habitants : l’OLS {ols} n’en a que {total}.")
    known = tables.load()
    every, unit_of = grid.build_units(
        known.secteurs.reset_index(),
        known.sections.reset_index(),
        known.communes.reset_index(),
        known.totaux[grid.YEAR].rename("population").reset_index().assign(annee=grid.YEAR),
        _ols_rows(ols),
    )
    mine = every[every["ols"] == ols]
    unit_of = unit_of[unit_of.isin(mine.index)]
    links = grid.neighbours(unit_of, facts.pairs())
    try:
        group = grid.solve(mine, links, limit=LIMIT_S, starts=SEARCHES, threshold=least)
    except DataError as error:
        raise DataError(
            f"Aucune proposition n’a été trouvée en {LIMIT_S:.0f} secondes pour un minimum de "
            f"{least} habitants. Rien n’a été changé : essayez un autre minimum, ou partez de la "
            "grille calculée."
        ) from error
    sections = pd.Series(unit_of.index, index=unit_of.index)
    plan = Plan(ols)
    for _, inside in sections.groupby(unit_of.map(group)):
        plan, _ = create(plan, list(inside))
    return plan


def _ols_rows(ols: str) -> pd.DataFrame:
    """Rows of one OLS alone, every section named."""
    frame = sections_of(ols)
    return pd.DataFrame(
        {"zone": ols, "label": ols, "refnis": frame["refnis"], "section": frame.index}
    )
