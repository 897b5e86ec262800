"""The pages and their order in the menu. A file ``pages/x.py`` is always the address ``/x``."""

from __future__ import annotations

from typing import Any

import streamlit as st

MENU: dict[str, dict[str, str]] = {
    "": {"accueil": "Accueil"},
    "Explorer": {
        "profil": "Profil du territoire",
        "population": "Population",
        "structures": "Structures",
        "coherence": "Cohérence territoriale",
        "universalisme": "Universalisme proportionné",
        "notes": "Notes de terrain",
        "besoins": "Besoins et signaux",
    },
    "Comparer": {
        "comparer": "Comparer pour apprendre",
        "remontees": "Ce que les OLS remontent",
    },
    "Animer": {"atelier": "Atelier", "trajectoire": "Trajectoire"},
    "Repères": {"reperes": "Repères", "glossaire": "Glossaire"},
    "Données": {
        "donnees": "Données et méthode",
        "bassins": "Bassins de vie",
        "registre": "Corriger le registre",
    },
}
"""Section of the menu, then file name of the page and its title."""

HOME = "accueil"


def section(title: str) -> int:
    """Place in the menu, from 1, of the section that holds a page; 0 when none does."""
    places = [n for n, entries in enumerate(MENU.values(), 1) if title in entries.values()]
    return places[0] if places else 0


def path(name: str) -> str:
    """File of a page, as ``st.switch_page`` and ``st.page_link`` take it."""
    return f"pages/{name}.py"


def pages() -> dict[str, list[Any]]:
    """What ``st.navigation`` takes: per section, its pages.

    Every page keeps the address of its file, so that a link opened on a fresh server finds it.
    Streamlit gives the address ``/`` to its default page alone (its own name would answer « Page
    not found »), hence a hidden one that leads to the home page.
    """
    menu = {
        section: [st.Page(path(name), title=title) for name, title in entries.items()]
        for section, entries in MENU.items()
    }
    menu[""].append(st.Page(_root, title="Territoires OLS", default=True, visibility="hidden"))
    return menu


def _root() -> None:
    st.switch_page(path(HOME), query_params=st.query_params.to_dict())
