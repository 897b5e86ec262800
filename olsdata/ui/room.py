"""Notes on a screen that a room looks at: those of the OLS alone, only when its lead chooses."""

from __future__ import annotations

from typing import Any

import streamlit as st

from olsdata import words
from olsdata.notes import book
from olsdata.notes import lists as note_lists
from olsdata.ui import cards, sentences, who
from olsdata.ui.state import View
from olsdata.workshops import lists, rows

EVERY = frozenset(note_lists.VISIBILITY)
NOTE = ("note", "notes")


def shown(
    view: View, name: str, *asked: dict[str, Any], what: tuple[str, str] = NOTE
) -> frozenset[str]:
    """Visibilities that this screen shows; on a shared one, says how many records it leaves out.

    The choice of showing them is asked for anew in each place, and forgotten with the page.

    Parameters
    ----------
    name : of the part of the page, in its widget's key
    asked : what the part reads, as arguments of ``book.find``; no record may match two of them
    what : one and several of the records that are read
    """
    if not view.shared:
        return EVERY
    actor = who.actor()
    own = [book.find(actor, **query, visibility="ols", limit=1).total for query in asked]
    if not any(own):
        return lists.ROOM
    many = words.plural(sum(own), *(f"{noun} « Mon OLS »" for noun in what))
    key = f"salle-{name}-{view.territory}"
    if rows.leads(actor) and st.toggle(f"Montrer à la salle {many}", key=key):
        return EVERY
    cards.source(f"Hors de l’écran et des comptes : {many}.")
    return lists.ROOM


def none(view: View, name: str) -> None:
    """Say that there is no record: on a shared screen, only that none is shown."""
    cards.sentence("Aucune note sur cet écran." if view.shared else sentences.text(name))
