"""« Repères » and « Glossaire » on screen: themes, their blocks, and what a territory says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from urllib.parse import urlencode

import streamlit as st

from olsdata import catalogue, figures, reference, territory, words
from olsdata.notes import lists
from olsdata.reference import Block, flows, glossary, marks
from olsdata.ui import (
    acting,
    cards,
    charts,
    menu,
    reference_charts,
    sentences,
    state,
    tables,
    who,
)
from olsdata.ui.state import View


def theme_choice() -> str:
    """Which theme is read, kept in the address."""
    names = {id_: theme.title for id_, theme in reference.themes().items()}
    return state.segments("Thème", "theme", names, reference.ORDER[0], bare=True)


def show(theme_id: str, view: View) -> None:
    """A theme: its question, then its blocks, the first ones open."""
    theme = reference.themes()[theme_id]
    cards.sentence(f"<b>{escape(theme.question)}</b>")
    for place, block in enumerate(theme.blocks):
        if place < theme.unfolded:
            with st.container(border=True, key=f"fiche-{block.id}"):
                st.subheader(block.title, anchor=False)
                _block(block, view)
        else:
            with st.expander(block.title, key=f"fiche-{block.id}"):
                _block(block, view)


def _block(block: Block, view: View) -> None:
    covers = escape(" ".join(block.covers))
    cards.sentence(f'<span data-repere="{covers}">{escape(block.text)}</span>')
    draw = DRAWINGS.get(block.drawing)
    if draw is not None:
        draw(block, view)
    if block.columns and draw is not _levels:  # whose picture is made of the same words
        lines = "".join(tables.line(row) for row in block.rows)
        tables.show(block.title, list(block.columns), lines, ())
    if block.limits:
        cards.sentence(escape(block.limits))
    if block.pages and draw is not _levels:
        with st.container(horizontal=True, key=f"liens-{block.id}"):
            for page, label in block.pages.items():
                st.page_link(menu.path(page), label=label, icon=":material/arrow_forward:")
    said = " · ".join(document.line for document in block.documents)
    about = "" if block.state == "écrit" else f"{reference.STATES[block.state].capitalize()}. "
    cards.source(f"{about}{said}.")


# --- Pictures -----------------------------------------------------------------------------------


def _levels(block: Block, view: View) -> None:
    """Three boxes one in another, from the Region to the bassin; each leads to its page."""
    query = escape(urlencode(state.to_query(view)))
    inner = ""
    for row, (page, link) in zip(block.rows, block.pages.items(), strict=True):
        level, place, verb, role, size = map(escape, row)
        inner = (
            f'<div class="niveau"><div class="deux"><div><p><b>{level}</b> · {place}</p>'
            f'<p class="verbe">{verb}</p></div><div><p>{role}</p><p class="source">{size}</p>'
            f'<p><a href="{page}?{query}" target="_self">{escape(link)} →</a></p></div></div>'
            f"{inner}</div>"
        )
    st.html(f'<div class="niveaux">{words.spaced(inner)}</div>')


def _axes(block: Block, view: View) -> None:
    """The horizontal axis as a floor, the vertical one on it, the five functions across."""
    functions = "".join(f"<li>{escape(row[1])}</li>" for row in block.rows[2:])
    st.html(
        '<div class="axes" aria-hidden="true"><div class="vertical">Axe vertical</div>'
        f"<ol>{functions}</ol>"
        '<div class="horizontal">Axe horizontal : le socle</div></div>'
    )


def _stages(block: Block, view: View) -> None:
    """The seven stages of a life, in order."""
    steps = "".join(f"<li>{escape(name)}</li>" for name in lists.LIFE_STAGES.values())
    st.html(f'<ol class="etapes">{steps}</ol>')


def _attention(block: Block, view: View) -> None:
    """The ten points, each with the flows that it concerns."""
    named = {r.id: _flow_words(r.de, r.vers) for r in reference.facts("flux").itertuples()}
    lines = ""
    for row in flows.attention().itertuples():
        concerned = list(dict.fromkeys(named[id_] for id_ in row.flux.split()))
        lines += tables.line([f"{row.numero}. {row.titre}", row.texte, " ; ".join(concerned)])
    tables.show(block.title, ["Point", "En nos mots", "Flux concernés"], lines, ())


def _articles(block: Block, view: View) -> None:
    """The decree, searchable by word and by actor."""
    known = sorted(reference.facts("decret_articles")["acteur"].unique(), key=str.casefold)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        word = st.text_input("Mot cherché", key="article-mot", max_chars=80)
        actor = st.selectbox(
            "Acteur", ["", *known], format_func=lambda a: a or "Tous", key="article-acteur"
        )
    found = reference.articles(str(word), str(actor))
    st.html(f'<p class="source" role="status">{words.plural(len(found), "article")}.</p>')
    if len(found):
        lines = "".join(
            tables.line([f"Art. {r.article}", r.code, r.acteur, r.resume])
            for r in found.itertuples()
        )
        heads = ["Décret", "CWASS", "Acteur", "Résumé"]
        tables.show(block.title, heads, lines, (), tall=True)


def _budget(block: Block, view: View) -> None:
    """The line of 450,000 inhabitants on the real populations of three years."""
    ols = territory.zoning("ols")
    people = {year: figures.population(year, ols)["valeur"] for year in (2021, 2024, 2026)}
    charts.envelope_line(
        people[2026].rename(lambda i: ols.zone(i).title),
        figures.LEGAL_LINE,
        view.zone.title,
        sentences.plain(sentences.line_sentence(view)),
    )
    lines = "".join(
        tables.line(
            [
                ols.zone(i).title,
                *(words.number(float(p[i])) for p in people.values()),
                "700 000 €" if people[2026][i] >= figures.LEGAL_LINE else "450 000 €",
            ],
            (1, 2, 3, 4),
        )
        for i in ols.zones.index
    )
    heads = ["OLS", *(f"1/1/{year}" for year in people), "Plafond, population de 2026"]
    tables.show("Plafond du projet pilote selon la population", heads, lines, (1, 2, 3, 4))
    cards.source("Population : Statbel.")


def _experts(block: Block, view: View) -> None:
    """Who was named by how many of the seven, by theme."""
    lines = "".join(
        f'<tr><th scope="row">{escape(r.structure)}</th><td>{escape(r.theme)}</td>'
        f'<td><span class="points" aria-hidden="true">{"●" * int(r.experts)}'
        f"{'○' * (7 - int(r.experts))}</span> {escape(r.experts)} sur 7</td></tr>"
        for r in reference.facts("experts").itertuples()
    )
    tables.show(block.title, ["Structure", "Thème", "Experts"], lines, ())


def _scale(block: Block, view: View) -> None:
    """Sizes elsewhere beside ours, then the same as a table."""
    reference_charts.scale("Tailles de territoires ailleurs ; le tableau les dit toutes.")
    lines = ""
    for row in reference.facts("comparateurs").itertuples():
        ends = [words.number(float(v)) for v in dict.fromkeys((row.bas, row.haut)) if v]
        size = " à ".join(ends) if row.haut or not ends else f"à partir de {ends[0]}"
        lines += tables.line(
            [
                f"{row.nom}, {row.pays}",
                size or words.MISSING,
                row.annee or "non précisée",
                row.remarque,
                reference.documents()[row.document].title,
            ]
        )
    heads = ["Territoire", "Habitants", "Année", "Remarque", "Document"]
    tables.show(block.title, heads, lines, ())
    cards.source("Nos OLS : Statbel, 1/1/2026 ; nos bassins : Statbel, secteurs, 1/1/2024.")


def _determinants(block: Block, view: View) -> None:
    """Per group of determinants, what has a figure and what has none."""
    panels = ""

    def link(card: catalogue.Card) -> str:
        query = urlencode(state.to_query(replace(view, indicator=card.id)))
        return f'<a href="population?{escape(query)}" target="_self">{escape(card.title)}</a>'

    for group in catalogue.DETERMINANTS:
        mine = [card for card in catalogue.cards().values() if card.determinant == group]
        there = [link(card) for card in mine if card.available]
        gaps = [card.title for card in mine if not card.available]
        panels += (
            f'<div class="carte"><h3>{escape(group[0].upper() + group[1:])}</h3>'
            + (f"<p>{words.listing(there)}.</p>" if there else "")
            + ("" if there else "<p><b>Aucun chiffre communal.</b></p>")
            + (f'<p class="source">Manque : {escape(words.listing(gaps))}.</p>' if gaps else "")
            + "</div>"
        )
    st.html(f'<div class="cartes larges">{words.spaced(panels)}</div>')


def _contradictions(block: Block, view: View) -> None:
    """Both versions of each contradiction, with their document and its date."""
    known = reference.documents()

    def said(version: str, document: str) -> str:
        return (
            f"<td>{escape(words.spaced(version))} "
            f'<span class="source">{escape(known[document].short)}</span></td>'
        )

    lines = "".join(
        f'<tr><th scope="row">{r.id} · {escape(r.sujet)}</th>'
        f"{said(r.version_a, r.document_a)}{said(r.version_b, r.document_b)}</tr>"
        for r in reference.facts("contradictions").itertuples()
    )
    heads = ["Sujet", "Version A", "Version B"]
    tables.show(block.title, heads, lines, (), tall=True)


# --- Flows --------------------------------------------------------------------------------------


def _flow_words(source: str, target: str) -> str:
    names = flows.nodes()["nom"]
    return f"{names[source]} → {names[target]}"


def _flows(block: Block, view: View) -> None:
    """One diagram: the network, its pivots, the table, and what the territory says."""
    diagram = state.segments("Diagramme", "diagramme", flows.DIAGRAMS, "redevabilite")
    degrees = flows.degrees(diagram)
    pivots = [
        f"{r.nom} ({words.plural(r.total, 'flux', 'flux')} : {r.sortants} sortants, "
        f"{r.entrants} entrants)"
        for r in degrees.head(2).itertuples()
    ]
    alone = sorted(degrees.loc[degrees["total"] == 0, "nom"])
    told = f"Pivots : {words.listing(pivots)}."
    reference_charts.network(diagram, f"{flows.DIAGRAMS[diagram]}. {told} Le tableau dit tout.")
    cards.sentence(
        f"<b>{escape(told)}</b> Sans flux dans ce diagramme : {escape(words.listing(alone))}. "
        "Les nombres près des flèches renvoient aux dix points d’attention, plus bas."
    )
    actor = who.actor()
    mine = {m.key: m for m in marks.said(actor, view.territory) if m.diagram == diagram}
    said = bool(mine)
    lines = ""
    found = flows.flows(diagram)
    for r in found.itertuples():
        here = mine.pop((diagram, r.de, r.vers, r.flux), None)
        article = f", art. {r.article}" if r.article else ""
        points = r.points.split()
        noted = f"point{'s' if len(points) > 1 else ''} {words.listing(points)}" if points else ""
        document = reference.documents()[r.document].short
        lines += tables.line(
            [_flow_words(r.de, r.vers), r.flux, r.etat, noted, _here(here), document + article]
        )
    for m in mine.values():
        lines += tables.line(
            [_flow_words(m.source, m.target), m.flow, "ajouté ici", "", _here(m), "le terrain"]
        )
    heads = ["Flux", "Ce qui passe", "État", "Attention", view.zone.title, "Document"]
    with st.expander(f"Les {len(found)} flux, un par un", expanded=said):
        tables.show(f"Flux : {flows.DIAGRAMS[diagram]}", heads, lines, (), tall=True)
    if view.territory == territory.WALLONIE:
        cards.sentence("Choisissez une OLS pour dire quels flux y existent.")
    else:
        with st.expander("Dire quels flux existent sur mon territoire"):
            _say(diagram, view)


def _here(mark: marks.Mark | None) -> str:
    if mark is None:
        return "—"
    since = f" depuis {mark.since}" if mark.since else ""
    return f"{marks.HERE[mark.here]}{since}" + (f" · {mark.remark}" if mark.remark else "")


def _say(diagram: str, view: View) -> None:
    """Say of a flow, given or new, whether it exists here; take a file; give one."""
    with st.container():  # holds its place, so that what follows stays open
        acting.done()
    key = f"flux-{diagram}-{acting.turn()}"
    found = flows.flows(diagram)
    given = {f"{r.id}": (r.de, r.vers, r.flux) for r in found.itertuples()}
    labels = {i: f"{_flow_words(a, b)} : {text}" for i, (a, b, text) in given.items()}
    chosen = st.selectbox(
        "Flux",
        [*given, ""],
        format_func=lambda i: labels.get(i, "un autre flux, que nous ajoutons"),
        key=f"{key}-flux",
    )
    names = flows.nodes()["nom"].to_dict()
    if chosen:
        source, target, text = given[str(chosen)]
    else:
        left, right = st.columns(2)
        source = left.selectbox("De", list(names), format_func=names.__getitem__, key=f"{key}-de")
        target = right.selectbox(
            "Vers", list(names), format_func=names.__getitem__, index=1, key=f"{key}-vers"
        )
        text = st.text_input("Ce qui passe", key=f"{key}-texte", max_chars=marks.FLOW_MOST)
    left, right = st.columns(2)
    here = left.radio(
        "Ici", list(marks.HERE), format_func=marks.HERE.__getitem__, horizontal=True, key=f"{key}-i"
    )
    since = right.text_input("Depuis (année, mois ou jour)", key=f"{key}-depuis", max_chars=10)
    remark = st.text_input("Remarque (facultatif)", key=f"{key}-mot", max_chars=marks.REMARK_MOST)
    if st.button("Enregistrer", type="primary", key=f"{key}-ok"):
        mark = marks.Mark(
            diagram, str(source), str(target), str(text), str(here), str(since), str(remark)
        )
        acting.attempt(lambda: marks.keep(who.actor(), view.territory, [mark]), "Flux enregistré.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            "Télécharger (CSV)",
            data=lambda: marks.export(who.actor(), view.territory),
            file_name=f"flux-{view.territory}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"{key}-csv",
        )
        given_file = st.file_uploader(
            "Reprendre un fichier (CSV)",
            type="csv",
            key=f"{key}-file",
            max_upload_size=marks.FILE_MOST // 1_000_000,
        )
    if given_file is not None and st.button("Importer ce fichier", key=f"{key}-import"):
        raw = given_file.getvalue()
        acting.attempt(
            lambda: marks.keep(who.actor(), view.territory, marks.read(raw)),
            "Fichier importé.",
        )


DRAWINGS: dict[str, Callable[[Block, View], None]] = {
    "niveaux": _levels,
    "axes": _axes,
    "flux": _flows,
    "attention": _attention,
    "articles": _articles,
    "budget": _budget,
    "experts": _experts,
    "comparateurs": _scale,
    "determinants": _determinants,
    "etapes": _stages,
    "contradictions": _contradictions,
}


# --- Glossary -----------------------------------------------------------------------------------


def glossary_page() -> None:
    """Every term, searchable; the search is in the address."""
    asked = st.query_params.get("mot", "")
    if "mot" not in st.session_state:
        st.session_state["mot"] = asked[:80]
    word = str(st.text_input("Chercher un terme ou un sigle", key="mot", max_chars=80))
    if word:
        st.query_params["mot"] = word
    else:
        st.query_params.pop("mot", None)
    found = glossary.search(word)
    st.html(f'<p class="source" role="status">{words.plural(len(found), "terme")}.</p>')
    if not found:
        cards.sentence("Aucun terme ne correspond. Essayez un mot plus court.")
        return
    lines = "".join(
        tables.line(
            [
                e.term + (f" (aussi {', '.join(e.aliases)})" if e.aliases else ""),
                e.name,
                e.meaning,
                e.source,
            ]
        )
        for e in found
    )
    heads = ["Terme", "En toutes lettres", "En nos mots", "Document"]
    with st.container(key="glossaire"):
        tables.show("Glossaire", heads, lines, (), tall=True)
