"""Repères: the reform's own models, theme by theme."""

import streamlit as st

from olsdata.ui import cards, reference, sentences, state

view = state.current()

st.title("Repères")
cards.sentence(sentences.text("reperes"))
reference.show(reference.theme_choice(), view)
