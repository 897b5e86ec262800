"""Territory profile: the five blocks on one page, gaps included."""

import streamlit as st

from olsdata import figures, territory
from olsdata.ui import cards, portrait, sentences, state

view = state.current()

cards.title(view, "Profil du territoire")
rows = figures.profile(view.zone, territory.find("wallonie"))
cards.sentence(sentences.profile_sentence(rows))
with st.container(border=True, key="panneau-emporter"):
    portrait.panel(view.zone)
for name, lines in rows.items():
    with st.container(border=True):
        cards.block(name, lines, view, territory.find("wallonie"))
with st.expander("Les mêmes chiffres, par groupe de déterminants"):
    cards.determinants(rows)
cards.source(sentences.text("profil_signes"))
