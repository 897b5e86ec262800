"""Pieces of the page « Comparer pour apprendre »; the numbers come from ``olsdata.compare``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st

from olsdata import catalogue, compare, structures, territory, words
from olsdata.compare import COUNT, NEED, Measure
from olsdata.exports import workbook
from olsdata.exports.workbook import About
from olsdata.local import remembered
from olsdata.territory import WALLONIE
from olsdata.ui import acting, cards, sentences, state, tables, theme
from olsdata.ui.state import View

LEVEL_NAMES = {"ols": "OLS", "bassin": "Bassins de vie"}
PARTS = {
    "tableau": "Tableau des écarts",
    "cartes": "Cartes à la même échelle",
    "parmi": "Place parmi tous",
    "ressemblance": "Qui se ressemble",
}
ORDERS = {"geographie": "Ordre géographique", "nom": "Ordre des noms"}
GRADES = {
    -2: "bien plus bas",
    -1: "plus bas",
    0: "proche",
    1: "plus haut",
    2: "bien plus haut",
}
"""Class of a difference, in words; what is far is only far."""


@dataclass(frozen=True)
class Asked:
    """What the reader compares.

    Attributes
    ----------
    zones : ids in the order of the columns
    reference : "wallonie", a zone, or a year
    mine : the OLS chosen in the sidebar, or ""
    """

    level: str
    zones: tuple[str, ...]
    indicators: tuple[str, ...]
    reference: str
    mine: str


def title(zone: str, level: str) -> str:
    """Name of a zone; an OLS has its number, a bassin the number of its OLS."""
    if zone == WALLONIE:
        return "Wallonie"
    found = territory.find(zone)
    return found.title if found.level == "ols" else f"{found.label} ({found.ols})"


# --- What is chosen -----------------------------------------------------------------------------


def choices(view: View) -> Asked:
    """Level, territories, reference, order, measures: all of it in the address."""
    mine = "" if view.territory == WALLONIE else view.territory
    first = "zones" not in st.session_state
    asked = {name: st.query_params.get(name, "") for name in ("zones", "repere", "indicateurs")}
    with st.container(horizontal=True, vertical_alignment="bottom", key="choix-maille"):
        level = _segments("maille", LEVEL_NAMES, "Zones à comparer")
        order = _segments("ordre", ORDERS, "Ordre des colonnes")
    known = list(compare.zoning_of(level).zones.index)
    zones = _zones(level, known, mine)
    left, right = st.columns([1, 2])
    with left:
        reference = _reference(level, zones, mine)
    with right:
        indicators = _measures()
    if first:
        _say_unknown(asked, [*known, *references(level, zones, mine), *compare.measures()])
    if order == "nom":
        labels = compare.zoning_of(level).zones["label"]
        zones = sorted(zones, key=lambda z: str(labels[z]).casefold())
    else:
        zones = [z for z in known if z in zones]
    return Asked(level, tuple(zones), tuple(indicators), reference, mine)


def _say_unknown(asked: dict[str, str], known: list[str]) -> None:
    """What the link asks for and that does not exist is said, not dropped without a word."""
    given = [part for text in asked.values() if text != state.NONE for part in text.split(",")]
    unknown = [part for part in given if part and part not in known]
    if unknown:
        shown = words.listing([f"« {part[:40]} »" for part in unknown], most=5)
        st.warning(
            acting.literal(f"Inconnu dans le lien, et laissé de côté : {shown}."),
            icon=":material/link_off:",
        )


def _segments(name: str, names: dict[str, str], label: str) -> str:
    return state.segments(label, name, names, next(iter(names)))


def _zones(level: str, known: list[str], mine: str) -> list[str]:
    home = compare.zoning_of(level).zones["ols"]
    start = known if level == "ols" else [z for z in known if home[z] == (mine or home.iloc[0])]
    state.several("zones", known, start[: compare.MOST], compare.MOST)
    return list(
        st.multiselect(
            "Territoires, de deux à dix",
            known,
            format_func=lambda z: title(z, level),
            key="zones",
            max_selections=compare.MOST,
            placeholder="Ajouter un territoire",
        )
    )


def references(level: str, zones: list[str], mine: str) -> dict[str, str]:
    """Ids and names of what territories can be set against."""
    found = {WALLONIE: "La Wallonie"}
    if mine:
        found[mine] = f"Mon OLS : {title(mine, 'ols')}"
    for id_ in territory.zoning_of("ols").zones.index:
        found.setdefault(id_, title(id_, "ols"))
    if level == "bassin":
        found |= {z: title(z, level) for z in zones}
    return found | {str(y): f"{y}, même territoire" for y in compare.YEARS}


def _reference(level: str, zones: list[str], mine: str) -> str:
    names = references(level, zones, mine)
    state.choice("repere", list(names), WALLONIE)
    return str(st.selectbox("Repère", list(names), format_func=names.__getitem__, key="repere"))


def _measures() -> list[str]:
    known = compare.measures()
    chosen = state.several("indicateurs", list(known), list(compare.START), len(known))
    with st.expander(f"Indicateurs : {len(chosen)} choisis sur {len(known)}"):
        st.multiselect(
            "Indicateurs",
            list(known),
            format_func=lambda i: (
                f"{known[i].title}{f' ({known[i].year})' if known[i].year else ''}"
            ),
            key="indicateurs",
            placeholder="Ajouter un indicateur",
        )
        with st.container(horizontal=True):
            st.button("Ceux du départ", on_click=_take, args=(list(compare.START),))
            every = [m.id for m in known.values() if m.sort != COUNT]
            st.button("Tous, sauf les nombres", on_click=_take, args=(every,))
    order = {id_: n for n, id_ in enumerate(known)}
    return sorted(chosen, key=order.__getitem__)


def _dated(what: Measure) -> str:
    return f"{what.title} ({what.year})" if what.year else what.title


def _take(ids: list[str]) -> None:
    st.session_state["indicateurs"] = ids


def part() -> str:
    """Which picture of the comparison is shown."""
    return _segments("vue", PARTS, "Ce qui est montré")


# --- Context ------------------------------------------------------------------------------------


def context(asked: Asked) -> None:
    """Size, density, ages, history, structures known: what a difference is read with."""
    st.subheader("D’abord le contexte", anchor=False)
    st.html(_context_html(asked))
    cards.source(sentences.text("comparer_contexte"))
    with cards.fold("Histoire des structures", "fold-histoire") as fold:
        if fold.open:
            st.html(_history_html(asked))
            cards.source(sentences.text("comparer_histoire"))


@remembered(maxsize=64)
def _context_html(asked: Asked) -> str:
    table = compare.context(asked.level)
    lines = ""
    for zone in asked.zones:
        row = table.loc[zone]
        here = ' class="choisi"' if zone == asked.mine else ""
        cells = (
            words.number(float(row["habitants"])),
            words.number(float(row["densite"])),
            words.quantity(float(row["evolution"]), "%", 1, sign=True),
            words.number(float(row["age_moyen"]), 1),
            words.quantity(float(row["part_65p"]), "%", 1),
            f"{words.number(int(row['structures']))} ({int(row['types'])} types sur 11)",
        )
        lines += (
            f'<tr{here}><th scope="row">{escape(title(zone, asked.level))}'
            f"{_cut_mark(float(row['couverture']))}</th>"
            + "".join(f'<td class="nombre">{cell}</td>' for cell in cells)
            + "</tr>"
        )
    heads = (
        LEVEL_NAMES[asked.level] if asked.level == "ols" else "Bassin (son OLS)",
        "Habitants, 2026",
        "Par km², 2026",
        "Évolution depuis 2009",
        "Âge moyen, 2026",
        "65 ans et plus, 2021",
        "Structures recensées",
    )
    return words.spaced(
        tables.html("Contexte de chaque territoire", list(heads), lines, (1, 2, 3, 4, 5, 6))
    )


def _history_html(asked: Asked) -> str:
    """Since when each type of structure exists, and where it is recorded among what is compared."""
    here = compare.recorded(asked.level).loc[list(asked.zones)]
    lines = ""
    for kind, about in structures.types().items():
        found = list(here.index[here[kind] > 0])
        where = words.listing([title(z, asked.level) for z in found], most=10)
        told = f"Recensé ici : {where}." if found else "Aucun recensé ici."
        if len(found) == len(here):
            told = "Recensé partout ici."
        lines += (
            f"<li><b>{escape(about.plural)}</b> : "
            f"{escape(about.text('origine') or 'origine non documentée.')} "
            f'<span class="source">{escape(told)}</span></li>'
        )
    return words.spaced(f"<ul>{lines}</ul>")


def _cut_mark(coverage: float) -> str:
    return "*" if coverage < territory.WHOLE else ""


# --- Differences --------------------------------------------------------------------------------


def heat(view: View, asked: Asked) -> None:
    """Measures × territories: value, difference from the reference, band."""
    st.subheader(f"Écarts : {_against(asked)}", anchor=False)
    if not asked.indicators:
        cards.sentence("Choisissez au moins un indicateur.")
        return
    if len(asked.zones) == 1:
        cards.sentence(sentences.text("comparer_seul"))
    cards.sentence(_differ(asked))
    _legend(asked)
    st.html(_heat_html(asked, urlencode(state.to_query(view))))
    missing = _gaps()
    if missing:
        cards.source(missing)
    cards.source(sentences.on_limits("comparer_signes"))
    with st.expander("Comment lire les couleurs, les écarts et les marges"):
        st.markdown(sentences.text("comparer_methode"))
    found = _table(asked)
    cards.download(found, f"comparer-{asked.level}-{asked.reference}", _about(asked))


def _about(asked: Asked) -> About:
    """What the table says of itself: its cards, and the measures that have none."""
    made = workbook.of_cards(
        [i for i in asked.indicators if i in catalogue.available()], f"Écarts : {_against(asked)}"
    )
    sources = dict.fromkeys(compare.measure(i).source for i in asked.indicators)
    return replace(made, source=" ; ".join(sources))


def _table(asked: Asked) -> pd.DataFrame:
    return compare.table(asked.zones, asked.indicators, asked.level, asked.reference)


def _against(asked: Asked) -> str:
    if asked.reference.isdigit() and int(asked.reference) in compare.YEARS:
        return f"chaque territoire et lui-même en {asked.reference}"
    name = title(asked.reference, asked.level)
    return f"chaque territoire et {'la Wallonie' if asked.reference == WALLONIE else name}"


@remembered(maxsize=64)
def _differ(asked: Asked) -> str:
    """On what these territories differ most, and how many differences are small."""
    found = _table(asked)
    known = found[found["classe"].notna()]
    if known.empty:
        return "Aucun écart ne se calcule avec ce repère."
    small = int((known["classe"] == 0).sum())
    start = (
        f"<b>{words.number(small)} écarts sur {words.number(len(known))}</b> sont petits ou dans "
        "la marge."
    )
    if len(asked.zones) < compare.LEAST:
        return start
    wide = known["ecart_type"].groupby("indicateur").agg(np.ptp).sort_values(ascending=False)
    names = [f"« {escape(compare.measure(str(i)).title)} »" for i in wide.index[:2]]
    return f"{start} Ces territoires diffèrent le plus par {words.listing(names)}."


def _legend(asked: Asked) -> None:
    ends = (
        "1,5 et plus",
        "0,5 à 1,5",
        "moins de 0,5, ou dans la marge",
        "0,5 à 1,5",
        "1,5 et plus",
    )
    cells = "".join(
        f'<li><span style="background:{colour}"></span>{word} ({limits})</li>'
        for colour, word, limits in zip(theme.DIVERGING, GRADES.values(), ends, strict=True)
    )
    every = "les OLS" if asked.level == "ols" else "les bassins"
    st.html(
        f'<ul class="legende noms bordee" aria-label="Couleurs des écarts">{words.spaced(cells)}'
        f'</ul><p class="source">Couleur : écart au repère, en écarts-types entre {every}. Plus '
        "haut n’est ni mieux ni moins bien.</p>"
    )


@remembered(maxsize=128)
def _heat_html(asked: Asked, query: str) -> str:
    found = _table(asked)
    cells = {
        (str(id_), str(zone)): row
        for (id_, zone), row in zip(found.index, found.to_dict("records"), strict=True)
    }
    heads = "".join(
        f'<th scope="col"{" class=ici" if z == asked.mine else ""}>'
        f"{escape(title(z, asked.level))}</th>"
        for z in asked.zones
    )
    lines, block = "", ""
    for id_ in asked.indicators:
        what = compare.measure(id_)
        if what.block != block:
            block = what.block
            name = escape(block[0].upper() + block[1:])
            lines += (
                f'<tr class="groupe"><th scope="colgroup" colspan="{len(asked.zones) + 1}">'
                f"{name}</th></tr>"
            )
        row = "".join(_cell(cells[id_, z], what, z == asked.reference) for z in asked.zones)
        lines += f'<tr><th scope="row">{_row_head(what, query)}</th>{row}</tr>'
    return words.spaced(
        '<div class="defile haute" tabindex="0" role="region" aria-label="Tableau des écarts">'
        f'<table class="donnees ecarts"><caption>Valeur, puis écart au repère ; '
        f"{escape(_against(asked))}</caption>"
        f'<thead><tr><th scope="col">Indicateur</th>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _row_head(what: Measure, query: str) -> str:
    year = f", {what.year}" if what.year else ""
    unit = f"{what.unit}{' ; groupe dessous' if what.id == NEED else ''}{year}"
    note = ""
    if what.id in catalogue.cards():
        link = f"notes?{urlencode({'noter': what.id})}&{query}"
        note = (
            f' <a class="noter" href="{escape(link)}" target="_self" '
            f'aria-label="+ noter : {escape(what.title)}">+ noter</a>'
        )
    return (
        f'<span class="aide" tabindex="0" title="{escape(what.help)}">{escape(what.title)}</span>'
        f'<span class="source">{escape(unit)}. {escape(what.source)}{note}</span>'
    )


def _cell(row: dict[Any, Any], what: Measure, is_reference: bool) -> str:
    if np.isnan(row["valeur"]):
        return f'<td class="hachuree">{_nothing(row)}</td>'
    borrowed = "*" if row["remarque"] == compare.BORROWED else ""
    value = f"<b>{words.number(row['valeur'], what.decimals)}{borrowed}</b>"
    grade = "" if np.isnan(row["classe"]) else f' class="d{int(row["classe"]) + 2}"'
    gap = _gap(row, what, is_reference)
    band = ""
    if not np.isnan(row["bas"]):
        ends = [words.number(row[end], what.decimals) for end in ("bas", "haut")]
        band = f"<i>{ends[0]} à {ends[1]}</i>"
    group = f"<i>{escape(row['groupe'])}</i>" if row["groupe"] else ""
    return f"<td{grade}>{value}{gap}{band}{group}</td>"


def _nothing(row: dict[Any, Any]) -> str:
    if row["remarque"] == compare.LOWER_BOUND:
        return f"≥ {words.plural(row['recenses'], 'recensée')}"
    return "aucune recensée" if row["remarque"] == compare.UNKNOWN else words.MISSING


def _gap(row: dict[Any, Any], what: Measure, is_reference: bool) -> str:
    if is_reference:
        return "<span>repère</span>"
    if np.isnan(row["ecart"]):
        return ""
    near = "≈ " if row["marge"] else ""
    shown = words.number(row["ecart"], what.decimals, sign=True)
    word = "" if np.isnan(row["classe"]) else GRADES[int(row["classe"])]
    return f'<span>{near}{shown}<span class="lecteur"> {word}</span></span>'


@remembered(maxsize=1)
def _gaps() -> str:
    """Cards without any figure, which no comparison can show."""
    gaps = [c.title for c in catalogue.cards().values() if not c.available]
    return (
        f"Non disponible par commune, donc absent d’ici : {words.listing(gaps, most=6)}. "
        "Voir « Données et méthode »."
    )


# --- Where one or two territories stand -----------------------------------------------------------


def among(asked: Asked) -> None:
    """One or two territories against the spread of all the zones of the level."""
    st.subheader("Place parmi tous, sans rang", anchor=False)
    start = [asked.mine] if asked.mine in asked.zones else [asked.zones[0]]
    state.several("parmi", list(asked.zones), start, 2)
    st.multiselect(
        "Un ou deux territoires",
        list(asked.zones),
        format_func=lambda z: title(z, asked.level),
        key="parmi",
        max_selections=2,
    )
    shown = tuple(st.session_state["parmi"])
    rates = tuple(i for i in asked.indicators if compare.measure(i).sort != COUNT)
    if not shown or not rates:
        cards.sentence(
            "Choisissez un territoire, et au moins un indicateur qui n’est pas un nombre."
        )
        return
    st.html(_among_html(asked.level, shown, rates))
    cards.source(sentences.text("comparer_parmi"))


@remembered(maxsize=64)
def _among_html(level: str, shown: tuple[str, ...], rates: tuple[str, ...]) -> str:
    marks = ("point", "losange")
    legend = "".join(
        f'<li><i class="{mark}"></i>{escape(title(z, level))}</li>'
        for z, mark in zip(shown, marks, strict=False)
    )
    lines = ""
    for id_ in rates:
        what, around = compare.measure(id_), compare.spread(id_, level)
        found = compare.values(id_, compare.zoning_of(level))["valeur"]
        own = [float(found[z]) for z in shown]
        cells = "".join(
            f'<td class="nombre"><b>{words.number(v, what.decimals)}</b></td>' for v in own
        )
        lines += (
            f'<tr><th scope="row">{escape(what.title)} <span class="source">{escape(what.unit)}'
            f"{f', {what.year}' if what.year else ''}</span></th>{cells}"
            f"{_among_cells(own, around, what)}</tr>"
        )
    heads = ["Indicateur", *(title(z, level) for z in shown), "Entre tous", "En chiffres"]
    table = tables.html(
        "Place parmi tous", heads, lines, tuple(range(1, len(shown) + 1)), tall=True
    )
    return words.spaced(f'<ul class="legende noms parmi">{legend}</ul>{table}')


def _among_cells(own: list[float], around: pd.Series, what: Measure) -> str:
    if not around["max"] > around["min"]:
        return f'<td class="hachuree" colspan="2">{words.MISSING} pour comparer</td>'

    def at(value: float) -> str:
        share = (value - around["min"]) / (around["max"] - around["min"])
        return f"{100 * min(max(share, 0.0), 1.0):.1f}%"

    dots = "".join(
        f'<i class="{mark}" style="left:{at(v)}"></i>'
        for v, mark in zip(own, ("point", "losange"), strict=False)
        if not np.isnan(v)
    )
    bar = (
        '<span class="etendue parmi" aria-hidden="true">'
        '<i class="ligne" style="left:0;right:0"></i><i class="moitie" '
        f'style="left:{at(around["q1"])};'
        f'right:calc(100% - {at(around["q3"])})"></i>'
        f'<i class="repere" style="left:{at(around["median"])}"></i>{dots}</span>'
    )
    low, q1, q3, high = (
        words.number(float(around[k]), what.decimals) for k in ("min", "q1", "q3", "max")
    )
    return f'<td>{bar}</td><td class="source">de {low} à {high} ;<br>la moitié de {q1} à {q3}</td>'


# --- Who resembles whom ---------------------------------------------------------------------------


def alike(asked: Asked) -> None:
    """The nearest profiles of context, and why: who could learn from whom."""
    st.subheader("Territoires qui se ressemblent", anchor=False)
    cards.sentence(sentences.text("comparer_ressemblance"))
    rates = [i for i, m in compare.measures().items() if m.sort not in (COUNT, compare.SUPPORT)]
    left, right = st.columns([1, 2])
    known = list(compare.zoning_of(asked.level).zones.index)
    start = asked.mine if asked.mine in asked.zones else asked.zones[0]
    with left:
        state.choice("pour", known, start)
        zone = str(
            st.selectbox(
                "Territoire de départ",
                known,
                format_func=lambda z: title(z, asked.level),
                key="pour",
            )
        )
    with right:
        state.several("contexte", rates, list(compare.CONTEXT), len(rates))
        st.multiselect(
            "Contexte comparé",
            rates,
            format_func=lambda i: compare.measure(i).title,
            key="contexte",
        )
    chosen = tuple(st.session_state["contexte"])
    if not chosen:
        cards.sentence("Choisissez au moins un indicateur de contexte.")
        return
    found = compare.alike(zone, asked.level, chosen)
    st.html(_alike_html(found, zone, asked.level))
    cards.source(sentences.text("comparer_distance"))


def _alike_html(found: tuple[compare.Alike, ...], zone: str, level: str) -> str:
    if not found:
        return '<p class="phrase">Trop de chiffres manquent ici pour chercher une ressemblance.</p>'
    panels = ""
    for other in found:
        known = other.zone in compare.zoning_of(level).zones.index
        name = title(other.zone, level) if known else other.label
        link = ""
        if known:
            query = urlencode({"maille": level, "zones": f"{zone},{other.zone}"})
            link = f'<p><a href="comparer?{escape(query)}" target="_self">Comparer ces deux</a></p>'
        apart = words.number(other.distance, 1)
        panels += (
            f'<div class="carte"><h3>{escape(name)}</h3>{_reasons(other)}'
            f'<p class="source">Distance : {apart} écart-type, sur {len(other.reasons)} des '
            f"{words.plural(other.asked, 'indicateur')} de contexte.</p>{link}</div>"
        )
    return words.spaced(f'<div class="cartes larges">{panels}</div>')


def _reasons(other: compare.Alike) -> str:
    """What is the same, close, different, in words."""
    groups: dict[str, list[str]] = {"Presque pareil": [], "Proche": [], "Différent": []}
    for reason in other.reasons:
        size = abs(reason.gap)
        name = "Presque pareil" if size < 0.25 else "Proche" if size < 1 else "Différent"
        what = reason.measure
        both = " et ".join(
            words.quantity(v, what.unit if what.unit == "%" else "", what.decimals)
            for v in (reason.mine, reason.theirs)
        )
        groups[name].append(f"{escape(what.title)} ({both})")
    items = "".join(
        f"<li><b>{name}</b> : {' ; '.join(said)}</li>" for name, said in groups.items() if said
    )
    return f"<ul>{items}</ul>"
