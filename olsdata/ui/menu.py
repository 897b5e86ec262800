"""The pages and their order in the menu. A file ``pages/x.py`` is always the address ``/x``."""

from __future__ import annotations

from typing import Any

import streamlit as st

MENU: dict[str, dict[str, str]] = {
    "": {"accueil": "Accueil"},
    "Explorer": {"profil": "Profil du territoire", "population": "Population"},
    "Données": {"donnees": "Données et méthode"},
}
"""Section of the menu, then file name of the page and its title."""

HOME = "accueil"


def path(name: str) -> str:
    """File of a page, as ``st.switch_page`` and ``st.page_link`` take it."""
    return f"pages/{name}.py"


def pages() -> dict[str, list[Any]]:
    """What ``st.navigation`` takes: per section, its pages.

    Every page keeps the address of its file, so that a link opened on a fresh server finds it.
    """
    return {
        section: [
            st.Page(path(name), title=title, default=name == HOME)
            for name, title in entries.items()
        ]
        for section, entries in MENU.items()
    }
