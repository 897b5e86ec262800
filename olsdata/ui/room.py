"""What a screen that a room looks at shows: what is « Mon OLS », only when its lead chooses."""

from __future__ import annotations

from collections.abc import Callable
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
    """Visibilities of the notes that this screen shows, besoins and signals among them.

    Parameters
    ----------
    name, what : as for ``opened``
    asked : what the part reads, as arguments of ``book.find``; no record may match two of them
    """
    actor = who.actor()

    def own() -> int:
        return sum(book.find(actor, **q, visibility="ols", limit=1).total for q in asked)

    return EVERY if opened(view, name, own, what) else lists.ROOM


def opened(view: View, name: str, own: Callable[[], int], what: tuple[str, str]) -> bool:
    """Whether this screen shows what is « Mon OLS »; when not, says how much it leaves out.

    The choice of showing it is asked for anew in each place, and forgotten with the page.

    Parameters
    ----------
    name : of the part of the page, in its widget's key
    own : how many records the part would show that are « Mon OLS »
    what : one and several of them
    """
    if not view.shared:
        return True
    count = own()
    if not count:
        return False
    many = words.plural(count, *(f"{noun} « Mon OLS »" for noun in what))
    key = f"salle-{name}-{view.territory}"
    if rows.leads(who.actor()) and st.toggle(f"Montrer à la salle {many}", key=key):
        return True
    cards.source(f"Hors de l’écran et des comptes : {many}.")
    return False


def none(view: View, name: str) -> None:
    """Say that there is no record: on a shared screen, only that none is shown."""
    cards.sentence("Aucune note sur cet écran." if view.shared else sentences.text(name))
