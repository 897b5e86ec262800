"""Glossaire: every acronym and term of the dashboard."""

import streamlit as st

from olsdata.ui import cards, reference, sentences, state

state.current()

st.title("Glossaire")
cards.sentence(sentences.text("glossaire"))
reference.glossary_page()
