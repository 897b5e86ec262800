"""Besoins et signaux: what is not covered, who could answer, and since when it waits."""

import streamlit as st

from olsdata.ui import acting, cards, needs, sentences, state

view = state.current()

cards.title(view, "Besoins et signaux")
cards.sentence(sentences.text("besoins_aide"))
acting.done()
part = needs.part()
if part == "ols":
    with st.container(border=True, key="panneau-ols"):
        needs.by_ols(view)
else:
    left, right = st.columns([1, 1.3])
    with left, st.container(border=True, key="panneau-formulaire"):
        if part == "besoins":
            needs.form(view, "besoin")
        elif part == "signaux":
            needs.form(view, "signal")
        else:
            needs.form(view, "opportunite")
            st.divider()
            needs.form(view, "victoire")
    with right, st.container(border=True, key="panneau-tableau"):
        if part == "besoins":
            needs.needs(view)
        elif part == "signaux":
            needs.signals(view)
        else:
            needs.successes(view)
