"""Pieces of the documents about a territory: sentences, indicators, maps, gaps."""

from __future__ import annotations

import numpy as np

from olsdata import cartography, catalogue, contours, figures, phrases, territory, words
from olsdata.catalogue import Card
from olsdata.exports import document as doc
from olsdata.exports import drawings
from olsdata.exports.document import Block, Legend, Paragraph, Strong, Style, Text
from olsdata.figures import ProfileRow
from olsdata.palette import LIGHT
from olsdata.territory import WALLONIE, Zone

HATCHED = "non disponible, ou valeur d’une commune entière"


def said(sentence: str, style: Style = "") -> Paragraph:
    """A sentence of the pages (safe HTML) as a paragraph."""
    return Paragraph(doc.from_html(words.spaced(sentence)), style)


def plain(text: str, style: Style = "") -> Paragraph:
    """A plain text as a paragraph, with the spaces that French wants."""
    return Paragraph(words.spaced(text), style)


def text_of(html: str) -> Text:
    """A sentence of the pages (safe HTML) as a text."""
    return doc.from_html(words.spaced(html))


def _marked(item: ProfileRow) -> str:
    mean = "†" if item.aggregation == "moyenne_ponderee" else ""
    return mean + ("°" if item.coverage < 1 else "")


def indicators(name: str, zone: Zone, rows: list[ProfileRow]) -> tuple[Block, ...]:
    """Indicators of a block: value, spread, reference, year, publisher."""
    compared = zone.id != WALLONIE
    lines: list[tuple[Text, ...]] = []
    for item in rows:
        card, spread = item.card, item.spread
        if not card.available or spread is None:
            continue
        between = "—"
        if spread.count > 1:
            low, high = (words.number(v, card.decimals) for v in (spread.low, spread.high))
            between = f"{low} à {high}"
        value = (Strong(words.number(item.value, card.decimals)), _marked(item))
        reference = (words.number(spread.reference, card.decimals),) if compared else ()
        lines.append((titled(card), value, between, *reference, card.year, card.publisher))
    here = f"OLS {zone.id}" if zone.level == "ols" else zone.title
    heads: tuple[str, ...] = ("Indicateur", here, "De … à …")
    heads += (("Wallonie",) if compared else ()) + ("Année", "Éditeur")
    widths: tuple[float, ...] = (3.3, 1.1, 1.7) + ((1.0,) if compared else ()) + (1.2, 2.3)
    return (
        doc.Table(name, heads, tuple(lines), widths, (1, 2, 3) if compared else (1, 2)),
        plain(
            "De … à … : entre communes. † moyenne pondérée des communes. ° une part vient d’une "
            "commune partagée, au prorata.",
            "source",
        ),
    )


def titled(card: Card) -> str:
    """Title of an indicator with its unit, unless the title says it."""
    known = card.unit in card.title or card.unit == card.title.lower()
    return words.spaced(card.title if known else f"{card.title} ({card.unit})")


def legend(card: Card, level: str, hatched: bool) -> Legend:
    """Classes of a map, by the values that each really holds."""
    groups = figures.classes(card.id, level)
    entries = []
    for colour, held in zip(
        cartography.ramp_of(LIGHT, len(groups.upper)), groups.held, strict=True
    ):
        ends = [words.number(v, card.decimals) for v in held]
        entries.append((colour, ends[0] if ends[0] == ends[1] else "–".join(ends)))
    return Legend((*entries, *([("", HATCHED)] if hatched else [])))


def size_of(zone: Zone, size: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a map, no higher than the shape of its territory needs."""
    level, ids = ("ols", cartography.all_ols()) if zone.id == WALLONIE else ("ols", [zone.id])
    west, south, east, north = contours.bounds(level, ids)
    span = np.diff(contours.mercator(np.array([[west, north], [east, south]])), axis=0)[0]
    return size[0], min(size[1], round(size[0] * float(span[1] / span[0])) + 50)


def map_of(indicator: str, zone: Zone, size: tuple[int, int]) -> tuple[Block, ...]:
    """A map by commune with its title, legend, sentence and source."""
    card = catalogue.card(indicator)
    table = figures.twin(card.id, zone, "commune")
    groups = figures.classes(card.id, "commune")
    shades = cartography.card_shades(table, card, groups, "commune", LIGHT)
    texts = cartography.names(table, card.decimals, "commune", zone.level == WALLONIE)
    sentence = phrases.map_sentence(card, zone, "commune", territory.find(WALLONIE))
    return (
        doc.Heading(titled(card), 2),
        doc.Picture(
            lambda format_: drawings.drawn(
                drawings.zones(table, shades, texts, zone, "commune", size_of(zone, size)), format_
            ),
            words.spaced(f"Carte : {card.title}, {zone.title}. {phrases.plain(sentence)}"),
        ),
        legend(card, "commune", bool(table["valeur"].isna().any())),
        said(sentence),
        plain(
            f"{card.source}. Par commune, classes de Jenks sur {groups.basis}. {contours.label()}.",
            "source",
        ),
    )


def gaps(rows: list[ProfileRow], name: str) -> doc.Table:
    """What is not available, who publishes it, how to get it."""
    return doc.Table(
        name,
        ("Indicateur", "Publié par", "Comment l’obtenir"),
        tuple(
            (i.card.title, i.card.publisher, words.spaced(i.card.obtain))
            for i in rows
            if not i.card.available
        ),
        (1.6, 1.8, 4.2),
        dense=True,
    )


def markdown(text: str) -> list[Paragraph]:
    """Paragraphs of a text of the pages, where only « ** » is kept."""
    found = []
    for paragraph in text.split("\n\n"):
        parts = words.spaced(paragraph.replace("`", "")).split("**")
        found.append(
            Paragraph(
                tuple(
                    Strong(part)
                    if i % 2
                    else part.replace("*moyenne pondérée*", "moyenne pondérée")
                    for i, part in enumerate(parts)
                    if part
                ),
                "source",
            )
        )
    return found
