"""Ce que les OLS remontent: what is shared with the IWPL, gathered for the Forum."""

import streamlit as st

from olsdata.ui import acting, cards, demonstration, raised, sentences, state, workshop_cycles

view = state.current()

with demonstration.page(view, "Ce que les OLS remontent") as here:
    cards.sentence(sentences.text("remontees"))
    acting.done()
    found = raised.shared(here)
    raised.overview(found)
    part = raised.part()
    with st.container(border=True, key=f"panneau-{part}"):
        if part == "obstacles":
            raised.needs(found)
        elif part == "regrouper":
            raised.grouping(found)
        elif part == "signaux":
            raised.signals(found)
        else:
            workshop_cycles.tried(here, visibility="iwpl")
    with st.container(border=True, key="panneau-forum"):
        raised.compiled()
