"""Data and method: cards, sources, zonings, version."""

import streamlit as st

from olsdata.ui import acting, catalogue, limits, mydata, own, refreshing, sentences, state
from olsdata.ui import zonings as cutouts

PARTS = {
    "fiches": "Fiches des indicateurs",
    "sources": "Sources",
    "actualiser": "Actualiser",
    "indicateurs": "Mes indicateurs",
    "decoupages": "Découpages",
    "methode": "Méthode et version",
    "mesdonnees": "Mes données",
}

view = state.current()

st.title("Données et méthode", anchor=False)
acting.done()
part = state.segments("Partie de la page", "partie", PARTS, "fiches", bare=True)
if part == "fiches":
    st.markdown(sentences.text("catalogue"))
    catalogue.search()
elif part == "sources":
    catalogue.sources()
elif part == "actualiser":
    refreshing.panels()
elif part == "indicateurs":
    own.panels()
elif part == "decoupages":
    catalogue.zonings()
    cutouts.panels()
    limits.panel()
elif part == "methode":
    st.markdown(sentences.text("agregation"))
    catalogue.version()
else:
    mydata.panels()
