"""Registry: what is missing, what the field adds or corrects, what it declares complete."""

import streamlit as st

from olsdata.ui import acting, cards, registry, sentences, state

view = state.current()

cards.title(view, "Corriger le registre")
cards.sentence(sentences.text("registre_aide"))
part = registry.part_choice()
left, right = st.columns(2)
with left:
    role = registry.role()
acting.done()
if part == "manque":
    with right:
        kind = registry.kind()
    left, right = st.columns([1.25, 1])
    with left, st.container(border=True, key="panneau-communes"):
        registry.missing_communes(kind, view.zone)
    with right, st.container(border=True, key="panneau-complet"):
        registry.declare(kind, view.zone, role)
    with st.container(border=True, key="panneau-types"):
        registry.missing_table(view)
        cards.source(sentences.text("registre_manque_source"))
elif part == "corriger":
    with right:
        kind = registry.kind()
    left, right = st.columns([1.25, 1])
    with left, st.container(border=True, key="panneau-formulaire"):
        registry.form(kind, view.zone, role)
    with right, st.container(border=True, key="panneau-propositions"):
        registry.listing(kind, view.zone, role)
elif part == "generalistes":
    left, right = st.columns([1, 2])
    with left, st.container(border=True, key="panneau-reporter"):
        registry.doctors_form(view.zone, role)
    with right, st.container(border=True, key="panneau-generalistes"):
        registry.doctors_table(view.zone, role)
else:
    registry.files(role)
