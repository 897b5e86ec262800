"""Besoins et signaux: what is not covered, who could answer, and since when it waits."""

import streamlit as st

from olsdata.ui import acting, cards, demonstration, needs, sentences, state

view = state.current()

with demonstration.page(view, "Besoins et signaux") as here:
    cards.sentence(sentences.text("besoins_aide"))
    acting.done()
    part = needs.part()
    if part == "ols":
        with st.container(border=True, key="panneau-ols"):
            needs.by_ols(here)
        with st.container(border=True, key="panneau-envoyer"):
            needs.sending(here)
    else:
        left, right = st.columns([1, 1.3])
        with left, st.container(border=True, key="panneau-formulaire"):
            needs.forms(here, part)
        with right, st.container(border=True, key="panneau-tableau"):
            needs.listing(here, part)
