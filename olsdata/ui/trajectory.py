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
from olsdata.ui import acting, around, cards, charts, grids, sentences, state, tables, theme, who
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
_HOLDER = "_qui-repond"


def part() -> str:
    """Which part of the page is shown, kept in the address."""
    return state.segments("Partie", "partie", PARTS, "route", bare=True)


def show(view: View) -> None:
    """The chosen part; on Wallonia, what OLS share."""
    chosen = part()
    with st.container():  # holds its place, so that what follows stays open
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
    now = {e.key: e for e in forms.mine(view, book.STEP)}
    lines = ""
    for step in road.steps().values():
        entry = now.get(step.id)
        content = entry.content if entry else {}
        lines += (
            f'<tr><th scope="row">{step.id}. {escape(step.title)}</th>'
            f"<td>{_between(step, content.get('position'))}</td>"
            f"<td>{escape(_reason(entry))}</td><td>{escape(content.get('essai', ''))}</td>"
            f"<td>{escape(words.day(entry.date) if entry else '—')}</td></tr>"
        )
    heads = ["Étape", "Entre deux scénarios", "Pourquoi", "Ce que nous allons essayer", "Date"]
    tables.show("Où l’équipe se place, étape par étape", heads, lines, ())
    document = reference.documents()["rapport"].line
    cards.source(f"Étapes et scénarios : {document}. Les positions sont celles de l’équipe.")
    state.choice("etape", list(road.steps()), "1")
    chosen = str(
        st.selectbox(
            "Étape",
            list(road.steps()),
            format_func=lambda i: f"{i}. {road.steps()[i].title}",
            key="etape",
        )
    )
    left, right = st.columns(2)
    with left, st.container(border=True, key="panneau-position"):
        _position(view, road.steps()[chosen], now.get(chosen))
    with right, st.container(border=True, key="panneau-mouvement"):
        _moves(view, road.steps()[chosen])


def _between(step: road.Step, position: int | None) -> str:
    """Both ends in words, and the mark between them when a position was given."""
    if step.alone:
        return f'<span class="source">une seule voie : {escape(step.alone)}</span>'
    mark = ""
    if position is not None:
        mark = f'<i class="point" style="left:{10 * position}%"></i>'
    said = "pas encore placé" if position is None else f"position {position} sur 10"
    return (
        f'<span class="entre-deux"><span>{escape(step.one)}</span>'
        f'<span class="etendue"><i class="ligne" style="left:0;right:0"></i>{mark}</span>'
        f'<span>{escape(step.two)}</span><span class="lecteur"> : {said}</span></span>'
    )


def _reason(entry: Entry | None) -> str:
    if entry is None:
        return "—"
    return str(entry.content["raison"]) or "sans raison donnée"


def _position(view: View, step: road.Step, entry: Entry | None) -> None:
    st.subheader(f"{step.id}. {step.title}", anchor=False)
    content = entry.content if entry else {}
    key = f"etape-{step.id}-{acting.turn()}"
    placed: int | None = None
    if step.alone:
        cards.sentence(f"Le rapport donne une seule voie : {escape(step.alone)}.")
    else:
        cards.sentence(f"<b>0</b> : {escape(step.one)}<br><b>10</b> : {escape(step.two)}")
        for n, risk in ((1, step.risk_one), (2, step.risk_two)):
            if risk:
                cards.source(f"Risques du scénario {n} : {risk}.")
        low, high = road.ENDS
        value = content.get("position")
        placed = int(
            st.slider(
                "Où nous plaçons-nous entre les deux ?",
                low,
                high,
                5 if value is None else value,
                key=f"{key}-position",
            )
        )
    reason = st.text_area(
        "Pourquoi", content.get("raison", ""), key=f"{key}-raison", max_chars=book.TEXT_MOST
    )
    attempt = st.text_area(
        "Ce que nous allons essayer",
        content.get("essai", ""),
        key=f"{key}-essai",
        max_chars=book.TEXT_MOST,
    )
    day = st.text_input(
        "Date de la rencontre (JJ/MM/AAAA, vide : aujourd’hui)", key=f"{key}-date", max_chars=10
    )
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


def _moves(view: View, step: road.Step) -> None:
    st.subheader("Comment la position a bougé", anchor=False)
    entries = book.history(who.actor(), view.territory, book.STEP, step.id)
    found = readings.moves(entries)
    placed = found.dropna(subset="position")
    if len(placed) > 1:
        dots = tuple(zip(placed["date"], placed["position"].astype(int), strict=True))
        charts.show(
            _moves_figure(dots, step.one, step.two, theme.tokens()),
            f"mouvement-{step.id}",
            f"Positions de l’étape {step.id} ; la liste les dit.",
        )
    if found.empty:
        cards.sentence("Aucune position encore.")
        return
    lines = "".join(
        tables.line(
            [
                words.day(r.date),
                "—" if pd.isna(r.position) else f"{int(r.position)} sur 10",
                r.raison or "sans raison donnée",
            ]
        )
        for r in found.itertuples()
    )
    tables.show("Positions par rencontre", ["Rencontre", "Position", "Pourquoi"], lines, ())


@lru_cache(maxsize=32)
def _moves_figure(
    dots: tuple[tuple[str, int], ...], one: str, two: str, colours: Tokens
) -> go.Figure:
    figure = go.Figure()
    figure.add_scatter(
        x=[day for day, _ in dots],
        y=[place for _, place in dots],
        mode="lines+markers",
        line={"color": colours.accent_text, "width": 2},
        marker={"size": 11},
        hovertemplate="%{x|%d/%m/%Y} : %{y} sur 10<extra></extra>",
    )
    figure.update_yaxes(
        range=[-0.6, 10.6],
        tickvals=list(road.ENDS),
        ticktext=["<br>".join(words.wrapped(text, 18)) for text in (one, two)],
        gridcolor=colours.border,
        fixedrange=True,
        automargin=True,
    )
    figure.update_xaxes(
        tickvals=[day for day, _ in dots],
        tickformat="%d/%m/%Y",
        fixedrange=True,
        showgrid=False,
    )
    return charts.dressed(figure, colours, 240, {"t": 8, "b": 36})


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
    address = f"atelier?territoire={escape(view.territory)}&amp;partie-atelier=mandats"
    cards.sentence(f'<a href="{address}" target="_self">Écrire une fiche mandat</a>, en équipe.')
    cards.source(reference.documents()["formation"].line + ".")


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
            f"<td>{words.number(e.content['montant'])}</td>"
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
