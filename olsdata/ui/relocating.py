"""« Replacer »: what was written on a place that the zonings no longer have, on one of today."""

from __future__ import annotations

import streamlit as st

from olsdata.notes import actors, book, places
from olsdata.notes.book import Note
from olsdata.ui import acting, who

LEVELS = {"besoin": ("ols", "bassin")}
"""Levels that a sort of record may have; any other may have them all."""


def options(note: Note) -> dict[str, str]:
    """Places of today where a note may go, the widest first: those of its own OLS.

    Anywhere when its OLS is gone too, for whoever may write anywhere.
    """
    known = places.known()
    home = note.ols if note.ols in known else who.actor().ols
    order = list(places.LEVELS)
    found = [known[i] for i in (places.inside(home) if home in known else known)]
    kept = [p for p in found if p.level in LEVELS.get(note.content.sort, order)]
    kept.sort(key=lambda p: (order.index(p.level), p.label))
    return {p.id: p.title for p in kept}


def start(note: Note, known: dict[str, str]) -> str | None:
    """The only place of today that has the old one's name, or None."""
    same = [i for i in known if places.known()[i].label == note.place_label]
    return same[0] if len(same) == 1 else None


def choose(note: Note) -> None:
    """Choose a place of today for a note of a « lieu disparu », and put it there."""
    actor = who.actor()
    mine = actor.role == "local" or note.ols == actor.ols
    if not (note.lost and note.state == book.ACTIVE and mine and who.may(actors.REVISE)):
        return
    known = options(note)
    same = start(note, known)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"replacer-{note.id}"):
        place = st.selectbox(
            "Lieu d’aujourd’hui",
            list(known),
            index=list(known).index(same) if same else None,
            format_func=known.__getitem__,
            placeholder="Choisir un lieu",
            key=f"replacer-lieu-{note.id}",
        )
        pressed = st.button(
            "Replacer",
            icon=":material/location_on:",
            disabled=place is None,
            key=f"replacer-garder-{note.id}",
        )
    if pressed and place:
        acting.attempt(
            lambda: book.relocate(actor, note.id, place, note.revision),
            f"Replacé : {known[place]}. L’ancien lieu reste dans l’historique.",
            fresh=False,
        )
