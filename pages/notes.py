"""Notes de terrain: what the field knows and lives, beside the figures."""

import streamlit as st

from olsdata.ui import acting, cards, demonstration, notes, sentences, state

view = state.current()

with demonstration.page(view, "Notes de terrain") as here:
    cards.sentence(sentences.text("notes_aide"))
    acting.done()
    left, right = st.columns([1, 1.15])
    with left, st.container(border=True, key="panneau-formulaire"):
        notes.form(here)
    with right, st.container(border=True, key="panneau-notes"):
        notes.listing(here)
