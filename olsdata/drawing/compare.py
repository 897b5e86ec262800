"""Two plans of the same OLS, side by side: what moves, how many people, how indicators change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from olsdata import catalogue, figures, tables
from olsdata.drawing import facts
from olsdata.drawing.plan import NOWHERE, Plan
from olsdata.drawing.units import sections_of
from olsdata.figures import COMMUNAL
from olsdata.tables import DataError
from olsdata.words import folded

NO_BASSIN = "hors de tout bassin"


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changes from one plan to another.

    Attributes
    ----------
    partner : bassin of the second plan → the bassin of the first that it goes on, "" for a new one
    moves : de, vers (names of bassins), sections (codes), lieux (names), population; one row per
        pair of bassins between which something moves, largest first
    people : inhabitants whose bassin is another one
    total : inhabitants of the OLS
    """

    first: Plan
    second: Plan
    partner: dict[str, str]
    moves: pd.DataFrame
    people: int
    total: int

    @property
    def moved(self) -> list[str]:
        """Sections that change bassin."""
        return [section for sections in self.moves["sections"] for section in sections]


def partners(first: Plan, second: Plan) -> dict[str, str]:
    """For each bassin of the second plan, the bassin of the first that it goes on.

    Bassins are paired so that as many inhabitants as possible stay in the same one, whatever
    the names and the ids.

    Returns
    -------
    dict, bassin of the second plan → bassin of the first, or ""
    """
    from scipy.optimize import linear_sum_assignment

    people = sections_of(first.ols)["population"]
    rows, columns = list(first.names), list(second.names)
    shared = pd.DataFrame(0.0, index=rows, columns=columns)
    for section, bassin in first.held:
        other = second.of.get(section)
        if other is not None:
            shared.at[bassin, other] += float(people[section])
    # At equal inhabitants, the same id stays.
    same = np.array([[a == b for b in columns] for a in rows], dtype=float).reshape(shared.shape)
    best = linear_sum_assignment(-(shared.to_numpy() + same / 2))
    found = dict.fromkeys(columns, "")
    for i, j in zip(*best, strict=True):
        if shared.iat[i, j] > 0 or rows[i] == columns[j]:
            found[columns[j]] = rows[i]
    return found


def compare(first: Plan, second: Plan) -> Comparison:
    """What moves from a plan to another of the same OLS.

    Raises
    ------
    DataError
        If the plans are of two OLS.
    """
    if first.ols != second.ols:
        raise DataError("Deux propositions se comparent à l’intérieur d’une même OLS.")
    partner = partners(first, second)
    frame = sections_of(first.ols)
    communes = tables.load().communes["nom"]
    table = pd.DataFrame(
        {
            "a": [first.of.get(s, NOWHERE) for s in frame.index],
            "b": [second.of.get(s, NOWHERE) for s in frame.index],
            "lieu": [
                f"{name} ({communes[code]})"
                for code, name in frame[["refnis", "nom"]].itertuples(index=False)
            ],
            "refnis": frame["refnis"].to_numpy(),
            "population": frame["population"].to_numpy(),
        },
        index=frame.index,
    )
    goes_on = table["b"].map(partner | {NOWHERE: NOWHERE})
    # A new bassin goes on none: whoever is in it has moved, even from outside every bassin.
    new = table["b"].ne(NOWHERE) & goes_on.eq(NOWHERE)
    moved = table[new | goes_on.ne(table["a"])]
    names_a = first.names | {NOWHERE: NO_BASSIN}
    names_b = second.names | {NOWHERE: NO_BASSIN}
    lines = []
    for (a, b), rows in moved.groupby(["a", "b"]):
        lines.append(
            {
                "de": names_a[a],
                "vers": names_b[b],
                "sections": list(rows.index),
                "lieux": _places(rows),
                "population": int(rows["population"].sum()),
            }
        )
    moves = pd.DataFrame(lines, columns=["de", "vers", "sections", "lieux", "population"])
    moves = moves.sort_values(["population", "de", "vers"], ascending=[False, True, True])
    return Comparison(
        first,
        second,
        partner,
        moves.reset_index(drop=True),
        int(moved["population"].sum()),
        int(frame["population"].sum()),
    )


def _places(moved: pd.DataFrame) -> list[str]:
    """Names of what moves: a commune whose sections all move is named once."""
    facts = tables.load()
    every = facts.sections["refnis"].value_counts()
    found: list[str] = []
    for code, mine in moved.groupby("refnis"):
        whole = len(mine) == every[code]
        found += [str(facts.communes.at[code, "nom"])] if whole else list(mine["lieu"])
    return found


def indicator(comparison: Comparison, id_: str) -> pd.DataFrame:
    """An indicator in the bassins of both plans.

    Parameters
    ----------
    id_ : id of a card that has values

    Returns
    -------
    DataFrame, by name, one row per bassin of the second plan and per bassin of the first that
    ends; avant, apres (names, "" when there is none), valeur_avant, valeur_apres, difference (NaN
    when one is missing), commune_entiere (a value is borrowed from whole communes).
    """
    catalogue.card(id_)
    before, after = (
        figures.by_zone(id_, facts.zoning(plan)) for plan in (comparison.first, comparison.second)
    )
    ended = [b for b in comparison.first.names if b not in comparison.partner.values()]
    lines = []
    for new, old in [*comparison.partner.items(), *((NOWHERE, b) for b in ended)]:
        values = [
            float(table.at[zone, "valeur"]) if zone else np.nan
            for table, zone in ((before, old), (after, new))
        ]
        borrowed = any(
            zone and table.at[zone, "agregation"] == COMMUNAL
            for table, zone in ((before, old), (after, new))
        )
        lines.append(
            {
                "avant": comparison.first.names.get(old, ""),
                "apres": comparison.second.names.get(new, ""),
                "valeur_avant": values[0],
                "valeur_apres": values[1],
                "difference": values[1] - values[0],
                "commune_entiere": borrowed,
            }
        )
    found = pd.DataFrame(lines)
    order = found["apres"].where(found["apres"].ne(""), found["avant"]).map(folded)
    return found.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
