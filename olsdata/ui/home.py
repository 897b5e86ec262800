"""Pieces of the home page: doors, territory cards, status line."""

from __future__ import annotations

from html import escape

import streamlit as st

from olsdata import catalogue, figures, standing, territory, words
from olsdata.ui import menu, sentences
from olsdata.ui.state import View

DOORS = (
    (
        "Explorer mon territoire",
        "Qui vit ici, qui les soutient, que ne voyons-nous pas ?",
        ":material/explore:",
        {
            "profil": "Profil du territoire",
            "population": "Population",
            "structures": "Structures",
            "coherence": "Cohérence territoriale",
            "universalisme": "Universalisme proportionné",
        },
    ),
    (
        "Comparer pour apprendre",
        "Qu’est-ce qui diffère, et qui pourrait apprendre de qui ?",
        ":material/compare_arrows:",
        {
            "comparer": "Comparer des territoires",
            "remontees": "Ce que les OLS remontent",
        },
    ),
    (
        "Animer un atelier",
        "Que disent les chiffres, que savez-vous, quel est le premier pas ?",
        ":material/groups:",
        {
            "atelier": "Atelier",
            "trajectoire": "Trajectoire de l’équipe",
        },
    ),
)
"""Title, question, icon and pages of the door of each of the three users."""

ROOMS = (
    (
        "Dire ce que les chiffres taisent",
        "Que savons-nous, que vivons-nous, que manque-t-il ?",
        ":material/edit_note:",
        {
            "notes": "Notes de terrain",
            "besoins": "Besoins et signaux",
        },
    ),
    (
        "Parler le même langage",
        "Qui fait quoi dans la réforme, selon quelle règle, dans quels mots ?",
        ":material/menu_book:",
        {
            "reperes": "Repères",
            "glossaire": "Glossaire",
        },
    ),
    (
        "Données et méthode",
        "D’où vient chaque chiffre, et jusqu’où lui faire confiance ?",
        ":material/database:",
        {
            "donnees": "Fiches, sources, découpages",
            "bassins": "Dessiner les bassins de vie",
            "registre": "Corriger le registre",
        },
    ),
)
"""The same for what all three use."""


def doors() -> None:
    """One panel per door, beside the map."""
    for door in DOORS:
        _panel(*door)


def rooms() -> None:
    """One panel per room that all share, side by side."""
    for column, room in zip(st.columns(len(ROOMS)), ROOMS, strict=True):
        with column:
            _panel(*room)


def _panel(title: str, question: str, icon: str, pages: dict[str, str]) -> None:
    with st.container(border=True, gap=None, key=f"porte-{next(iter(pages))}", height="stretch"):
        st.markdown(f"### {icon} {title}")
        st.html(f"<p>{escape(question)}</p>")
        for name, label in pages.items():
            st.page_link(menu.path(name), label=label, icon=":material/arrow_forward:")


def territories(view: View) -> None:
    """A card per OLS in official order: the map in words, each a link to its population."""
    ols = territory.zoning("ols")
    people = figures.population(2026, ols)["valeur"]
    communes = territory.zoning("communes").zones["ols"].value_counts()
    bassins = territory.zoning("bassins").zones["ols"].value_counts()
    st.html(f'<p class="source">{escape(standing.order())}</p>')
    with st.container(key="cartes-ols"):
        for zone_id in ols.zones.index:
            with st.container(border=True, gap=None):
                st.page_link(
                    menu.path("population"),
                    label=f"**{ols.zone(zone_id).title}**",
                    query_params={"territoire": zone_id},
                )
                st.html(
                    f"<div><b>{words.number(people[zone_id])}</b> habitants</div>"
                    f'<div class="source">{words.plural(communes[zone_id], "commune")} · '
                    f"{words.plural(bassins[zone_id], 'bassin')}\u202f*</div>"
                )


def status() -> None:
    """What is provisional, approximate, missing."""
    gaps = [card.title for card in catalogue.cards().values() if not card.available]
    missing = (
        f"{words.listing(gaps, most=4)}. "
        '<a href="donnees?partie=sources" target="_self">Qui les publie, comment les obtenir</a>'
    )
    mark, why = standing.bassins()
    limits = standing.limits()
    items = {
        mark: escape(why),
        "Approché." if limits.hatched else "Limites.": escape(
            sentences.text("accueil_approche") if limits.hatched else f"{limits.text}. {limits.why}"
        ),
        "Non disponible par commune.": missing,
    }
    cells = "".join(f"<p><b>{name}</b> {what}</p>" for name, what in items.items())
    st.html(f'<div class="etat">{cells}</div>')
