"""Home: the ten territories, the doors, what is provisional and what is missing."""

import streamlit as st

from olsdata.ui import cards, home, maps, sentences, state

view = state.current()

st.title("Dix territoires pour la première ligne de soins", anchor=False)
st.html(f'<p class="sous-titre">{sentences.welcome()}</p>')
left, right = st.columns([2, 1])
with left, st.container(border=True, key="panneau-carte"):
    maps.territories(view)
    cards.source(sentences.text("accueil_source"))
with right:
    home.doors()
home.territories(view)
home.status()
