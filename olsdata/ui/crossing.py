"""Lecture croisée on screen: figures, field, both; always the three, with the notes beside."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from olsdata import words
from olsdata.equity import blend, need
from olsdata.equity.field import TITLES, Field, field
from olsdata.equity.field import notes as notes_of
from olsdata.equity.need import Weights
from olsdata.equity.scope import Scope, named
from olsdata.equity.units import units
from olsdata.exports import workbook
from olsdata.local import remembered
from olsdata.notes import places
from olsdata.ui import cards, cells, equity, notes, room, sentences, state, who
from olsdata.ui.state import View

LOOKS = {
    blend.AGREED: ("accord", "=", "concordent"),
    blend.MORE: ("plus", "↑", "davantage"),
    blend.LESS: ("moins", "↓", "moins"),
    blend.DIVIDED: ("partages", "⇅", "partagés"),
    blend.SILENT: ("silence", "…", "silence"),
    blend.NO_FIGURE: ("absent", "?", "absent"),
}
"""State → class of the cell, icon, short word."""

COLUMN = 5.5
"""Least width of a theme, rem: « concordent » is read; with many themes the table scrolls."""


@remembered(maxsize=32)
def _reading(
    said: Field, here: Scope, lam: float, weights: Weights, warm: bool, today: date
) -> pd.DataFrame:
    """The reading of the units shown, with the themes that have a figure or a note there."""
    found = blend.cross_reading(
        said.table,
        here.level,
        lam,
        weights,
        warm,
        today=today,
        titles=TITLES,
        here=_placed(said, here.level, today),
        sums=_counted(said, here.level, warm, today),
        zones=here.ids,
    )
    alive = found["theme"][found["chiffre"].notna() | (found["notes"] > 0)]
    return found[found["theme"].isin(set(alive))]


@remembered(maxsize=16)
def _placed(said: Field, level: str, today: date) -> pd.DataFrame:
    return blend.placed(said.table, units(level), today)


@remembered(maxsize=64)
def _of_cell(said: Field, level: str, today: date, unit: str, theme_: str) -> pd.DataFrame:
    placed = _placed(said, level, today)
    return placed[(placed["zone"] == unit) & (placed["theme"] == theme_)]


@remembered(maxsize=16)
def _counted(said: Field, level: str, warm: bool, today: date) -> pd.DataFrame:
    return blend.counted(_placed(said, level, today), warm)


@remembered(maxsize=32)
def _agenda(
    said: Field, here: Scope, lam: float, weights: Weights, warm: bool, today: date
) -> pd.DataFrame:
    return blend.agenda(_reading(said, here, lam, weights, warm, today))


def order(agenda: pd.DataFrame, here: Scope) -> list[str]:
    """Units in the order of the table: the OLS by number, inside a territory by what to discuss."""
    if here.level == "ols":
        return list(here.ids)
    return list(dict.fromkeys(str(i) for i in agenda.index))


def panel(
    view: View,
    weights: Weights,
    lam: float,
    warm: bool,
) -> None:
    """The matrix, its legend, and the three values of one cell with their notes.

    On a shared screen the notes of the OLS alone are neither read nor counted, unless its lead
    shows them.

    Parameters
    ----------
    lam : λ, what is left to the field
    warm : whether warm notes are counted
    """
    here = equity.scope(view)
    st.subheader("Lecture croisée : de quoi parler", anchor=False)
    shown = room.shown(view, "lecture", {"sort": "note", "place": view.territory})
    said, today = field(who.actor(), shown), date.today()
    left, right = st.columns([2, 1])
    with right:
        cards.sentence(_share(lam, warm))
        found = _reading(said, here, lam, weights, warm, today)
        agenda = _agenda(said, here, lam, weights, warm, today)
        unit, theme_ = _cell_choice(found, agenda, here, view)
        _detail(found, said, here, unit, theme_, lam, warm, today)
    with left:
        cards.sentence(_sentence(found, said, here))
        matrix = _matrix_html(said, here, lam, weights, warm, today, unit, theme_)
        cells.table(matrix, "lecture-cellules", _open)
        _legend()
        cards.source(sentences.text("lecture"))
        cards.source(f"{sentences.text('lecture_convention')} {sentences.text('lecture_lieu')}")
        if out := _left_out(said, here, view.territory):
            cards.source(out)
        values = cards.fold("Toutes les valeurs : chiffres, terrain, mêlé", "fold-valeurs")
        if values.open:
            about = workbook.of_cards(
                weights.ids, "Lecture croisée des chiffres et du terrain", field_too=True
            )
            with values:
                st.html(_values_html(said, here, lam, weights, warm, today))
                cards.download(found, f"lecture-croisee-{here.level}-{view.territory}", about)


def _share(lam: float, warm: bool) -> str:
    """What is left to the field, and where that is set."""
    lived = "les vécus comptent aussi" if warm else "les vécus sont montrés, non comptés"
    where = " Réglages dans le volet, sous les poids." if state.SIDE in st.session_state else ""
    return f"<b>Part laissée au terrain : λ = {words.number(lam, 1)}</b> ; {lived}.{where}"


def _sentence(found: pd.DataFrame, said: Field, here: Scope) -> str:
    talk = found["etat"].isin((blend.DIVIDED, blend.MORE, blend.LESS))
    count = int(found.loc[talk].index.nunique())
    if not len(said.table):
        return (
            "<b>Aucune note de terrain à lire ici pour l’instant</b> : les chiffres sont "
            "seuls à parler. Chaque silence est une question pour l’atelier."
        )
    units = "OLS" if here.level == "ols" else "unités" if count > 1 else "unité"
    among = f"sur {len(here.ids)}"
    if not count:
        none = "Aucune OLS" if here.level == "ols" else "Aucune unité"
        return f"<b>{none} {among}</b> n’a de thème où le terrain dit autre chose que les chiffres."
    verb = "ont" if count > 1 else "a"
    return (
        f"<b>{words.number(count)} {units} {among}</b> {verb} au moins un thème où le terrain dit "
        "autre chose."
    )


@remembered(maxsize=32)
def _matrix_html(
    said: Field,
    here: Scope,
    lam: float,
    weights: Weights,
    warm: bool,
    today: date,
    unit: str,
    theme_: str,
) -> str:
    found = _reading(said, here, lam, weights, warm, today)
    titles = dict(zip(found["theme"], found["titre"], strict=True))
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles.values())
    cells_ = found.to_dict("records")
    rows = {(str(i), row["theme"]): row for i, row in zip(found.index, cells_, strict=True)}
    lines = ""
    for id_ in order(_agenda(said, here, lam, weights, warm, today), here):
        name = named(here.level, id_)
        lines += f'<tr><th scope="row">{escape(name)}</th>'
        for theme, title in titles.items():
            chosen = (id_, theme) == (unit, theme_)
            lines += _cell(rows[id_, theme], f"{id_} {theme}", f"{title}, {name}", chosen)
        lines += "</tr>"
    return words.spaced(
        '<div class="defile haute" tabindex="0" role="region" aria-label="Lecture croisée">'
        f'<table class="donnees matrice lecture" style="min-width:{8 + COLUMN * len(titles)}rem">'
        f"<thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div>"
    )


def _open(cell: str) -> None:
    """Show the values and the notes of the cell that was pressed."""
    st.session_state["unite"], _, st.session_state["theme"] = cell.partition(" ")


def _cell(row: dict[Hashable, Any], id_: str, about: str, chosen: bool) -> str:
    look, icon, word = LOOKS[str(row["etat"])]
    three = (
        f"chiffres {words.number(row['chiffre'])} ; terrain "
        f"{words.number(row['terrain'], 2, sign=True)} ; mêlé {words.number(row['melange'])} ; "
        f"{words.plural(row['notes'], 'note')}"
    )
    if row["etat"] == blend.SILENT and row["warm"]:  # shown always, counted only when asked
        word = f"{word}, {words.plural(row['warm'], 'vécu')}"
    inside = f'<b aria-hidden="true">{icon}</b> <span>{word}</span>'
    return (
        f'<td class="{look}{" ici" if chosen else ""}" '
        f'title="{escape(str(row["etat"]))} : {three}">'
        f"{cells.button(id_, f'{word} : {about}', inside, chosen)}</td>"
    )


def _legend() -> None:
    items = "".join(
        f'<li><i class="{look}" aria-hidden="true">{icon}</i>{state_}</li>'
        for state_, (look, icon, _) in LOOKS.items()
    )
    st.html(f'<ul class="legende noms etats">{items}</ul>')


@remembered(maxsize=32)
def _values_html(
    said: Field, here: Scope, lam: float, weights: Weights, warm: bool, today: date
) -> str:
    found = _reading(said, here, lam, weights, warm, today)
    lines = ""
    for id_ in order(_agenda(said, here, lam, weights, warm, today), here):
        for row in found.loc[[id_]].to_dict("records"):
            lines += (
                f'<tr><th scope="row">{escape(named(here.level, id_))}</th>'
                f"<td>{escape(row['titre'])}</td>"
                f'<td class="nombre">{words.number(row["chiffre"])}</td>'
                f'<td class="nombre">{words.number(row["terrain"], 2, sign=True)}</td>'
                f'<td class="nombre">{words.number(row["melange"])}</td>'
                f'<td class="nombre">{row["soft"]}</td><td class="nombre">{row["warm"]}</td>'
                f"<td>{row['etat']}</td></tr>"
            )
    heads = ("Unité", "Thème", "Chiffres", "Terrain", "Mêlé", "Savoirs", "Vécus", "État")
    head = "".join(
        f'<th scope="col"{" class=nombre" if 2 <= i <= 6 else ""}>{name}</th>'
        for i, name in enumerate(heads)
    )
    return (
        '<div class="defile haute" tabindex="0" role="region" aria-label="Valeurs de la lecture '
        f'croisée"><table class="donnees large"><thead><tr>{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


# --- One cell -----------------------------------------------------------------------------------


def _cell_choice(
    found: pd.DataFrame, agenda: pd.DataFrame, here: Scope, view: View
) -> tuple[str, str]:
    """The cell that is opened: what needs talking about first, unless the reader chose."""
    rows = order(agenda, here)
    start = view.territory if view.territory in rows else str(agenda.index[0])
    titles = dict(zip(found["theme"], found["titre"], strict=True))
    state.choice("unite", rows, start)
    unit = st.selectbox("Unité", rows, format_func=lambda i: named(here.level, i), key="unite")
    state.choice("theme", list(titles), str(agenda.loc[[start], "theme"].iloc[0]))
    theme_ = st.selectbox("Thème", list(titles), format_func=titles.__getitem__, key="theme")
    return str(unit), str(theme_)


def _detail(
    found: pd.DataFrame,
    said: Field,
    here: Scope,
    unit: str,
    theme_: str,
    lam: float,
    warm: bool,
    today: date,
) -> None:
    """Chiffres, terrain, mêlé: the three side by side, then the notes that made them."""
    mine = found.loc[[unit]]
    row = mine[mine["theme"] == theme_].iloc[0]
    look, icon, _ = LOOKS[str(row["etat"])]
    st.html(_three_html(row, lam))
    cards.sentence(
        f'<span class="etat-un {look}"><b aria-hidden="true">{icon}</b> {row["etat"]}</span>'
    )
    mine_notes = _of_cell(said, here.level, today, unit, theme_)
    for kind, title, counted in (
        (blend.SOFT, "Ce que nous savons", True),
        (blend.WARM, "Ce que nous vivons", warm),
    ):
        part = mine_notes[mine_notes["kind"] == kind]
        if part.empty:
            continue
        how = "comptées" if counted else "montrées, non comptées"
        with st.expander(f"{title} : {words.plural(len(part), 'note')}, {how}", expanded=True):
            full = notes_of(said, tuple(map(str, part.index)))
            for id_, about in part.iterrows():
                if str(id_) in full:
                    st.html(notes.card(full[str(id_)]))
                    cards.source(_effect(about, counted))
    if mine_notes.empty:
        cards.sentence("Aucune note ici, sur ce thème.")
    indicator = next((i.id for i in need.indicators().values() if i.theme == theme_), "")
    about = f"{row['titre']}, {named(here.level, unit)}"
    notes.button(indicator, "lecture-croisee", about)


def _effect(about: pd.Series, counted: bool) -> str:
    if np.isnan(float(about["direction"])):
        return "Sans chiffre : ne donne pas de direction."
    weight = words.number(float(about["effet"]), 2, sign=True)
    part = words.quantity(100 * float(about["part"]), "%")
    old = " ; à revoir, compte pour moitié" if about["ancien"] else ""
    return (
        f"{'Pèse' if counted else 'Pèserait'} {weight} ; son lieu a {part} des habitants de la "
        f"zone{old}."
    )


def _three_html(row: pd.Series, lam: float) -> str:
    hard, soft, both = (float(row[c]) for c in ("chiffre", "terrain", "melange"))
    none = "" if np.isfinite(hard) else " rien"
    values = (
        ("Chiffres", "absent" if none else words.number(hard), none),
        ("Terrain", words.number(soft, 2, sign=True), " savoir"),
        ("Mêlé", "sans objet" if none else words.number(both), none),
    )
    cells = "".join(
        f'<div><span class="nom">{name}</span><b class="valeur{look}">{value}</b></div>'
        for name, value, look in values
    )
    reach = lam * blend.REACH
    picture = ""
    if np.isfinite(hard):
        low, high = max(0.0, hard - reach), min(100.0, hard + reach)
        picture = (
            '<div class="regle" aria-hidden="true">'
            f'<i class="portee" style="left:{low:.1f}%;width:{high - low:.1f}%"></i>'
            f'<i class="point" style="left:{hard:.1f}%"></i>'
            f'<i class="losange" style="left:{both:.1f}%"></i></div>'
            '<div class="echelle" aria-hidden="true"><span>0</span><span>100</span></div>'
        )
    moved = (
        f"le terrain déplace de ± {words.number(reach)} au plus"
        if reach and not none
        else "sans chiffre, rien à déplacer : les notes sont lues telles quelles"
        if none
        else "chiffres seuls : le terrain ne déplace rien"
    )
    return words.spaced(f'<div class="trois">{cells}</div><p class="source">{moved}</p>{picture}')


@remembered(maxsize=32)
def _left_out(said: Field, here: Scope, territory_: str) -> str:
    """Notes that count nowhere in this table, and why; "" when there is none."""
    if not len(said.table):
        return ""
    gone = len(blend.lost(said.table, units(here.level)))
    wide = 0
    if here.level != "ols":
        zone_of = said.table["place"].map(blend.places(units(here.level))["zone"])
        mine = said.table["place"].isin(places.inside(territory_))
        wide = int((mine & (zone_of == "")).sum())
    bare = int((blend.contributions(said.table)["theme"] == "").sum())
    parts = []
    if wide:
        where = "sur un lieu plus grand que ces unités, à lire à un autre niveau"
        parts.append(f"{words.plural(wide, 'note')} {where}")
    if gone:
        parts.append(f"{words.plural(gone, 'note')} sur un lieu disparu")
    if bare:
        parts.append(f"{words.plural(bare, 'note')} sans thème ni indicateur de besoin")
    return f"Hors de ce tableau : {' ; '.join(parts)}." if parts else ""
