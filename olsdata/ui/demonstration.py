"""The fictional example: a choice of the session, kept in the address, said on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape

import streamlit as st

from olsdata.notes import demo
from olsdata.ui import acting, cards, menu, sentences, state
from olsdata.ui.state import View

KEY, OPEN = "exemple", "1"


def is_open() -> bool:
    """Whether this session works on the example."""
    return state.choice(KEY, ["", OPEN], "") == OPEN


def enter() -> None:
    """Open the example on the page of notes."""
    _turn(OPEN)
    st.switch_page(menu.path("notes"))


def leave() -> None:
    """Come back to the reader's own notes."""
    _turn("")


def _turn(value: str) -> None:
    """Change stores: what is half typed in one must not be kept in the other."""
    st.session_state[KEY] = value
    acting.renew()
    for key in list(st.session_state):
        if str(key).startswith(("_brouillon-", "_repris-", "_note-", "_vue-", "_conflit-")):
            del st.session_state[key]


@contextmanager
def page(view: View, name: str) -> Iterator[View]:
    """Title of a page of notes, and inside the block its notes: the reader's own, or the example.

    Yields
    ------
    The view to work with; in the example, its territory is the fictional OLS.
    """
    if "noter" in st.query_params and st.session_state.get(KEY):
        leave()  # « + noter » beside a true figure writes a true note
    if not is_open():
        cards.title(view, name)
        yield view
        return
    with demo.open() as places:
        ols = next(iter(places.values()))
        st.title(f"{name} · {ols.label}")
        _banner()
        yield replace(view, territory=ols.id)


def _banner() -> None:
    with st.container(border=True, key="panneau-exemple"):
        st.html(
            f'<p class="phrase"><span class="badge"><b>{escape("Exemple fictif")}</b></span> '
            f"{sentences.text('exemple')}</p>"
        )
        with st.container(horizontal=True):
            if st.button("Quitter l’exemple", icon=":material/logout:"):
                leave()
                acting.finish("Vous voici dans vos propres notes.")
            _reset("Remettre l’exemple à zéro")


def _reset(label: str) -> None:
    if st.button(label, icon=":material/restart_alt:"):
        _turn(st.session_state.get(KEY, ""))
        acting.attempt(demo.reset, "L’exemple fictif est comme au premier jour.")


def panel() -> None:
    """Open, reset or leave the example, from « Mes données »."""
    st.subheader("Essayer sans crainte", anchor=False)
    cards.sentence(sentences.text("exemple_ouvrir"))
    with st.container(horizontal=True):
        if is_open():
            if st.button("Quitter l’exemple", icon=":material/logout:"):
                leave()
                acting.finish("Vous voici dans vos propres notes.")
        elif st.button("Ouvrir l’exemple fictif", icon=":material/science:"):
            enter()
        _reset("Remettre l’exemple à zéro")
