"""Home: the ten territories, the doors, what is provisional and what is missing."""

import streamlit as st

from olsdata import standing
from olsdata.ui import cards, home, maps, sentences, state

view = state.current()

st.title(sentences.home_title(), anchor=False)
st.html(f'<p class="sous-titre">{sentences.welcome()}</p>')
left, right = st.columns([2, 1])
with left, st.container(border=True, key="panneau-carte", height="stretch"):
    maps.territories(view)
    cards.source(standing.home_source())
with right:
    home.doors()
home.rooms()
home.territories(view)
home.status()
