"""Structures: what supports primary care here, for whom, by what rule."""

import streamlit as st

from olsdata.ui import access, acting, cards, links, maps, notes, sentences, state, structures

view = state.current()

cards.title(view, "Structures")
part = structures.view_choice()
if part == "carte":
    kind = structures.kind()
    left, right = st.columns([1.25, 1])
    with left, st.container(border=True, key="panneau-zones", height="stretch"):
        maps.structure_zones(view, kind)
        structures.map_legend(kind, view.zone)
    with right, st.container(border=True, key="panneau-mots", height="stretch"):
        structures.summary(kind, view.zone)
    with st.container(border=True, key="panneau-liste"):
        structures.touching(kind, view.zone)
        structures.proposed(view.zone, kind)
    with st.container(border=True, key="panneau-regards"):
        notes.panel(view, whole_place=True)
elif part == "densite":
    cards.sentence(sentences.text("densite"))
    structures.densities(view.zone)
    with st.container(border=True, key="panneau-soins"):
        structures.care(view)
    with st.container(border=True, key="panneau-formules"):
        structures.formulas(view.zone)
    with st.container(border=True, key="panneau-regards"):
        notes.panel(view, whole_place=True)
elif part == "acces":
    found = access.choices()
    with st.container(border=True, key="panneau-acces"):
        access.panel(found, view)
        notes.button("", "acces", "accès aux soins")
elif part == "liste":
    structures.printable(view.zone)
elif part == "fiches":
    structures.sheet(structures.kind())
else:
    cards.sentence(sentences.text("liens"))
    acting.done()
    links.network()
    links.form()
