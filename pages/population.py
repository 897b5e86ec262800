"""Population: who lives here, how it changes."""

import streamlit as st

from olsdata import figures, territory
from olsdata.ui import cards, charts, maps, notes, sentences, state

view = state.current()

cards.title(view, "Population")
cards.row(figures.headline(view.zone, view.reference_zone), view)

left, middle, right = st.columns([1.42, 1, 1])
with left, st.container(border=True, key="panneau-carte", height="stretch"):
    st.subheader(sentences.map_title(view), anchor=False)
    maps.choropleth(view)
    cards.legend(view)
    cards.sentence(sentences.map_sentence(view))
    cards.source(sentences.map_source(view))
    notes.button(view.indicator, "carte", view.card.title)
with middle, st.container(border=True, key="panneau-ages", height="stretch"):
    st.subheader("Âges en 2021", anchor=False)
    own, other, name = sentences.pyramids(view)
    charts.pyramid(own, other, name, sentences.plain(sentences.pyramid_sentence(view)))
    cards.sentence(sentences.pyramid_sentence(view))
    cards.source("Statbel, 1/1/2021. Groupes de cinq ans.")
    notes.button("mean_age_2026", "ages", "âges")
with right, st.container(border=True, key="panneau-evolution", height="stretch"):
    st.subheader("Évolution 2009–2026", anchor=False)
    charts.evolution(
        sentences.trends(view),
        cards.scale() == "indice",
        sentences.plain(sentences.evolution_sentence(view)),
    )
    cards.sentence(sentences.evolution_sentence(view))
    cards.source(sentences.text("evolution_source"))
    notes.button("pop_growth_2009_2026_pct", "evolution", "évolution de la population")

left, right = st.columns([2.42, 1])
with left, st.container(border=True, key="panneau-tableau"):
    st.subheader(f"Le tableau : {sentences.map_title(view)}", anchor=False)
    cards.twin(view)
with right, st.container(border=True, key="panneau-regards"):
    notes.panel(view)

with st.container(border=True, key="panneau-ligne"):
    st.subheader("La ligne des 450 000 habitants", anchor=False)
    people = figures.population(2026, territory.zoning("ols"))
    charts.envelope_line(
        people["valeur"].rename(lambda i: territory.zoning("ols").zone(i).title),
        figures.LEGAL_LINE,
        view.zone.title,
        sentences.plain(sentences.line_sentence(view)),
    )
    cards.sentence(sentences.line_sentence(view))
    cards.source(f"Statbel, 1/1/2026. {sentences.text('ligne_450000')}")
    notes.button("pop_total_2026", "ligne", "population totale")
