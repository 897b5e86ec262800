"""Data and method: cards, sources, zonings, version."""

import streamlit as st

from olsdata.ui import catalogue, mydata, sentences, state

view = state.current()

st.title("Données et méthode", anchor=False)
sheets, sources, zonings, method, mine = st.tabs(
    ["Fiches des indicateurs", "Sources", "Découpages", "Méthode et version", "Mes données"]
)
with sheets:
    st.markdown(sentences.text("catalogue"))
    catalogue.search()
with sources:
    catalogue.sources()
with zonings:
    catalogue.zonings()
with method:
    st.markdown(sentences.text("agregation"))
    catalogue.version()
with mine:
    mydata.panels()
