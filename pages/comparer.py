"""Comparer pour apprendre: the same measures in a few territories, never a league table."""

import streamlit as st

from olsdata.ui import cards, compare, comparemaps, sentences, state

view = state.current()

st.title("Comparer pour apprendre")
cards.sentence(sentences.text("comparer"))
with st.container(border=True, key="panneau-choix"):
    asked = compare.choices(view)
if asked.zones:
    with st.container(border=True, key="panneau-contexte"):
        compare.context(asked)
    part = compare.part()
    with st.container(border=True, key=f"panneau-{part}"):
        if part == "tableau":
            compare.heat(view, asked)
        elif part == "cartes":
            comparemaps.panel(asked)
        elif part == "parmi":
            compare.among(asked)
        else:
            compare.alike(asked)
else:
    cards.sentence(sentences.text("comparer_personne"))
