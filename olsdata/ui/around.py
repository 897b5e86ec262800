"""« Autour de la table »: who is there, who is missing, what each holds, who meets twice."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from uuid import uuid4

import plotly.graph_objects as go
import streamlit as st

from olsdata import trajectory as road
from olsdata import words
from olsdata.trajectory import book, readings
from olsdata.trajectory.book import Entry
from olsdata.ui import acting, cards, charts, tables, theme
from olsdata.ui import trajectory_forms as forms
from olsdata.ui.state import View
from olsdata.ui.theme import Tokens

MANY = 8
"""From more members than this, their table scrolls in its panel."""


def show(view: View) -> None:
    """Members and partners, functions, meeting spaces."""
    members = sorted(forms.mine(view, book.MEMBER), key=lambda e: e.content["nom"].casefold())
    st.html('<div data-repere="F14 F15"></div>')
    with st.container(border=True, key="panneau-membres"):
        st.subheader("Membres et partenaires", anchor=False)
        _members(view, members)
    with st.container(border=True, key="panneau-fonctions"):
        st.subheader("Cinq fonctions transversales, par structure", anchor=False)
        _functions(view)
    with st.container(border=True, key="panneau-espaces"):
        st.subheader("Espaces de réunion", anchor=False)
        _spaces(view, members)


def _members(view: View, members: list[Entry]) -> None:
    absent = readings.missing(members)
    if members:
        by = readings.around(members)
        pairs = tuple((road.SECTORS[s], *map(int, by.loc[s])) for s in by.index)
        left, right = st.columns([5, 6])
        with left:
            alt = "Membres et partenaires par secteur ; le tableau les nomme."
            charts.show(_bars(pairs, theme.tokens()), "secteurs", alt)
        lines = "".join(
            tables.line(
                [
                    e.content["nom"],
                    road.SECTORS[e.content["secteur"]],
                    road.PARTS[e.content["part"]],
                    road.LEVELS[e.content["niveau"]],
                ]
            )
            for e in members
        )
        heads = ["Structure ou groupe", "Secteur", "Part", "Niveau"]
        with right:
            tables.show("Qui est là", heads, lines, (), tall=len(members) > MANY)
        levels = readings.by_level(members)
        cards.sentence(
            "Par niveau : "
            + " ; ".join(
                f"{road.LEVELS[i]}, {words.plural(int(r.membre), 'membre')}, "
                f"{words.plural(int(r.partenaire), 'partenaire')}"
                for i, r in zip(levels.index, levels.itertuples(), strict=True)
            )
            + "."
        )
    if absent:
        cards.sentence(f"<b>Personne encore pour</b> : {escape(' ; '.join(absent))}.")
    key = f"membre-{acting.turn()}"
    with st.expander("Ajouter une structure ou un groupe"):
        name = st.text_input("Structure ou groupe (jamais une personne)", key=f"{key}-nom")
        left, middle, right = st.columns(3)
        sector = left.selectbox(
            "Secteur", list(road.SECTORS), format_func=road.SECTORS.__getitem__, index=None,
            placeholder="Choisir", key=f"{key}-secteur",
        )  # fmt: skip
        share = middle.selectbox(
            "Part", list(road.PARTS), format_func=road.PARTS.__getitem__, key=f"{key}-part"
        )
        level = right.selectbox(
            "Niveau", list(road.LEVELS), format_func=road.LEVELS.__getitem__, key=f"{key}-niveau"
        )
        fields = {"nom": str(name), "secteur": sector, "part": share, "niveau": level}
        sure = forms.sure(fields, f"{key}-ok-sur")
        if st.button("Ajouter", type="primary", key=f"{key}-ok"):
            forms.keep(view, book.MEMBER, uuid4().hex[:12], fields, "Ajouté.", confirmed=sure)
        forms.gone(view, book.MEMBER, members, lambda e: str(e.content["nom"]))


@lru_cache(maxsize=16)
def _bars(pairs: tuple[tuple[str, int, int], ...], colours: Tokens) -> go.Figure:
    """Members and partners by sector, in two tones that differ in both themes."""
    figure = go.Figure()
    other = colours.ramp[2 if colours.name == "clair" else 1]
    for place, (name, colour) in enumerate(
        (("membres", colours.accent_text), ("partenaires", other)), 1
    ):
        figure.add_bar(
            x=[row[place] for row in pairs],
            y=[row[0] for row in pairs],
            orientation="h",
            name=name,
            marker={"color": colour},
            hovertemplate="%{y} : %{x} " + name + "<extra></extra>",
        )
    figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True)
    figure.update_xaxes(fixedrange=True, dtick=1, gridcolor=colours.border)
    charts.dressed(figure, colours, 270, {"t": 8, "b": 60})
    return figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend={"orientation": "h", "y": -0.12, "x": 0, "traceorder": "normal"},
    )


def _functions(view: View) -> None:
    """A radar per structure, as each says of itself."""
    st.html('<div data-repere="F13"></div>')
    found = forms.mine(view, book.FUNCTION)
    cards.source(
        "Déclaratif : ce que chaque structure dit d’elle-même, sans mesure. Au centre, pas du "
        "tout ; au bord, pleinement."
    )
    if found:
        rows = tuple(
            (str(e.content["structure"]), tuple(int(e.content[f]) for f in road.FUNCTIONS))
            for e in found[:6]
        )
        left, right = st.columns([3, 4])
        with left:
            alt = "Fonctions tenues par structure ; le tableau les dit."
            charts.show(_radar(rows, theme.tokens()), "radar", alt)
        lines = "".join(
            tables.line(
                [e.content["structure"], *(road.HELD[e.content[f]] for f in road.FUNCTIONS)]
            )
            for e in found
        )
        heads = ["Structure", *road.FUNCTIONS.values()]
        with right:
            tables.show("Fonctions tenues, déclaratif", heads, lines, ())
    key = f"fonction-{acting.turn()}"
    with st.expander("Dire ce qu’une structure tient"):
        name = st.text_input("Structure", key=f"{key}-nom")
        held = {
            id_: st.select_slider(
                label, list(road.HELD), 0, format_func=road.HELD.__getitem__, key=f"{key}-{id_}"
            )
            for id_, label in road.FUNCTIONS.items()
        }
        fields = {"structure": str(name), **held}
        sure = forms.sure(fields, f"{key}-ok-sur")
        if st.button("Enregistrer", type="primary", key=f"{key}-ok"):
            forms.keep(
                view, book.FUNCTION, uuid4().hex[:12], fields, "Fonctions enregistrées.",
                confirmed=sure,
            )  # fmt: skip
        forms.gone(view, book.FUNCTION, found, lambda e: str(e.content["structure"]))


@lru_cache(maxsize=16)
def _radar(rows: tuple[tuple[str, tuple[int, ...]], ...], colours: Tokens) -> go.Figure:
    names = ["<br>".join(words.wrapped(name, 14)) for name in road.FUNCTIONS.values()]
    figure = go.Figure()
    dashes = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
    inks = (
        colours.accent_text,
        colours.warm,
        colours.soft,
        colours.secondary,
        colours.ramp[2],
        colours.control,
    )
    for (name, held), dash, ink in zip(rows, dashes, inks, strict=False):
        figure.add_scatterpolar(
            r=[*held, held[0]],
            theta=[*names, names[0]],
            name=escape(name),
            line={"dash": dash, "width": 2, "color": ink},
            marker={"color": ink, "size": 7},
        )
    figure.update_polars(
        bgcolor="rgba(0,0,0,0)",
        radialaxis={"range": [0, 4], "dtick": 1, "showticklabels": False,
                    "gridcolor": colours.border},
        angularaxis={"gridcolor": colours.border},
    )  # fmt: skip
    charts.dressed(figure, colours, 370, {"t": 40, "b": 120, "l": 118, "r": 80})
    return figure.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "y": -0.3,
            "yanchor": "top",
            "x": 0,
        },
    )


def _spaces(view: View, members: list[Entry]) -> None:
    spaces = sorted(forms.mine(view, book.SPACE), key=lambda e: e.content["nom"].casefold())
    found = readings.doubles(spaces)
    left, right = st.columns([3, 2]) if len(found) else (st.container(), None)
    if spaces:
        lines = "".join(
            tables.line([e.content["nom"], words.listing(sorted(e.content["membres"])) or "—"])
            for e in spaces
        )
        with left:
            tables.show("Espaces de réunion et leurs membres", ["Espace", "Qui y siège"], lines, ())
    if right is not None:
        pairs = "".join(tables.line([f"{r.a} et {r.b}", r.espaces]) for r in found.itertuples())
        with right:
            heads = ["Se retrouvent plusieurs fois", "Où"]
            tables.show("Ceux qui se retrouvent dans plusieurs espaces", heads, pairs, ())
    key = f"espace-{acting.turn()}"
    names = [str(e.content["nom"]) for e in members]
    with st.expander("Ajouter un espace de réunion"):
        name = st.text_input("Espace", key=f"{key}-nom")
        sat = st.multiselect(
            "Qui y siège", names, key=f"{key}-membres", placeholder="Structures ajoutées plus haut"
        )
        fields = {"nom": str(name), "membres": list(sat)}
        sure = forms.sure(fields, f"{key}-ok-sur")
        if st.button("Ajouter cet espace", type="primary", key=f"{key}-ok"):
            forms.keep(view, book.SPACE, uuid4().hex[:12], fields, "Espace ajouté.", confirmed=sure)
        forms.gone(view, book.SPACE, spaces, lambda e: str(e.content["nom"]))
