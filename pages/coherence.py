"""Territorial coherence: whose zone does not fit ours."""

import streamlit as st

from olsdata.ui import cards, maps, sentences, state, structures

view = state.current()

cards.title(view, "Cohérence territoriale")
cards.sentence(sentences.text("coherence"))
left, right = st.columns(2)
with left:
    zoning = structures.zoning_choice()
with right:
    kind = structures.kind("Type détaillé")
with st.container(border=True, key="panneau-matrice"):
    structures.matrix_legend()
    structures.matrix(zoning, view.zone, kind)
left, right = st.columns(2)
with left, st.container(border=True, key="panneau-zones"):
    maps.structure_zones(view, kind)
    structures.map_legend(kind, view.zone)
with right, st.container(border=True, key="panneau-cheval"):
    structures.crossings(kind, zoning, view.zone)
with st.container(border=True, key="panneau-alignement"):
    st.subheader("Que changerait un alignement ?", anchor=False)
    structures.alignment(kind, zoning, view.zone)
cards.source(sentences.text("coherence_source"))
