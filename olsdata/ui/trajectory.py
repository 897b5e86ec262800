"""« Trajectoire » on screen: roadmap, grids, around the table, team, budget of one OLS."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from html import escape
from uuid import uuid4

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from olsdata import reference, territory, words
from olsdata import trajectory as road
from olsdata.trajectory import book, readings
from olsdata.trajectory.book import Entry
from olsdata.ui import (
    acting,
    around,
    cards,
    cells,
    charts,
    grids,
    sentences,
    state,
    tables,
    theme,
    who,
    workshop_mandates,
)
from olsdata.ui import trajectory_forms as forms
from olsdata.ui.state import View
from olsdata.ui.theme import Tokens

PARTS = {
    "route": "Feuille de route",
    "grilles": "Grilles réflexives",
    "table": "Autour de la table",
    "equipe": "Équipe et mandats",
    "budget": "Budget du projet pilote",
}
TEXT_PX = 76
"""Height of a text to write: two lines; it grows by its corner."""


def part() -> str:
    """Which part of the page is shown, kept in the address."""
    return state.segments("Partie", "partie", PARTS, "route", bare=True)


def show(view: View) -> None:
    """The chosen part; on Wallonia, what OLS share."""
    chosen = part()
    with st.container(key="fait"):  # holds its place, so that what follows stays open
        acting.done()
    if view.territory == territory.WALLONIE:
        cards.sentence("Choisissez une OLS : une trajectoire est celle d’un territoire.")
        if chosen == "route":
            _shared()
        return
    cards.sentence(sentences.text(f"trajectoire_{chosen}"))
    _PARTS[chosen](view)
    _files(view)


# --- Feuille de route -----------------------------------------------------------------------------


def _route(view: View) -> None:
    """The steps in a list, one of them open beside it; under both, how it moved."""
    now = {e.key: e for e in forms.mine(view, book.STEP)}
    chosen = state.choice("etape", list(road.steps()), "1")
    left, right = st.columns([4, 3])
    with left:
        lines = "".join(_line(s, now.get(s.id), s.id == chosen) for s in road.steps().values())
        html = tables.html("Où l’équipe se place, étape par étape", ["Étape"], lines, ())
        cells.table(html, "route-etapes", _open)
        document = reference.documents()["rapport"].line
        cards.source(f"Étapes et scénarios : {document}. Les positions sont celles de l’équipe.")
    step = road.steps()[chosen]
    with right, st.container(border=True, key="panneau-position"):
        st.selectbox(
            "Étape ouverte",
            list(road.steps()),
            format_func=lambda i: f"{i}. {road.steps()[i].title}",
            key="etape",
        )
        _position(view, step, now.get(chosen))
    found = readings.moves(book.history(who.actor(), view.territory, book.STEP, step.id))
    with right:
        _drawn(found, step)
    with st.container(border=True, key="panneau-mouvement"):
        _moves(found, step)


def _open(step: str) -> None:
    """Open the step that was pressed."""
    st.session_state["etape"] = step


def _line(step: road.Step, entry: Entry | None, chosen: bool) -> str:
    """A step: where the team stands between both ends, when it said so and why."""
    content = entry.content if entry else {}
    position, day = content.get("position"), words.day(entry.date) if entry else ""
    said = step.alone or step.place(position)
    name = f"{step.id}. {step.title} : {said}" + (f", {day}" if day else "")
    inside = (
        f'<span class="tete"><b>{step.id}. {escape(step.title)}</b>'
        f'<span class="source">{escape(day)}</span></span>{_between(step, position)}'
    )
    if entry:
        inside += f'<span class="source raison">{escape(_reason(entry))}</span>'
    row = ' class="choisi"' if chosen else ""
    return f"<tr{row}><td>{cells.button(step.id, name, inside, chosen)}</td></tr>"


def _between(step: road.Step, position: int | None) -> str:
    """Both ends in words, and the mark between them when a position was given."""
    if step.alone:
        return f'<span class="source">une seule voie : {escape(step.alone)}</span>'
    return (
        f'<span class="entre-deux"><span>{escape(step.one)}</span>{_track(position)}'
        f"<span>{escape(step.two)}</span></span>"
    )


def _track(position: int | None) -> str:
    mark = ""
    if position is not None:
        mark = f'<i class="point" style="left:{10 * position}%"></i>'
    line = '<i class="ligne" style="left:0;right:0"></i>'
    return f'<span class="etendue" aria-hidden="true">{line}{mark}</span>'


def _reason(entry: Entry) -> str:
    return str(entry.content["raison"]) or "sans raison donnée"


def _position(view: View, step: road.Step, entry: Entry | None) -> None:
    content = entry.content if entry else {}
    key = f"etape-{step.id}-{acting.turn()}"
    placed: int | None = None
    if step.alone:
        cards.sentence(f"Le rapport donne une seule voie : {escape(step.alone)}.")
    else:
        low, high = road.ENDS
        value = content.get("position")
        placed = int(
            st.slider(
                "Où nous plaçons-nous entre les deux ?",
                low,
                high,
                5 if value is None else value,
                format="cran %d",
                key=f"{key}-position",
            )
        )
        st.html(f'<div class="bouts"><p>{_end(step, 1)}</p><p>{_end(step, 2)}</p></div>')
    reason = st.text_area(
        "Pourquoi",
        content.get("raison", ""),
        height=TEXT_PX,
        key=f"{key}-raison",
        max_chars=book.TEXT_MOST,
    )
    attempt = st.text_area(
        "Ce que nous allons essayer",
        content.get("essai", ""),
        height=TEXT_PX,
        key=f"{key}-essai",
        max_chars=book.TEXT_MOST,
    )
    left, right = st.columns(2)
    with left:
        day = st.text_input(
            "Date (vide : aujourd’hui)",
            placeholder="JJ/MM/AAAA",
            key=f"{key}-date",
            max_chars=10,
        )
    with right:
        seen = forms.visibility(f"{key}-qui", entry.visibility if entry else "ols")
    fields = {"position": placed, "raison": str(reason), "essai": str(attempt)}
    sure = forms.sure(fields, f"{key}-ok-sur")
    if st.button("Enregistrer la position", type="primary", key=f"{key}-ok"):
        forms.keep(
            view,
            book.STEP,
            step.id,
            fields,
            "Position enregistrée.",
            day=str(day),
            visibility=seen,
            confirmed=sure,
        )


def _end(step: road.Step, number: int) -> str:
    """A scenario and its risks, under its end of the slider."""
    text, risk = (step.one, step.risk_one) if number == 1 else (step.two, step.risk_two)
    risks = f'<span class="source">Risques : {escape(risk)}.</span>' if risk else ""
    return f"<b>{escape(text)}</b>{risks}"


def _drawn(found: pd.DataFrame, step: road.Step) -> None:
    """How the position moved, from two meetings on."""
    placed = found.dropna(subset="position")
    if len(placed) < 2:
        return
    dots = tuple(zip(placed["date"], placed["position"].astype(int), strict=True))
    with st.container(border=True, key="panneau-courbe"):
        st.subheader("Comment la position a bougé", anchor=False)
        charts.show(
            _moves_figure(dots, step.one, step.two, theme.tokens()),
            f"mouvement-{step.id}",
            f"Positions de l’étape {step.id} ; le tableau les dit.",
        )


def _moves(found: pd.DataFrame, step: road.Step) -> None:
    st.subheader(f"Étape {step.id}, rencontre par rencontre", anchor=False)
    if found.empty:
        cards.sentence("Aucune position encore : la première s’écrit ci-dessus.")
        return
    lines = "".join(
        f'<tr><th scope="row">{escape(words.day(r.date))}</th><td>{_place(step, r.position)}</td>'
        f'<td data-nom="Pourquoi">{escape(words.spaced(r.raison or "sans raison donnée"))}</td>'
        f'<td data-nom="À essayer">{escape(words.spaced(r.essai or "—"))}</td></tr>'
        for r in found[::-1].itertuples()
    )
    heads = ["Rencontre", "Position", "Pourquoi", "Ce que nous allons essayer"]
    tables.show("Positions par rencontre", heads, lines, ())


def _place(step: road.Step, position: float) -> str:
    """A position in a table: the mark between both ends, and its words."""
    if pd.isna(position):
        return "—"
    place = int(position)
    return f'{_track(place)}<span class="source">{escape(step.place(place))}</span>'


@lru_cache(maxsize=32)
def _moves_figure(
    dots: tuple[tuple[str, int], ...], one: str, two: str, colours: Tokens
) -> go.Figure:
    figure = go.Figure()
    figure.add_scatter(
        x=[words.day(day) for day, _ in dots],
        y=[place for _, place in dots],
        mode="lines+markers",
        line={"color": colours.accent_text, "width": 2},
        marker={"size": 11},
        hovertemplate="%{x} : cran %{y}<extra></extra>",
    )
    figure.update_yaxes(
        range=[-1.6, 11.6],
        tickvals=list(road.ENDS),
        ticktext=["<br>".join(words.wrapped(text, 18)) for text in (one, two)],
        gridcolor=colours.border,
        fixedrange=True,
        automargin=True,
    )
    figure.update_xaxes(type="category", fixedrange=True, showgrid=False, automargin=True)
    return charts.dressed(figure, colours, 220, {"t": 4, "b": 30})


def _shared() -> None:
    """What OLS share of their roadmap, by step, in official order."""
    found = book.shared(who.actor(), book.STEP)
    if not found:
        cards.sentence("Aucune OLS ne partage encore sa feuille de route.")
        return
    ols = territory.zoning("ols")
    lines = "".join(
        tables.line(
            [
                f"{step.id}. {step.title}",
                ols.zone(id_).title,
                e.content["essai"] or "—",
                _reason(e),
                words.day(e.date),
            ]
        )
        for step in road.steps().values()
        for id_, entries in found.items()
        for e in entries
        if e.key == step.id
    )
    heads = ["Étape", "OLS", "Ce qu’elle essaie", "Pourquoi", "Date"]
    tables.show("Ce que des OLS partagent de leur feuille de route", heads, lines, ())
    cards.source("Partagé par chaque OLS ; aucune position n’est comparée.")


# --- Équipe, budget -------------------------------------------------------------------------------


def _team(view: View) -> None:
    st.html('<div data-repere="F32"></div>')
    lines = "".join(tables.line([a.title, " ; ".join(a.tasks), a.state]) for a in road.team())
    heads = ["Axe", "Tâches, en nos mots", "État"]
    tables.show("Cinq axes de l’équipe opérationnelle", heads, lines, ())
    cards.source(reference.documents()["formation"].line + ".")
    with st.container(key="panneau-mandats"):
        st.subheader("Fiches mandat", anchor=False)
        workshop_mandates.panel(view)


def _budget(view: View) -> None:
    st.html('<div data-repere="F27"></div>')
    most, people = readings.ceiling(view.territory)
    costs = sorted(forms.mine(view, book.COST), key=lambda e: e.content["poste"].casefold())
    cards.sentence(
        f"Plafond de la règle : <b>{words.number(most)}\u202f€</b> pour "
        f"{words.number(people)} habitants au 1/1/2026 (Statbel), sur vingt-quatre mois."
    )
    if costs:
        lines = "".join(
            f'<tr><th scope="row">{escape(e.content["poste"])}</th>'
            f'<td class="nombre">{words.number(e.content["montant"])}</td>'
            f"<td>{'personnel' if e.content['personnel'] else 'autre'}</td></tr>"
            for e in costs
        )
        tables.show("Budget entré par l’équipe", ["Poste", "Montant (€)", "Nature"], lines, (1,))
        total = sum(e.content["montant"] for e in costs)
        share = readings.staff_share(costs)
        gap = most - total
        side = "sous le" if gap >= 0 else "au-dessus du"
        told = (
            f"Total : <b>{words.number(total)}\u202f€</b>, soit "
            f"{words.number(abs(gap))}\u202f€ {side} plafond. "
        )
        if share is not None:
            told += (
                f"Personnel : <b>{words.number(share, 1)}\u202f%</b> ; la règle demande au moins "
                f"{road.STAFF_LEAST}\u202f%."
            )
        cards.sentence(told)
    else:
        cards.sentence("Aucun poste entré.")
    cards.source(
        f"Règle : {reference.documents()['webinaire'].line}. Montants entrés par l’équipe ; "
        "jamais comparés entre OLS."
    )
    key = f"budget-{acting.turn()}"
    with st.expander("Ajouter un poste"):
        name = st.text_input("Poste", key=f"{key}-poste")
        left, right = st.columns(2)
        amount = left.number_input("Montant (€)", 0.0, step=1000.0, key=f"{key}-montant")
        staff = right.checkbox("Personnel", key=f"{key}-personnel")
        fields = {"poste": str(name), "montant": float(amount), "personnel": bool(staff)}
        sure = forms.sure(fields, f"{key}-ok-sur")
        if st.button("Ajouter ce poste", type="primary", key=f"{key}-ok"):
            forms.keep(view, book.COST, uuid4().hex[:12], fields, "Poste ajouté.", confirmed=sure)
        forms.gone(view, book.COST, costs, lambda e: str(e.content["poste"]))


def _files(view: View) -> None:
    """Export and import of the whole trajectory."""
    with st.expander("Exporter ou reprendre la trajectoire"):
        st.download_button(
            "Exporter (JSON)",
            data=lambda: json.dumps(
                book.export(who.actor(), view.territory), ensure_ascii=False, indent=1
            ),
            file_name=f"trajectoire-{view.territory}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key="trajectoire-json",
        )
        given = st.file_uploader(
            "Reprendre un export",
            type="json",
            key="trajectoire-fichier",
            max_upload_size=book.FILE_MOST // 1_000_000,
        )
        if given is not None and st.button("Importer", key="trajectoire-importer"):
            raw = given.getvalue()
            acting.attempt(lambda: book.take(who.actor(), book.read(raw)), "Trajectoire reprise.")


_PARTS: dict[str, Callable[[View], None]] = {
    "route": _route,
    "grilles": grids.show,
    "table": around.show,
    "equipe": _team,
    "budget": _budget,
}
