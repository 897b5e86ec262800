"""Bassins de vie: the field draws them, compares, adopts; the whole dashboard follows."""

import streamlit as st

from olsdata.territory import WALLONIE
from olsdata.ui import acting, cards, drawing, drawings, registry, state

view = state.current()

cards.title(view, "Bassins de vie")
if view.territory == WALLONIE:
    drawings.aim()
    drawings.overview()
else:
    found = drawing.listed(view.territory)
    left, middle, right = st.columns([2.1, 1.1, 1.1], vertical_alignment="bottom")
    with left:
        part = drawing.part_choice(found)
    with middle:
        chosen = drawing.proposal_choice(found)
    with right:
        registry.role()
    with st.empty():  # keeps its place when it has nothing to say: the map under it stays as it is
        acting.done()
    if part == "propositions" or (chosen is None and part != "fichiers"):
        drawings.aim()
        drawings.proposals(view.territory, found)
    elif part == "fichiers":
        drawings.exchange(view.territory, chosen)
    elif part == "dessiner":
        drawing.workshop(chosen)
    elif part == "comparer":
        drawings.comparison(chosen, found)
    else:
        drawings.adopt(chosen)
