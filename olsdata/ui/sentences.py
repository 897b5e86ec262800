"""French sentences filled from the data. What they return is safe HTML (``<b>`` and text)."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from html import escape, unescape
from pathlib import Path

import pandas as pd

from olsdata import figures, territory, words
from olsdata.figures import Headline, ProfileRow
from olsdata.territory import WALLONIE, Zone
from olsdata.ui.state import IN_2011, View

TEXTS = Path(__file__).with_name("textes")
NOUNS = {"ols": "OLS", "bassin": "bassin", "commune": "commune"}


@lru_cache(maxsize=64)
def text(name: str) -> str:
    """A text of ``textes/``, without its final line break."""
    return (TEXTS / f"{name}.md").read_text("utf-8").strip()


def _count(number: int, level: str) -> str:
    noun = NOUNS[level]
    return words.plural(number, noun, "OLS" if level == "ols" else f"{noun}s")


def _name(zone: Zone) -> str:
    """A territory inside a sentence: « en Wallonie », « dans 06 Namur-Dinant »."""
    return "en Wallonie" if zone.id == WALLONIE else f"dans {zone.title}"


def _of(zone: Zone) -> str:
    return "de la Wallonie" if zone.id == WALLONIE else f"de {zone.title}"


def composition(zone: Zone) -> str:
    """What a territory is made of, sections that change hands included."""
    communes = territory.zoning("communes").zones
    grid = territory.zoning("bassins")
    bassins = grid.zones
    if zone.id == WALLONIE:
        outside = territory.outside()
        return (
            f"{len(communes)} communes, dont {len(communes) - len(outside)} dans les OLS ; "
            f"{len(outside)} communes germanophones sont hors OLS."
        )
    count = int((communes["ols"] == zone.id).sum())
    start = f"{words.plural(count, 'commune')}"
    inside = int((bassins["ols"] == zone.id).sum())
    said = [
        f"{noun} {words.standing(grid.status, n)}" for noun, n in (("bassin", 1), ("bassins", 2))
    ]
    end = f" ; {words.plural(inside, *said)}."
    moved = territory.moved_sections()
    given = moved[moved["de"] == zone.id]
    taken = moved[moved["vers"] == zone.id]
    if len(given):
        names = _sections(given)
        many = f"dont {words.number(given['refnis'].nunique())} en partie"
        return f"{start}, {many} : {names} relèvent de {given['vers'].iloc[0]}{end}"
    if len(taken):
        return (
            f"{start}, et {words.plural(len(taken), 'section')} de communes voisines : "
            f"{_sections(taken)}{end}"
        )
    return start + end


def _sections(rows: pd.DataFrame) -> str:
    """Sections by commune: « Malonne (Namur), Bioul et Sosoye (Anhée) »."""
    groups = [
        f"{words.listing(sorted(part['nom']))} ({commune})"
        for commune, part in rows.groupby("commune", sort=False)
    ]
    return words.listing(groups[::-1])


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
    card, level = view.card, view.level
    zone = territory.find(WALLONIE) if level == "ols" else view.zone
    table = figures.twin(card.id, zone, level)
    own = table[(table["agregation"] != figures.COMMUNAL) | (level == "commune")]
    values = own["valeur"].dropna()
    if values.empty:
        return "Aucune zone n’a de chiffre propre à cette échelle."
    low, high = values.idxmin(), values.idxmax()

    def end(zone_id: object) -> str:
        value = words.quantity(float(values[zone_id]), card.unit, card.decimals)
        return f"{value} ({escape(str(own.at[zone_id, 'label']))})"

    spread = f"de {end(low)} à {end(high)}" if len(values) > 1 else end(low)
    reference = view.reference_zone
    if card.aggregation == "somme" or reference.id == zone.id:
        return f"<b>{escape(card.title)}</b> : {spread}."
    against = figures.value(card.id, reference)
    above = int((values > against).sum())
    here = f"{_count(above, level)} sur {len(values)}"
    shown = words.quantity(against, card.unit, card.decimals)
    return (
        f"Dans <b>{here}</b>, la valeur dépasse celle {escape(_of(reference))} ({shown}). "
        f"Elle va {spread}."
    )


def hatched(view: View) -> str:
    """Why some zones of the map are hatched; empty when none is."""
    card, level = view.card, view.level
    if level == "commune":
        return ""
    zone = territory.find(WALLONIE) if level == "ols" else view.zone
    table = figures.twin(card.id, zone, level)
    cut = int((table["couverture"] < territory.WHOLE).sum())
    if not cut or card.grain == "secteur":
        return ""
    many = "bassins coupent" if cut > 1 else "bassin coupe"
    what = "non_disponible" if card.aggregation == "somme" else "commune_entiere"
    return f"<b>{cut} {many} une commune.</b> {text(what)}"


def remark(zone_id: str, item: pd.Series, view: View) -> str:
    """The last cell of a row of the map's table."""
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
        whole = _percent(float(item["couverture"]))
        return f"{whole} des habitants dans des communes entières, le reste au prorata"
    return ""


def _percent(share: float) -> str:
    """A share below one, never rounded to 100 %."""
    return words.quantity(100 * share, "%", 1 if share < 0.9995 else 2)


def coverage(share: float) -> str:
    """Why a value partly rests on a share-out of communes; empty when it does not."""
    if not share < 1:
        return ""
    where = "dans des communes à 90 % au moins dans le territoire"
    return f"{_percent(share)} des habitants vivent {where}"


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
    old, young = (figures.value(i, view.zone) for i in ("pct_65p_2021", "pct_0_2_2021"))
    base = (
        f"<b>{words.quantity(old, '%', 1)}</b> ont 65 ans et plus, "
        f"{words.quantity(young, '%', 1)} moins de 3 ans"
    )
    if view.reference == IN_2011:
        people = figures.age_pyramid(view.zone, 2011)
        first = [int(a.split("-")[0].rstrip("+")) for a in people.index]
        then = people.loc[[a >= 65 for a in first]].to_numpy().sum() / people.to_numpy().sum()
        return f"{base}. En 2011, {words.quantity(100 * then, '%', 1)} avaient 65 ans et plus."
    other = figures.value("pct_65p_2021", view.reference_zone)
    return (
        f"{base}. Les 65 ans et plus sont {words.quantity(other, '%', 1)} "
        f"{escape(_name(view.reference_zone))}."
    )


def evolution_sentence(view: View) -> str:
    """How many inhabitants more or less since 2009, and in the reference."""
    people = figures.trend(view.zone).dropna()
    gain = float(people.iloc[-1] - people.iloc[0])
    change = figures.value("pop_growth_2009_2026_pct", view.zone)
    start = (
        f"<b>{words.number(gain, sign=True)} habitants</b> depuis {people.index[0]} : "
        f"{words.quantity(change, '%', 1, sign=True)}"
    )
    if view.zone.id == view.reference_zone.id:
        return f"{start}."
    other = figures.value("pop_growth_2009_2026_pct", view.reference_zone)
    shown = words.quantity(other, "%", 1, sign=True)
    return f"{start}, contre {shown} {escape(_name(view.reference_zone))}."


def line_sentence(view: View) -> str:
    """Which territories stand at or above the 450,000 line, year by year."""
    ols = territory.zoning("ols")
    parts = []
    for year in (2021, 2024, 2026):
        people = figures.population(year, ols)["valeur"]
        ids = list(people.index[people >= figures.LEGAL_LINE])
        parts.append(f"{words.listing(ids)} au 1/1/{year}")
    line = words.number(figures.LEGAL_LINE)
    start = f"À {line} habitants ou plus : {' ; '.join(parts)}."
    if view.zone.id == WALLONIE:
        return start
    people = figures.trend(view.zone).dropna()
    side = "au-dessus" if people.iloc[-1] >= figures.LEGAL_LINE else "en dessous"
    count = words.number(float(people.iloc[-1]))
    return (
        f"<b>{escape(view.zone.title)} : {count} habitants</b> au 1/1/{people.index[-1]}, "
        f"{side} de la ligne. {start}"
    )


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
    return f"{card.title} {level[view.level]}{unit}"


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
    return f"{card.source}.{how} Classes de Jenks sur {basis}. Limites approchées."


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


def plain(html: str) -> str:
    """A sentence without its tags, for a text alternative."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def profile_sentence(rows: dict[str, list[ProfileRow]]) -> str:
    """How many figures the profile holds, and how many are missing."""
    every = [item for lines in rows.values() for item in lines]
    known = sum(item.card.available for item in every)
    return (
        f"<b>{known} indicateurs</b> ont un chiffre communal ; {len(every) - known} n’en ont pas "
        "encore, et chaque bloc dit qui les publie. Ces chiffres ouvrent la discussion."
    )
