"""The catalogue on screen: indicator cards, sources, zonings, version of the data."""

from __future__ import annotations

from html import escape

import streamlit as st

from olsdata import catalogue, tables, territory, words
from olsdata.catalogue import Card
from olsdata.ui import sentences
from olsdata.ui.tables import show

AGGREGATION = {
    "somme": "somme des communes",
    "rapport": "rapport de sommes (exact à toute échelle faite de communes entières)",
    "moyenne_ponderee": "moyenne pondérée (approximation : le détail n’est pas publié)",
    "valeur_communale": "valeur de la commune entière",
}
POLARITY = {
    "haut": "une valeur haute indique un besoin plus grand",
    "bas": "une valeur basse indique un besoin plus grand",
    "neutre": "sans direction",
}


def _sheet(card: Card) -> str:
    if card.available:
        facts = {
            "Éditeur": card.publisher,
            "Jeu de données": card.dataset,
            "Date": card.date,
            "Unité": card.unit,
            "Licence": card.licence,
            "Agrégation": AGGREGATION[card.aggregation],
            "Sens pour le besoin": POLARITY[card.polarity],
            "Limites": card.limits,
        }
    else:
        facts = {"Éditeur": card.publisher, "Comment l’obtenir": card.obtain}
    if card.determinant:
        facts["Groupe de déterminants"] = card.determinant
    terms = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts.items())
    to = escape(card.link)
    link = f'<dt>Lien</dt><dd><a href="{to}" rel="noreferrer">{to}</a></dd>' if to else ""
    state = f"{card.unit}, {card.year}" if card.available else words.MISSING
    return (
        f'<details class="fiche" id="{escape(card.id)}"><summary><b>{escape(card.marked)}</b> '
        f'<span class="source">{escape(state)} · {escape(card.block)}</span></summary>'
        f"<p>{escape(card.help)}</p><dl>{terms}{link}<dt>Identifiant</dt>"
        f"<dd><code>{escape(card.id)}</code></dd></dl></details>"
    )


def sheets(found: list[Card]) -> None:
    """Indicator cards, folded."""
    st.html("".join(_sheet(card) for card in found))


def zonings() -> None:
    """State of the zonings in force: status, source, date, version, method."""
    lines = ""
    for name in ("ols", "bassins", "communes"):
        z = territory.zoning(name)
        label = escape(z.label)
        if z.link:
            label = f'<a class="libre" href="{escape(z.link)}" rel="noreferrer">{label}</a>'
        how = escape(words.spaced(z.method))
        source = escape(words.spaced(z.source))
        if how:
            source += f"<details><summary>Méthode</summary>{how}</details>"
        lines += (
            f'<tr><th scope="row">{label}<br><span class="source">version : '
            f'{escape(z.version)}</span></th><td class="nombre">{len(z.zones)}</td>'
            f"<td>{escape(z.status)}</td><td>{source}</td><td>{words.day(z.date)}</td></tr>"
        )
    heads = ["Découpage", "Zones", "Statut", "Source", "Date"]
    show("Découpages en vigueur", heads, lines)


def search() -> None:
    """The cards, found by any word of their text."""
    asked = st.text_input(
        "Chercher une fiche",
        key="recherche",
        placeholder="65 ans, revenu, pharmacie, IWEPS…",
        icon=":material/search:",
    )
    found = catalogue.search(asked)
    total = len(catalogue.cards())
    gaps = sum(not card.available for card in found)
    st.html(
        f'<p class="source" role="status">{words.plural(len(found), "fiche")} sur {total}, '
        f"dont {gaps} « {words.MISSING} ».</p>"
    )
    if found:
        sheets(found)


def sources() -> None:
    """Publishers, years, licences and limits, as written beside the data."""
    text = (tables.GEODATA / "SOURCES.md").read_text("utf-8")
    st.markdown(text.partition("\n")[2].replace("\n##", "\n###"))


def version() -> None:
    """Version of the data and the tables that make it."""
    facts = tables.load()
    lines = "".join(
        f'<tr><th scope="row"><code>{escape(name)}</code></th>'
        f'<td class="nombre">{words.number(count)}</td></tr>'
        for name, count in tables.row_counts(facts).items()
    )
    st.html(
        f"<p>Version des données : <b>{escape(facts.version)}</b>. "
        f"{escape(sentences.text('version'))}</p>"
        '<table class="donnees"><thead><tr><th scope="col">Table</th>'
        f'<th scope="col" class="nombre">Lignes</th></tr></thead><tbody>{lines}</tbody></table>'
    )
