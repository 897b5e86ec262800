"""French sentences filled from the data. What they return is safe HTML (``<b>`` and text)."""

from __future__ import annotations

import math
from html import escape

import pandas as pd

from olsdata import contours, figures, phrases, territory, words
from olsdata.figures import Headline, ProfileRow
from olsdata.phrases import NOUNS, composition, coverage, on_limits, plain, text
from olsdata.territory import WALLONIE
from olsdata.ui.state import IN_2011, View

__all__ = ["NOUNS", "composition", "coverage", "on_limits", "plain", "profile_sentence", "text"]

profile_sentence = phrases.profile


def beside(item: Headline, view: View) -> str:
    """What stands under a headline number: the count, and the reference."""
    if item.unit == "habitants":
        if view.zone.id == WALLONIE:
            ols = figures.population(2026, territory.zoning("ols"))["valeur"].sum()
            return f"dont {words.number(float(ols))} dans les OLS"
        ols = figures.population(2026, territory.zoning("ols"))["valeur"].sum()
        return f"{words.quantity(100 * item.value / ols, '%', 1)} des OLS"
    parts = []
    if not math.isnan(item.count):
        parts.append(words.number(item.count))
    if view.zone.id != view.reference_zone.id:
        reference = words.quantity(item.reference, item.unit, item.decimals, sign=item.signed)
        name = view.reference_zone.title if view.reference != IN_2011 else "Wallonie"
        parts.append(f"{name} {reference}")
    return " · ".join(parts)


def map_sentence(view: View) -> str:
    """What the map shows, in one or two sentences."""
    return phrases.map_sentence(view.card, view.zone, view.level, view.reference_zone)


def hatched(view: View) -> str:
    """Why some zones of the map are hatched; empty when none is."""
    return phrases.hatched(view.card, view.zone, view.level)


def remark(zone_id: str, item: pd.Series, view: View) -> str:
    """The last cell of a row of the map's table."""
    if item["agregation"] == figures.MASKED:
        return text("masque_ici")
    if view.level == "commune":
        if zone_id in territory.outside().index:
            return "germanophone, hors OLS"
        part = float(item["part"])
        if part < 1 and view.zone.id != WALLONIE:
            inside = words.quantity(100 * part, "%", 1)
            return f"commune entière ; {inside} de ses habitants vivent dans ce territoire"
        return ""
    if view.card.grain == "secteur":
        return ""
    if float(item["couverture"]) < territory.WHOLE:
        names = territory.zoning("communes").zones["label"]
        split = territory.split_communes(view.zoning.zone(zone_id))
        cut = words.listing(list(names.loc[split.index]))
        alone = int((view.zoning.people.loc[zone_id] > 0).sum()) == 1
        where = f"partie de {cut}" if alone else f"coupe {cut}"
        if view.card.aggregation == "somme":
            return f"{where} : non disponible à cette échelle"
        return f"{where} : valeur {'de la commune entière' if alone else 'des communes entières'}"
    if float(item["couverture"]) < 1:
        whole = phrases.percent(float(item["couverture"]))
        return f"{whole} des habitants dans des communes entières, le reste au prorata"
    return ""


def coverage_mark(share: float) -> str:
    """The sign of a value that partly rests on a share-out of communes, with its reason."""
    return _sign("°", coverage(share)) if share < 1 else ""


def _sign(sign: str, why: str) -> str:
    return f'<sup title="{escape(why)}">{sign}</sup>'


def marks(item: ProfileRow) -> str:
    """Signs after a value of the profile: weighted mean, partial coverage."""
    mean = _sign("†", "moyenne pondérée") if item.aggregation == "moyenne_ponderee" else ""
    return mean + coverage_mark(item.coverage)


def pyramid_sentence(view: View) -> str:
    """What the pyramid says of the oldest and the youngest."""
    before = view.reference == IN_2011
    return phrases.ages(view.zone, None if before else view.reference_zone)


def evolution_sentence(view: View) -> str:
    """How many inhabitants more or less since 2009, and in the reference."""
    return phrases.evolution(view.zone, view.reference_zone)


def line_sentence(view: View) -> str:
    """Which territories stand at or above the 450,000 line, year by year."""
    return phrases.legal_line(view.zone)


def home_title() -> str:
    """Title of the home page."""
    count = words.spelled(len(territory.zoning("ols").zones))
    return f"{count.capitalize()} territoires pour la première ligne de soins"


def welcome() -> str:
    """The line under the home page's title."""
    ols = territory.zoning("ols")
    people = float(figures.population(2026, ols)["valeur"].sum())
    return (
        f"<b>{words.number(people)} habitants</b> au 1<sup>er</sup> janvier 2026, dans "
        f"{words.spelled(len(ols.zones))} organisations "
        "locorégionales de santé (OLS). Par où commencer\u202f?"
    )


def map_title(view: View) -> str:
    """Title of the map and of its table."""
    level = {"ols": "par OLS", "bassin": "par bassin de vie", "commune": "par commune"}
    card = view.card
    unit = "" if card.unit == "habitants" else f", en {card.unit}"
    return f"{card.marked} {level[view.level]}{unit}"


def map_source(view: View) -> str:
    """Source line of the map: publisher, date, classes, how zones were made."""
    card = view.card
    basis = figures.classes(card.id, view.level).basis
    made = {
        "moyenne_ponderee": " Moyenne pondérée des communes.",
        "rapport": "",
        "somme": "",
    }
    how = made[card.aggregation] if view.level != "commune" else ""
    return f"{card.source}.{how} Classes de Jenks sur {basis}. {contours.label()}."


def pyramids(view: View) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Ages of the territory in 2021, those beside them, and the latter's name."""
    own = figures.age_pyramid(view.zone, 2021)
    if view.reference == IN_2011:
        return own, figures.age_pyramid(view.zone, 2011), f"{view.zone.title} en 2011"
    reference = view.reference_zone
    return own, figures.age_pyramid(reference, 2021), f"{reference.title} en 2021"


def trends(view: View) -> dict[str, pd.Series]:
    """Population of the territory and of its reference, by name."""
    series = {view.zone.label: figures.trend(view.zone)}
    if view.reference_zone.id != view.zone.id:
        series[view.reference_zone.label] = figures.trend(view.reference_zone)
    return series
