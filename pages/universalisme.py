"""Universalisme proportionné: act for all, and more for those whose need is greater."""

import streamlit as st

from olsdata.ui import (
    acting,
    cards,
    crossing,
    equity,
    floor,
    gradient,
    proportionality,
    shared_weights,
    state,
    weights,
)

view = state.current()

cards.title(view, "Universalisme proportionné")
acting.done()
cards.sentence(equity.opening(view))
chosen = weights.panel()
if chosen.weights is None:
    equity.cannot(chosen.why)
else:
    left, right = st.columns([1, 1.15])
    with left, st.container(border=True, key="panneau-besoin", height="stretch"):
        equity.need_map(view, chosen.weights)
    with right, st.container(border=True, key="panneau-bandes", height="stretch"):
        equity.bands(view, chosen.weights)
    with st.container(border=True, key="panneau-detail"):
        equity.details(view, chosen.weights)
with st.container(border=True, key="panneau-poids"):
    shared_weights.panel(view, chosen)
with st.container(border=True, key="panneau-socle"):
    floor.panel(view)
if chosen.weights is not None:
    with st.container(border=True, key="panneau-gradient"):
        st.subheader("L’offre suit-elle le besoin ?", anchor=False)
        with st.container(horizontal=True, vertical_alignment="bottom", key="choix-gradient"):
            resource = gradient.resource_choice()
            level = gradient.level_choice()
        gradient.panel(view, chosen.weights, resource, level)
    with st.container(border=True, key="panneau-part"):
        proportionality.panel(view, chosen.weights, resource)
    with st.container(border=True, key="panneau-lecture"):
        crossing.panel(view, chosen.weights, chosen.lam, chosen.warm)
