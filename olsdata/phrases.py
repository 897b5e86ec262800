"""French sentences filled from the data, for the pages and for the documents.

What they return is safe HTML: text, escaped, and ``<b>``.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from html import escape, unescape
from pathlib import Path

import numpy as np
import pandas as pd

from olsdata import cartography, catalogue, contours, figures, structures, territory, words
from olsdata.catalogue import Card
from olsdata.equity import need, resources
from olsdata.equity.gradient import Gradient
from olsdata.equity.need import GROUPS, Weights
from olsdata.equity.proportionality import Proportionality
from olsdata.equity.scope import Scope, named, scope
from olsdata.equity.units import units
from olsdata.figures import ProfileRow
from olsdata.local import remembered
from olsdata.structures import Completeness
from olsdata.territory import WALLONIE, Zone

TEXTS = Path(__file__).parent / "ui" / "textes"
NOUNS = {"ols": "OLS", "bassin": "bassin", "commune": "commune"}


@lru_cache(maxsize=64)
def text(name: str) -> str:
    """A text of ``textes/``, without its final line break."""
    return (TEXTS / f"{name}.md").read_text("utf-8").strip()


def on_limits(name: str) -> str:
    """A text of ``textes/`` that names the limits in force (« {Limites} », « {limites} »)."""
    label = contours.label()
    small = label[0].lower() + label[1:]
    return text(name).replace("{Limites}", label).replace("{limites}", small)


def _name(zone: Zone) -> str:
    """A territory inside a sentence: « en Wallonie », « dans 06 Namur-Dinant »."""
    return "en Wallonie" if zone.id == WALLONIE else f"dans {zone.title}"


def _of(zone: Zone) -> str:
    return "de la Wallonie" if zone.id == WALLONIE else f"de {zone.title}"


@remembered(maxsize=16)
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
        f"{noun} {words.standing(grid.status_in(zone.id), n)}"
        for noun, n in (("bassin", 1), ("bassins", 2))
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


def many(count: int, level: str) -> str:
    """A count of units: « 21 communes », « 10 OLS »."""
    return words.plural(count, NOUNS[level], "OLS" if level == "ols" else f"{NOUNS[level]}s")


def percent(share: float) -> str:
    """A share below one, never rounded to 100 %."""
    return words.quantity(100 * share, "%", 1 if share < 0.9995 else 2)


def coverage(share: float) -> str:
    """Why a value partly rests on a share-out of communes; empty when it does not."""
    if not share < 1:
        return ""
    where = "dans des communes à 90 % au moins dans le territoire"
    return f"{percent(share)} des habitants vivent {where}"


def map_sentence(card: Card, zone: Zone, level: str, reference: Zone) -> str:
    """What the map shows, in one or two sentences."""
    zone = territory.find(WALLONIE) if level == "ols" else zone
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
    if card.aggregation == "somme" or reference.id == zone.id:
        return f"<b>{escape(card.title)}</b> : {spread}."
    against = figures.value(card.id, reference)
    if math.isnan(against):
        return f"<b>{escape(card.title)}</b> : {spread}."
    above = int((values > against).sum())
    here = f"{many(above, level)} sur {len(values)}"
    shown = words.quantity(against, card.unit, card.decimals)
    return (
        f"Dans <b>{here}</b>, la valeur dépasse celle {escape(_of(reference))} ({shown}). "
        f"Elle va {spread}."
    )


def hatched(card: Card, zone: Zone, level: str) -> str:
    """Why some zones of the map are hatched; empty when none is."""
    zone = territory.find(WALLONIE) if level == "ols" else zone
    table = figures.twin(card.id, zone, level)
    return " ".join(filter(None, (_cut(card, table, level), _without_value(card, table, level))))


def _without_value(card: Card, table: pd.DataFrame, level: str) -> str:
    """Zones that the local layer hides, or knows nothing of."""
    if not card.origin:
        return ""
    hidden = table["agregation"] == figures.MASKED
    borne = hidden | ((table["couverture"] < territory.WHOLE) & (card.grain != "secteur"))
    unknown = int((table["valeur"].isna() & ~borne).sum())
    said = []
    if count := int(hidden.sum()):
        shown = many(count, level)
        said.append(f"<b>{shown} {'masquée' if count < 2 else 'masquées'}.</b> {text('masque')}")
    if unknown:
        said.append(f"<b>{many(unknown, level)} sans valeur</b> dans le fichier.")
    return " ".join(said)


def _cut(card: Card, table: pd.DataFrame, level: str) -> str:
    """Zones that cut a commune."""
    if level == "commune":
        return ""
    cut = int((table["couverture"] < territory.WHOLE).sum())
    if not cut or card.grain == "secteur":
        return ""
    many = "bassins coupent" if cut > 1 else "bassin coupe"
    what = "non_disponible" if card.aggregation == "somme" else "commune_entiere"
    return f"<b>{cut} {many} une commune.</b> {text(what)}"


def ages(zone: Zone, reference: Zone | None) -> str:
    """What the pyramid says of the oldest and the youngest; without reference, against 2011."""
    old, young = (figures.value(i, zone) for i in ("pct_65p_2021", "pct_0_2_2021"))
    base = (
        f"<b>{words.quantity(old, '%', 1)}</b> ont 65 ans et plus, "
        f"{words.quantity(young, '%', 1)} moins de 3 ans"
    )
    if reference is None:
        people = figures.age_pyramid(zone, 2011)
        first = [int(a.split("-")[0].rstrip("+")) for a in people.index]
        then = people.loc[[a >= 65 for a in first]].to_numpy().sum() / people.to_numpy().sum()
        return f"{base}. En 2011, {words.quantity(100 * then, '%', 1)} avaient 65 ans et plus."
    other = figures.value("pct_65p_2021", reference)
    return (
        f"{base}. Les 65 ans et plus sont {words.quantity(other, '%', 1)} "
        f"{escape(_name(reference))}."
    )


def evolution(zone: Zone, reference: Zone) -> str:
    """How many inhabitants more or less since 2009, and in the reference."""
    people = figures.trend(zone).dropna()
    gain = float(people.iloc[-1] - people.iloc[0])
    change = figures.value("pop_growth_2009_2026_pct", zone)
    start = (
        f"<b>{words.number(gain, sign=True)} habitants</b> depuis {people.index[0]} : "
        f"{words.quantity(change, '%', 1, sign=True)}"
    )
    if zone.id == reference.id:
        return f"{start}."
    other = figures.value("pop_growth_2009_2026_pct", reference)
    shown = words.quantity(other, "%", 1, sign=True)
    return f"{start}, contre {shown} {escape(_name(reference))}."


def legal_line(zone: Zone) -> str:
    """Which territories stand at or above the 450,000 line, year by year."""
    ols = territory.zoning("ols")
    parts = []
    for year in (2021, 2024, 2026):
        people = figures.population(year, ols)["valeur"]
        ids = list(people.index[people >= figures.LEGAL_LINE])
        parts.append(f"{words.listing(ids)} au 1/1/{year}")
    line = words.number(figures.LEGAL_LINE)
    start = f"À {line} habitants ou plus : {' ; '.join(parts)}."
    if zone.id == WALLONIE:
        return start
    people = figures.trend(zone).dropna()
    side = "au-dessus" if people.iloc[-1] >= figures.LEGAL_LINE else "en dessous"
    count = words.number(float(people.iloc[-1]))
    return (
        f"<b>{escape(zone.title)} : {count} habitants</b> au 1/1/{people.index[-1]}, "
        f"{side} de la ligne. {start}"
    )


def plain(html: str) -> str:
    """A sentence without its tags, for a text alternative."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def profile(rows: dict[str, list[ProfileRow]]) -> str:
    """How many figures the profile holds, and how many are missing."""
    every = [item for lines in rows.values() for item in lines]
    known = sum(item.card.available for item in every)
    return (
        f"<b>{known} indicateurs</b> ont un chiffre communal ; {len(every) - known} n’en ont pas "
        "encore, et chaque bloc dit qui les publie. Ces chiffres ouvrent la discussion."
    )


# --- Need, floor, gradient ------------------------------------------------------------------------

STABLE = 0.9
"""Share of the draws from which a unit is said to stay in its group."""


@remembered(maxsize=64)
def need_groups(weights: Weights, zone: Zone, level: str) -> str:
    """In how many units need is low, middle, high: « Sur 21 communes, besoin faible dans 10… »."""
    found = need.by_zone(weights, units(level))
    if zone.level != WALLONIE and level != "ols":
        found = found.loc[list(scope(zone, level).ids)]
    found = found[found["indice"].notna()]
    if found.empty:
        return "Aucune unité n’a d’indice : un chiffre manque."
    count = found["groupe"].value_counts()
    parts = [
        f"{'besoin ' if not i else ''}{name} dans <b>{int(count.get(name, 0))}</b>"
        for i, name in enumerate(GROUPS)
    ]
    return f"Sur {many(len(found), level)}, {', '.join(parts)}."


@remembered(maxsize=64)
def need_stable(weights: Weights, here: Scope) -> str:
    """How many units keep their group in nine draws out of ten."""
    found = need.by_zone(weights, units(here.level)).loc[list(here.ids)]
    stays = int((found["stabilite"] >= STABLE).sum())
    word = "gardent" if stays > 1 else "garde"
    return (
        f"<b>{many(stays, here.level)} sur {len(found)}</b> {word} leur groupe dans 9 tirages de "
        "poids sur 10 ; les autres portent le signe ≈."
    )


def need_limits(weights: Weights) -> str:
    """The two values of the index that cut the inhabitants in three parts."""
    low, high = need.group_limits(weights)
    if np.isnan(low):
        return ""
    return (
        f"Limites des groupes : {words.number(low, 1)} et {words.number(high, 1)} ; "
        "chaque groupe a un tiers des habitants."
    )


@remembered(maxsize=64)
def need_example(weights: Weights, here: Scope) -> str:
    """The index of one unit, from its percentiles to its group."""
    table = need.by_zone(weights, units(here.level))
    unit = next((i for i in here.ids if not np.isnan(table.at[i, "indice"])), "")
    if not unit:
        return ""
    parts = need.decomposition(weights, units(here.level)).loc[unit]
    terms = " + ".join(
        f"{words.quantity(100 * float(row['poids']), '%', 1)} × {words.number(row['centile'], 1)}"
        for _, row in parts.iterrows()
    )
    names = words.listing([need.weighable()[str(i)].short for i in parts.index])
    row = table.loc[unit]
    return (
        f"<b>Exemple, {escape(named(here.level, unit))}</b> : {terms} = "
        f"<b>{words.number(row['indice'], 1)}</b>, groupe {row['groupe']} (poids × centile, dans "
        f"l’ordre : {escape(names)})."
    )


@remembered(maxsize=16)
def floor_table(zone: Zone) -> pd.DataFrame:
    """The elements of the floor in a territory."""
    return resources.floor(territory.zoning_of(zone.level)).loc[[zone.id]]


@remembered(maxsize=16)
def floor(zone: Zone) -> str:
    """Communes without some element of the floor, what is not known, who is not counted."""
    found = floor_table(zone)
    without = found[found["communes_sans"] > 0]
    everywhere = len(found) - len(without)
    count = words.plural(everywhere, "élément du socle", "éléments du socle")
    verb = "sont recensés" if everywhere > 1 else "est recensé"
    said = [f"<b>{count} sur {len(found)}</b> {verb} dans chaque commune."]
    for complete, start in (
        (True, "Communes sans :"),
        (False, "Aucune structure connue, liste incomplète :"),
    ):
        parts = [
            f"{escape(lower(str(row['titre'])))}, {words.plural(row['communes_sans'], 'commune')} "
            f"sur {row['communes']} ({words.number(float(row['habitants_sans']))} habitants)"
            for _, row in without[without["complet"] == complete].iterrows()
        ]
        if parts:
            said.append(f"<b>{start}</b> {' ; '.join(parts)}.")
    outside = territory.outside()
    if zone.id == WALLONIE and len(outside):
        communes = territory.zoning("communes")
        people = figures.population(structures.YEAR, communes)["valeur"][outside.index].sum()
        said.append(
            f"Les {len(outside)} communes germanophones ({words.number(float(people))} habitants) "
            "sont hors OLS et ne sont pas comptées ici."
        )
    return " ".join(said)


def lower(title: str) -> str:
    """A title inside a sentence.

    >>> lower("Pharmacies")
    'pharmacies'
    """
    return title[0].lower() + title[1:]


@remembered(maxsize=16)
def distances(zone: Zone) -> str:
    """How far pharmacies and emergency departments are."""
    row = resources.distances(territory.zoning_of(zone.level)).loc[zone.id]
    km, share, people = (
        float(row[c]) for c in ("pharmacie_km", "urgences_loin_pct", "urgences_loin")
    )
    pharmacy, emergency = (catalogue.card(i).source for i in resources.DISTANCES)
    return (
        f"La pharmacie la plus proche est à <b>{words.quantity(km, 'km', 1)}</b> en moyenne ; "
        f"<b>{words.number(people)} habitants</b> ({words.quantity(share, '%', 1)}) sont à plus de "
        f"15 km d’un service d’urgences. {escape(pharmacy)} ; {escape(emergency)}."
    )


def gradient(found: Gradient) -> str:
    """« De 51 à 33 kinésithérapeutes pour 10 000 : l’offre baisse quand le besoin monte »."""
    if found.why:
        return escape(found.why)
    kind = found.resource
    low, high = (kind.per * v for v in (found.line.at_least, found.line.at_greatest))
    decimals = decimals_for(max(abs(low), abs(high)))
    start, end = (words.number(max(0.0, v), decimals) for v in (low, high))
    name = escape(lower(kind.title))
    per = words.number(kind.per)
    below = " (la droite passe sous zéro)" if min(low, high) < 0 else ""
    band = found.sii_band
    if np.isfinite(band[0]) and band[0] <= 0 <= band[1]:
        what = "un écart que le hasard seul pourrait expliquer"
    elif start == end:
        what = "l’offre est la même quel que soit le besoin"
    else:
        what = f"l’offre {'monte' if found.sii > 0 else 'baisse'} quand le besoin monte"
    return f"De <b>{start}</b> à <b>{end}</b> {name} pour {per} habitants{below} : {what}."


def decimals_for(value: float) -> int:
    """Decimals of a rate of that size."""
    return 0 if value >= 20 else 1 if value >= 1 else 2


SHARES = (
    "bien moins que sa part",
    "moins que sa part",
    "sa part",
    "plus que sa part",
    "bien plus que sa part",
)
"""Words of the classes of ``cartography.ratio_class``."""


@remembered(maxsize=64)
def ratios(found: Proportionality, ids: tuple[str, ...]) -> str:
    """How many of some units have less than their share of a resource, their share, or more."""
    values = found.zones.loc[list(ids), "rapport"]
    known = values.dropna()
    if known.empty:
        return "Aucune unité n’a de rapport : un chiffre manque."
    classes = np.searchsorted(cartography.RATIO_CUTS, known.to_numpy(float))
    less, more = int((classes < 2).sum()), int((classes > 2).sum())
    none, blank = int((known == 0).sum()), len(values) - len(known)
    return (
        f"{escape(found.resource.title)}, {many(len(values), found.level)} : "
        f"<b>{less} sous leur part</b> du besoin (moins de 0,91)"
        f"{f', dont {none} à 0 (rien de recensé)' if none else ''}, "
        f"{len(known) - less - more} à leur part, <b>{more} au-dessus</b> (plus de 1,1)"
        f"{f' ; {blank} non disponible' if blank else ''}."
    )


# --- Structures ---------------------------------------------------------------------------------


def guard(known: Completeness) -> str:
    """« n recensés, dont m avec leur zone, sur N publiés »."""
    start = (
        f"<b>{words.number(known.recorded)} recensés</b>, dont "
        f"{words.number(known.with_zone)} avec leur zone"
    )
    if known.published is None:
        return f"{start} ; aucun total publié."
    year = f", {known.published_year}" if known.published_year else ", année non précisée"
    return f"{start}, sur {words.number(known.published)} publiés ({escape(known.source)}{year})."


def covered(kind_: str, zone: Zone) -> str:
    """Who is covered in the territory, in words: share or interval, gaps, overlaps."""
    zoning = territory.zoning_of(zone.level)
    row = structures.coverage(kind_, zoning).loc[zone.id]
    plural = structures.type_(kind_).plural
    plural = plural[0].lower() + plural[1:]
    if not row["touchent"]:
        return (
            f"<b>Aucune zone connue.</b> Le registre ne dit pas quelles communes couvrent les "
            f"{escape(plural)} de ce territoire."
        )
    low, high = (100 * float(row[k]) for k in ("part_min", "part_max"))
    shown = words.quantity(high, "%")
    if round(low) != round(high):
        shown = f"entre {words.quantity(low, '%')} et {shown}"
    count = words.plural(int(row["touchent"]), "structure recensée", "structures recensées")
    return f"<b>{count}</b> ; {shown} des habitants vivent dans une zone connue."
