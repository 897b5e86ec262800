"""The pictures that a room saw in « Voir », as still drawings for its record.

The sentence and the source beside each are those of that day, kept with the workshop; the drawing
is made from the data of today, and says so when they have changed since.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from olsdata import cartography, catalogue, figures, structures, tables, territory, words
from olsdata.cartography import TINTS
from olsdata.equity import need
from olsdata.exports import document as doc
from olsdata.exports import drawings, pieces
from olsdata.exports.document import Block, Legend
from olsdata.palette import LIGHT
from olsdata.territory import WALLONIE, Zone
from olsdata.workshops.pictures import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAP, WALL, CHART = (600, 320), (560, 350), (480, 270)
"""Width and height at most, pixels, of a territory, of Wallonia, and of a chart."""

GONE = "Image absente : ce qu’elle montrait n’est plus dans les données."


def blocks(picture: Picture, ols: str) -> tuple[Block, ...]:
    """A picture and its legend; a sentence in its place when it can no longer be drawn.

    Parameters
    ----------
    ols : id of the workshop's OLS
    """
    makers = {
        "carte": _map,
        "pyramide": _pyramid,
        "evolution": _evolution,
        "besoin": _need,
        "structures": _structures,
    }
    known = {
        "carte": picture.indicator in catalogue.available(),
        "structures": picture.structure in structures.types(),
    }
    if not known.get(picture.kind, True):
        return (pieces.plain(GONE, "source"),)
    found = makers[picture.kind](picture, territory.find(ols))
    version = tables.load().version
    if picture.seen is not None and picture.seen.version != version:
        later = f"Image redessinée avec les données version {version}, autres que ce jour-là."
        return (*found, pieces.plain(later, "source"))
    return found


def _drawn(picture: Picture, zone: Zone, make: Callable[[], Figure], width: float) -> doc.Picture:
    said = picture.seen.sentence if picture.seen else ""
    alt = words.spaced(f"{picture.title}, {zone.title}. {said}".strip())
    return doc.Picture(lambda format_: drawings.drawn(make(), format_), alt, width)


def _framed(zone: Zone, level: str) -> Zone:
    """The territory that a map frames: all OLS stand together on a map by OLS."""
    return territory.find(WALLONIE) if level == "ols" else zone


def _share(size: tuple[int, int]) -> float:
    """Share of the page that a picture of that size takes."""
    return size[0] / MAP[0]


def _map(picture: Picture, zone: Zone) -> tuple[Block, ...]:
    card, level = catalogue.card(picture.indicator), picture.level
    framed = _framed(zone, level)
    table = figures.twin(card.id, framed, level)
    groups = figures.classes(card.id, level)
    shades = cartography.card_shades(table, card, groups, level, LIGHT)
    texts = cartography.names(table, card.decimals, level, framed.level == WALLONIE)
    size = pieces.size_of(framed, WALL if framed.level == WALLONIE else MAP)

    def make() -> Figure:
        return drawings.zones(table, shades, texts, framed, level, size, chosen=zone.id)

    hatched = bool(cartography.hatching(table, level).any())
    return _drawn(picture, zone, make, _share(size)), pieces.legend(card, level, hatched)


def _need(picture: Picture, zone: Zone) -> tuple[Block, ...]:
    level, weights = picture.level, need.default_weights()
    framed = _framed(zone, level)
    table = cartography.need_table(weights, zone, level).copy()
    table["agregation"] = np.where(table["hachure"], figures.COMMUNAL, "")
    shades = cartography.need_shades(table, LIGHT)
    named = table[~table["hachure"]]
    texts = cartography.names(named, 0, level, framed.level == WALLONIE)
    size = pieces.size_of(framed, WALL if framed.level == WALLONIE else MAP)

    def make() -> Figure:
        return drawings.zones(table, shades, texts, framed, level, size, chosen=zone.id)

    ramp = [(colour, f"{20 * i}–{20 * i + 20}") for i, colour in enumerate(LIGHT.ramp)]
    apart = [("", "bassin découpé dans une ville : valeur de la ville entière")]
    legend = Legend((*ramp, *(apart if table["hachure"].any() else [])))
    return _drawn(picture, zone, make, _share(size)), legend


def _pyramid(picture: Picture, zone: Zone) -> tuple[Block, ...]:
    own = figures.age_pyramid(zone, 2021)
    other = figures.age_pyramid(territory.find(WALLONIE), 2021)
    line = pieces.plain("En % de la population. Trait : Wallonie.", "source")
    return (
        _drawn(picture, zone, lambda: drawings.pyramid(own, other, CHART), _share(CHART)),
        line,
    )


def _evolution(picture: Picture, zone: Zone) -> tuple[Block, ...]:
    series = {z.label: figures.trend(z) for z in (zone, territory.find(WALLONIE))}
    line = pieces.plain("2009 = 100.", "source")
    return _drawn(picture, zone, lambda: drawings.evolution(series, CHART), _share(CHART)), line


def _structures(picture: Picture, zone: Zone) -> tuple[Block, ...]:
    found = structures.zones_by_commune(picture.structure)
    recorded = structures.recorded(picture.structure)
    order = list(dict.fromkeys(found["structure"]))
    tint_of = {id_: TINTS[n % len(TINTS)] for n, id_ in enumerate(order)}
    inside = territory.zoning("communes").inside(zone)
    here = found.loc[[i for i in inside if i in found.index]]
    doubtful = list(here.index[here["deduit"] | here["inconnu"] | here["plusieurs"]])
    seats = [str(c) for c in recorded["siege_refnis"] if c in inside]
    tints = {str(code): tint_of[id_] for code, id_ in here["structure"].items()}
    size = pieces.size_of(zone, MAP)

    def make() -> Figure:
        return drawings.tinted(inside, tints, doubtful, seats, zone, size)

    names = {id_: str(recorded.at[id_, "nom"]) for id_ in dict.fromkeys(here["structure"])}
    apart = len({tint_of[id_] for id_ in names}) == len(names)
    entries = [(tint_of[id_], name) for id_, name in names.items() if apart]
    if doubtful:
        entries.append(("", "zone déduite, part inconnue, ou plusieurs structures"))
    key = "Blanc : aucune structure recensée. Point : commune du siège, quand il est connu."
    legend = (Legend(tuple(entries)),) if entries else ()
    return (
        _drawn(picture, zone, make, _share(size)),
        *legend,
        pieces.plain(key, "source"),
    )
