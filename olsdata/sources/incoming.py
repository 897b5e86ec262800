"""A figure on its way in: its card, its communal values, where it comes from, how it differs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from olsdata import catalogue, figures, tables, territory, words
from olsdata.sources.fetch import Received
from olsdata.tables import DataError

MERGED = {"82003": "82039", "82005": "82039"}
"""Bastogne and Bertogne, one commune since 2 December 2024: sources still name both."""

CHANGED = 0.20
"""A value that moves by more than this share is shown before it is taken."""

ENOUGH = 0.90
"""Share of the 261 communes under which an answer is partial, and refused."""


@dataclass(frozen=True)
class Incoming:
    """One card with its values, checked, not yet kept.

    Attributes
    ----------
    about : the card, as its TOML is read
    values : index refnis (261), the columns that the card's rule names and the layer brings
    said : what the reader has to know of this file, French sentences
    """

    about: Mapping[str, Any]
    values: pd.DataFrame = field(repr=False)
    said: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Id of the card."""
        return str(self.about["id"])


@dataclass(frozen=True)
class Difference:
    """What a card would change: communes with a new value, one that moves, none any more.

    Attributes
    ----------
    before, after : periods, "" when there was no figure
    new, vanished : REFNIS codes
    changed : index refnis; avant, apres
    same : communes whose value stays, or moves by 20 % at most
    """

    id: str
    title: str
    unit: str
    decimals: int
    before: str
    after: str
    new: tuple[str, ...]
    vanished: tuple[str, ...]
    changed: pd.DataFrame
    same: int
    said: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The difference in one French line."""
        period = self.after if self.after == self.before else f"{self.before or '—'} → {self.after}"
        parts = [
            words.plural(len(self.new), "valeur nouvelle", "valeurs nouvelles"),
            f"{words.number(len(self.changed))} de plus de 20 %",
            words.plural(len(self.vanished), "disparue"),
            f"{words.number(self.same)} sans grand changement",
        ]
        return f"{self.title} ({period}) : {', '.join(parts)}."


def base(card: str) -> dict[str, Any]:
    """The words of a catalogue card, without its figure."""
    raw = tomllib.loads((catalogue.CARDS / f"{card}.toml").read_text("utf-8"))
    return {key: value for key, value in raw.items() if key not in ("obtenir", "agregation")}


def provenance(file: Received) -> dict[str, Any]:
    """Where a card's figure comes from, kept with it."""
    return {"origine": file.origin, "recu": file.moment, "sha256": file.sha256}


def checked_codes(codes: pd.Series, name: str) -> None:
    """Refuse a code that is no Walloon commune.

    Raises
    ------
    DataError
        Names the first five.
    """
    known = {*tables.load().communes.index, *MERGED}
    wrong = sorted(set(codes) - known)
    if wrong:
        more = f" et {len(wrong) - 5} autres" if len(wrong) > 5 else ""
        raise DataError(
            f"{name} : codes qui ne sont pas des communes wallonnes, {', '.join(wrong[:5])}{more}."
        )


def on_today(values: pd.DataFrame, mean: bool) -> pd.DataFrame:
    """Values on the communes of today; merged ones are summed, or averaged by inhabitants.

    Parameters
    ----------
    values : index refnis, floats; may hold the former communes
    mean : whether the columns are rates

    Returns
    -------
    DataFrame, 261 communes; missing where the source has nothing.
    """
    facts = tables.load()
    here = values.reindex(facts.communes.index)
    for new in sorted(set(MERGED.values())):
        old = [code for code, into in MERGED.items() if into == new and code in values.index]
        parts = values.loc[old]
        if here.loc[new].notna().all() or len(old) < 2 or parts.isna().any(axis=None):
            continue
        if mean:
            sectors = facts.secteurs[facts.secteurs["refnis"] == new]
            people = sectors["population_2024"].groupby(sectors.index.str[:5]).sum().loc[old]
            here.loc[new] = (parts.mul(people, axis=0).sum() / people.sum()).astype(float)
        else:
            here.loc[new] = parts.sum()
    return here


def refuse_partial(values: pd.Series, name: str) -> None:
    """Refuse an answer that lacks more than a tenth of the communes.

    Raises
    ------
    DataError
        Says how many there are.
    """
    found = int(values.notna().sum())
    if found < ENOUGH * len(values):
        raise DataError(
            f"{name} : {found} communes sur {len(values)} ont une valeur, la réponse est partielle."
        )


def nearest(stem: str, year: int) -> str:
    """The embedded count of a population nearest to a year.

    >>> nearest("pop_total", 2023), nearest("pop_18_64", 2030)
    ('pop_total_2024', 'pop_18_64_2021')
    """
    columns = [c for c in figures.commune_columns() if c.rpartition("_")[0] == stem]
    years = [c for c in columns if c.rpartition("_")[2].isdigit()]
    if not years:
        raise DataError(f"Pas de population « {stem} » pour pondérer.")
    return str(min(years, key=lambda c: (abs(int(c.rpartition("_")[2]) - year), c)))


def communal(incoming: Incoming) -> pd.Series:
    """Value of each commune by the card's own rule; index refnis."""
    rule = catalogue.parse(dict(incoming.about), incoming.id).rule
    assert rule is not None
    values = incoming.values[rule.column]
    if rule.type == "rapport":
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = values / incoming.values[rule.weight] * rule.factor + rule.offset
        return ratio.replace([np.inf, -np.inf], np.nan)
    return values


def known(card: str) -> tuple[pd.Series, str]:
    """Communal values of a card as the dashboard shows them now, and their period.

    For a year that is not known yet, those of the latest year that is (« pct_65p_2021 »).
    """
    cards = catalogue.available()
    empty = pd.Series(np.nan, index=tables.load().communes.index)
    if card not in cards:
        stem, _, year = card.rpartition("_")
        others = [c for c in cards if c.rpartition("_")[0] == stem and c[len(stem) + 1 :].isdigit()]
        if not year.isdigit() or not others:
            return empty, ""
        card = max(others)
    here = figures.by_zone(card, territory.zoning("communes"))["valeur"]
    return here.reindex(empty.index), cards[card].date


def difference(incoming: Incoming) -> Difference:
    """What would change if this were kept."""
    after = communal(incoming)
    before, period = known(incoming.id)
    both = before.notna() & after.notna()
    moved = both & ((after - before).abs() > CHANGED * before.abs())
    return Difference(
        id=incoming.id,
        title=str(incoming.about["titre"]),
        unit=str(incoming.about["unite"]),
        decimals=int(incoming.about["decimales"]),
        before=period,
        after=str(incoming.about["date"]),
        new=tuple(after.index[before.isna() & after.notna()]),
        vanished=tuple(after.index[before.notna() & after.isna()]),
        changed=pd.DataFrame({"avant": before[moved], "apres": after[moved]}),
        same=int((both & ~moved).sum()),
        said=incoming.said,
    )
