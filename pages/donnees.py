"""Data and method: cards, sources, zonings, version."""

import streamlit as st

from olsdata.ui import acting, catalogue, limits, mydata, own, refreshing, sentences, state
from olsdata.ui import zonings as cutouts

view = state.current()

st.title("Données et méthode", anchor=False)
with st.container():  # always there, or the tabs would go back to the first
    acting.done()
NAMES = [
    "Fiches des indicateurs",
    "Sources",
    "Actualiser",
    "Mes indicateurs",
    "Découpages",
    "Méthode et version",
    "Mes données",
]
sheets, sources, newer, figures, zonings, method, mine = st.tabs(NAMES)
with sheets:
    st.markdown(sentences.text("catalogue"))
    catalogue.search()
with sources:
    catalogue.sources()
with newer:
    refreshing.panels()
with figures:
    own.panels()
with zonings:
    catalogue.zonings()
    cutouts.panels()
    limits.panel()
with method:
    st.markdown(sentences.text("agregation"))
    catalogue.version()
with mine:
    mydata.panels()
