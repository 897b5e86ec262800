"""Blocks of text and numbers: headline cards, badges, tables, legends, source lines.

Each is one piece of HTML; whatever comes from data is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from olsdata import cartography, catalogue, figures, standing, territory, words
from olsdata.catalogue import Card
from olsdata.exports import geojson, workbook
from olsdata.exports.tables import to_french_csv
from olsdata.exports.workbook import XLSX, About
from olsdata.figures import Headline, ProfileRow, Spread
from olsdata.notes import actors
from olsdata.territory import Zone
from olsdata.ui import sentences, state, theme, who
from olsdata.ui.state import View


def badge(text: str, why: str, hatched: bool = False) -> str:
    """A badge and, on hover or focus, the reason for it."""
    mark = '<span class="hachure" aria-hidden="true"></span>' if hatched else ""
    return (
        f'<span class="badge" tabindex="0" title="{escape(why)}">{mark}{escape(text)}'
        f'<span class="lecteur"> : {escape(why)}</span></span>'
    )


def badges(view: View) -> None:
    """What is official, approximate or provisional in this view."""
    ols = standing.badge(territory.zoning("ols"))
    found = [badge(ols.text, ols.why, ols.hatched)]
    limits = standing.limits()
    found.append(badge(limits.text, limits.why, limits.hatched))
    if view.level == "bassin":
        bassins = standing.badge(territory.zoning("bassins"), view.zone.ols)
        found.append(badge(bassins.text, bassins.why, bassins.hatched))
    st.html(f'<div class="badges">{"".join(found)}</div>')


def title(view: View, name: str) -> None:
    """Title of a page about a territory, its communes and its badges."""
    with st.container(horizontal=True, vertical_alignment="center", key="titre"):
        st.title(f"{name} · {view.zone.title}", width="content")
        badges(view)
    st.html(f'<p class="sous-titre">{escape(words.spaced(sentences.composition(view.zone)))}</p>')


def source(text: str) -> None:
    """The source line that closes a panel."""
    st.html(f'<p class="source">{escape(words.spaced(text))}</p>')


def sentence(html: str) -> None:
    """The sentence under a picture; ``html`` comes from ``sentences``, which escapes."""
    st.html(f'<p class="phrase">{words.spaced(html)}</p>')


def note_link(view: View, indicator: str, about: str) -> str:
    """« + noter » inside HTML: the form of a note, with the place and the indicator filled in."""
    if not who.may(actors.ADD):
        return ""
    query = urlencode({"noter": indicator} | state.to_query(view))
    return (
        f'<a class="noter" href="notes?{escape(query)}" target="_self" '
        f'aria-label="+ noter : {escape(about)}">+ noter</a>'
    )


def row(headlines: list[Headline], view: View) -> None:
    """The numbers that open a page."""
    cells = []
    for item in headlines:
        number = words.quantity(
            item.value,
            "" if item.unit == "habitants" else item.unit,
            item.decimals,
            sign=item.signed,
        )
        compared = sentences.beside(item, view)
        cells.append(
            f'<div class="carte"><div class="nom">{escape(item.title)}</div>'
            f'<div class="chiffre">{escape(number)}{sentences.coverage_mark(item.coverage)}</div>'
            f'<div class="repere">{escape(compared)}</div>'
            f'<div class="source">{escape(item.source)} '
            f"{note_link(view, item.indicator, item.title)}</div></div>"
        )
    st.html(f'<div class="cartes">{"".join(cells)}</div>')
    if partial := sentences.coverage(headlines[0].coverage):
        source(f"° {partial} ; une commune coupée compte au prorata de ses habitants.")


def scale() -> str:
    """Index or inhabitants, for the evolution: "indice" or "habitants"."""
    names = {"indice": "Indice", "habitants": "Habitants"}
    return state.segments("Échelle de l’évolution", "echelle", names, "indice", bare=True)


def legend(view: View) -> None:
    """Classes of the map, with the values really held by each, and the hatching in words."""
    colours = theme.tokens()
    card = view.card
    groups = figures.classes(card.id, view.level)
    ramp = cartography.ramp_of(colours, len(groups.upper))
    cells = []
    for colour, (low, high) in zip(ramp, groups.held, strict=False):  # no value, no class
        ends = [words.number(v, card.decimals) for v in (low, high)]
        label = ends[0] if ends[0] == ends[1] else "–".join(ends)
        cells.append(f'<li><span style="background:{colour}"></span>{escape(label)}</li>')
    if cells:
        st.html(
            f'<ul class="legende" aria-label="Classes de la carte, en {escape(card.unit)}">'
            f"{''.join(cells)}</ul>"
        )
    hatched = sentences.hatched(view)
    if hatched:
        st.html(f'<p class="source"><span class="hachure" aria-hidden="true"></span> {hatched}</p>')


def twin(view: View) -> None:
    """The map's table: a row per zone, with count, inhabitants and remark; CSV download."""
    card = view.card
    level = view.level
    zone = territory.find("wallonie") if level == "ols" else view.zone
    table = figures.twin(card.id, zone, level)
    counted = bool(table["effectif"].notna().any())
    head = [territory.LEVELS[level], f"{card.marked} ({card.unit}), {card.year}"]
    head += [f"Nombre de personnes, {card.year}"] if counted else []
    head += ["Habitants, 1/1/2024", "Remarque"]
    lines = []
    for zone_id, item in table.iterrows():
        name = f"{zone_id} {item['label']}" if level == "ols" else str(item["label"])
        hidden = item["agregation"] == figures.MASKED
        cells = ["masqué" if hidden else words.number(float(item["valeur"]), card.decimals)]
        cells += [words.number(float(item["effectif"]))] if counted else []
        cells.append(words.number(float(item["population"])))
        remark = sentences.remark(str(zone_id), item, view)
        lines.append(
            f'<tr><th scope="row">{escape(name)}</th>'
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + f"<td>{escape(words.spaced(remark))}</td></tr>"
        )
    heads = "".join(
        f'<th scope="col"{"" if i in (0, len(head) - 1) else " class=nombre"}>{escape(h)}</th>'
        for i, h in enumerate(head)
    )
    name = f"{card.title}, {cartography.LEVEL_WORDS[level]}, {zone.title}"
    st.html(
        f'<div class="defile haute" tabindex="0" role="region" aria-label="{escape(name)}">'
        f'<table class="donnees jumeau"><caption>{escape(name)}. {escape(card.source)}.</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )
    about = workbook.of_cards([card.id], f"{name} ({card.unit})")
    download(table, f"{card.id}-{zone.id}-{level}", about, "Télécharger ce tableau", level)


def fold(title: str, key: str) -> Any:
    """A fold whose content is made once it is opened (``open``), not on each run."""
    return st.expander(title, key=key, on_change="rerun")


def download(
    table: pd.DataFrame, name: str, about: About, label: str = "Télécharger", level: str = ""
) -> None:
    """Buttons that give a table: as CSV, as a workbook that says what it is, as zones.

    Parameters
    ----------
    table : its index becomes the first column
    name : of the files, without their end
    about : title, sources, year, licence and limits, for the sheet « À lire »
    label : what the buttons do
    level : of the zones of the index, for a map of them (GeoJSON); "" when they are no zones
    """
    with st.container(horizontal=True):
        file(f"{label} (CSV)", f"{name}.csv", "text/csv", lambda: to_french_csv(table))
        file(f"{label} (Excel)", f"{name}.xlsx", XLSX, lambda: workbook.of_table(table, about))
        if level:
            file(
                "Carte avec les valeurs (GeoJSON)",
                f"{name}.geojson",
                geojson.MIME,
                lambda: geojson.of_zones(table, level, about),
            )


def exchange(table: pd.DataFrame, name: str, label: str) -> None:
    """A button that gives a file to fill in or to bring back: a CSV, as the import reads it."""
    file(label, f"{name}.csv", "text/csv", lambda: to_french_csv(table))


def file(label: str, name: str, mime: str, make: Callable[[], bytes]) -> None:
    """A button that gives a file, made when it is asked for."""
    st.download_button(
        label,
        data=make,
        file_name=name,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"fichier-{name}",
    )


# --- Profile ----------------------------------------------------------------------------------


def _bar(value: float, spread: Spread) -> str:
    """Lowest to highest commune (line), the territory (dot), the reference (tick)."""
    low, high = min(spread.low, spread.reference), max(spread.high, spread.reference)
    if not high > low or math.isnan(value):
        return ""
    low, high = min(low, value), max(high, value)

    def at(v: float) -> str:
        return f"{100 * (v - low) / (high - low):.1f}%"

    line = f"left:{at(spread.low)};right:calc(100% - {at(spread.high)})"
    known = not math.isnan(spread.reference)
    tick = f'<i class="repere" style="left:{at(spread.reference)}"></i>' if known else ""
    return (
        '<span class="etendue" aria-hidden="true">'
        f'<i class="ligne" style="{line}"></i>'
        f'{tick}<i class="point" style="left:{at(value)}"></i></span>'
    )


def _profile_row(item: ProfileRow, other: str, view: View) -> str:
    """A line of the profile; ``other`` is the name of what it is compared with, or ""."""
    card, spread = item.card, item.spread
    assert spread is not None
    value = words.quantity(item.value, card.unit, card.decimals)
    if item.aggregation == figures.MASKED:
        value = "masqué"
    between = "—"
    if spread.count > 1:
        low, high = (words.number(v, card.decimals) for v in (spread.low, spread.high))
        between = (
            f"{'' if card.aggregation == 'somme' else _bar(item.value, spread)}"
            f'<span class="entre">{escape(low)} ({escape(spread.low_label)}) – '
            f"{escape(high)} ({escape(spread.high_label)})</span>"
        )
    marks = sentences.marks(item)
    unit = card.unit if card.unit == "%" else ""
    reference = words.quantity(spread.reference, unit, card.decimals) if other else ""
    return (
        f'<tr><th scope="row"><span tabindex="0" class="aide" title="{escape(card.help)}">'
        f"{escape(card.marked)}</span></th>"
        f'<td class="nombre"><b>{escape(value)}</b>{marks}</td>'
        f'<td><div class="ecart">{between}</div></td>'
        f'<td class="nombre" data-nom="{escape(other)}">{escape(reference)}</td>'
        f'<td class="source">{escape(card.source)} '
        f"{note_link(view, card.id, card.title)}</td></tr>"
    )


def block(name: str, rows: list[ProfileRow], view: View, reference: Zone) -> None:
    """One block of the profile: its values, then what is missing and who publishes it."""
    zone = view.zone
    shown = [item for item in rows if item.card.available]
    gaps = [item.card for item in rows if not item.card.available]
    st.subheader(name[0].upper() + name[1:], anchor=False)
    if shown:
        other = reference.title if zone.id != reference.id else ""
        lines = "".join(_profile_row(item, other, view) for item in shown)
        st.html(
            f'<div class="defile" tabindex="0" role="region" aria-label="{escape(name)}">'
            '<table class="donnees profil"><thead><tr><th scope="col">Indicateur</th>'
            f'<th scope="col" class="nombre">{escape(zone.title)}</th>'
            '<th scope="col">Entre les communes</th>'
            f'<th scope="col" class="nombre">{escape(other)}</th><th scope="col">Source</th></tr>'
            f"</thead><tbody>{lines}</tbody></table></div>"
        )
    else:
        sentence(f"<b>Aucun chiffre communal</b> n’est disponible pour « {escape(name)} ».")
    if gaps:
        missing(gaps, view)


def missing(gaps: list[Card], view: View) -> None:
    """What is not available, who publishes it, how to get it."""
    items = "".join(
        f"<li><b>{escape(card.title)}</b> : {words.MISSING}. Publié par {escape(card.publisher)}. "
        f"{escape(card.obtain)} {note_link(view, card.id, card.title)}</li>"
        for card in gaps
    )
    count = words.plural(len(gaps), "indicateur manquant", "indicateurs manquants")
    st.html(f'<details class="manque"><summary>{count}</summary><ul>{items}</ul></details>')


def determinants(rows: dict[str, list[ProfileRow]]) -> None:
    """The same figures by group of determinants, gaps included."""
    every = [item for block_rows in rows.values() for item in block_rows]
    panels = []
    for group in catalogue.DETERMINANTS:
        mine = [item for item in every if item.card.determinant == group]
        lines = "".join(
            f"<li>{escape(item.card.marked)} : "
            f"<b>{escape(words.quantity(item.value, item.card.unit, item.card.decimals))}</b></li>"
            for item in mine
            if item.card.available
        )
        gaps = [item.card.title for item in mine if not item.card.available]
        missing_ones = words.spaced(f"Non disponible : {words.listing(gaps)}.") if gaps else ""
        panels.append(
            f'<div class="carte"><h3>{escape(group[0].upper() + group[1:])}</h3>'
            f"{f'<ul>{lines}</ul>' if lines else '<p>Aucun chiffre communal.</p>'}"
            f'<p class="source">{escape(missing_ones)}</p></div>'
        )
    st.html(f'<div class="cartes larges">{"".join(panels)}</div>')
