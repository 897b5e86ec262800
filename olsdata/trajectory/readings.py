"""What the rows of a trajectory show: moves, spreads, who is missing, doubled meetings, staff."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from olsdata import figures, territory
from olsdata.trajectory import CEILINGS, EXPECTED, LEVELS, PARTS, SECTORS, WORDS
from olsdata.trajectory.book import Entry

OFTEN = 2
"""Spaces from which a pair that sits together is said."""


def moves(entries: list[Entry]) -> pd.DataFrame:
    """Positions of a step over its meetings, the last of each day.

    Returns
    -------
    Columns date, position (0 to 10; missing when none was given), raison, essai; oldest first.
    """
    names = ["position", "raison", "essai"]
    rows = {e.date: [e.date, *(e.content[n] for n in names)] for e in entries if not e.gone}
    found = pd.DataFrame([rows[day] for day in sorted(rows)], columns=["date", *names])
    return found.astype({"position": "Float64"})


def spread(entries: list[Entry], question: str) -> dict[str, int]:
    """How many answers chose each word, in the order of the words; never a mean.

    >>> from olsdata.trajectory.book import Entry
    >>> said = [Entry("05", "reponse", "t/q", h, {"mot": m}, "", "", "", "")
    ...         for h, m in (("a", "germe"), ("b", "ancre"), ("c", "germe"))]
    >>> {word: n for word, n in spread(said, "q").items() if n}
    {'germe': 2, 'ancre': 1}
    """
    mine = [e.content["mot"] for e in entries if e.key.partition("/")[2] == question]
    return {word: mine.count(word) for word in WORDS}


def around(members: list[Entry]) -> pd.DataFrame:
    """Members and partners by sector.

    Returns
    -------
    Index sector (key of ``SECTORS``, all of them); one column per key of ``PARTS``, counts.
    """
    table = pd.DataFrame(0, index=list(SECTORS), columns=list(PARTS))
    for e in members:
        table.loc[e.content["secteur"], e.content["part"]] += 1
    return table


def by_level(members: list[Entry]) -> pd.DataFrame:
    """The same by level: index a key of ``LEVELS``, a column per key of ``PARTS``."""
    table = pd.DataFrame(0, index=list(LEVELS), columns=list(PARTS))
    for e in members:
        table.loc[e.content["niveau"], e.content["part"]] += 1
    return table


def missing(members: list[Entry]) -> list[str]:
    """Sectors that nobody stands for, in words."""
    there = {e.content["secteur"] for e in members}
    return [SECTORS[sector] for sector in EXPECTED if sector not in there]


def doubles(spaces: list[Entry]) -> pd.DataFrame:
    """Pairs that sit together in several spaces.

    Returns
    -------
    Columns a, b, espaces (names joined by « ; »); most shared first, then by name.
    """
    together: dict[tuple[str, str], list[str]] = {}
    for e in spaces:
        for pair in combinations(sorted(set(e.content["membres"])), 2):
            together.setdefault(pair, []).append(e.content["nom"])
    rows = [(a, b, " ; ".join(n), len(n)) for (a, b), n in together.items() if len(n) >= OFTEN]
    found = pd.DataFrame(rows, columns=["a", "b", "espaces", "n"])
    return found.sort_values(["n", "a", "b"], ascending=[False, True, True]).drop(columns="n")


def ceiling(ols: str, year: int = 2026) -> tuple[int, float]:
    """Ceiling of the pilot's budget by the rule of 450,000 inhabitants, and the population.

    Returns
    -------
    Euros, and inhabitants at 1 January of the year (Statbel).
    """
    people = float(figures.population(year, territory.zoning("ols"))["valeur"][ols])
    return CEILINGS[people >= figures.LEGAL_LINE], people


def staff_share(costs: list[Entry]) -> float | None:
    """Share of staff in the budget entered, %; None when nothing is entered."""
    whole = sum(e.content["montant"] for e in costs)
    if not whole:
        return None
    return float(100 * sum(e.content["montant"] for e in costs if e.content["personnel"]) / whole)
