"""Learning cycles: what each first step taught, and what others tried."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from olsdata import territory, words
from olsdata.notes import book as note_book
from olsdata.notes import lists as note_lists
from olsdata.notes.content import Content
from olsdata.territory import WALLONIE
from olsdata.ui import acting, cards, notes, room, sentences, who, workshop_ideas
from olsdata.ui.state import View
from olsdata.workshops import cycles, lists
from olsdata.workshops.cycles import Cycle, Said
from olsdata.workshops.ideas import Step

OPENED = "_cycle-ouvert"


def panel(view: View) -> None:
    """The first steps of the territory with their turns, then what was tried and learnt."""
    cards.sentence(sentences.text("cycles_aide"))
    ols = "" if view.territory == WALLONIE else view.territory
    left, right = st.columns([1.1, 1])
    with left, st.container(border=True, key="panneau-atelier-pas"):
        st.subheader("Nos premiers pas", anchor=False)
        found = cycles.steps(who.actor(), ols)
        if not found:
            cards.sentence(sentences.text("cycles_aucun"))
        for step, title in found:
            _step(step, title)
    with right, st.container(border=True, key="panneau-atelier-appris"):
        tried(view)


def _step(step: Step, title: str) -> None:
    cards.source(f"Atelier : {title}")
    st.html(workshop_ideas.step_card(step))
    turns = cycles.find(who.actor(), step=step.id)
    for cycle in turns:
        phase = lists.PHASES[cycle.said.phase]
        label = f"Tour {cycle.turn} · {phase} · {words.day(cycle.said.date)}"
        opened = st.session_state.get(OPENED) == cycle.id
        st.button(
            label,
            icon=":material/expand_less:" if opened else ":material/edit:",
            on_click=_open,
            args=("" if opened else cycle.id,),
            key=f"tour-{cycle.id}",
        )
        if opened:
            _form(cycle)
    if not turns or turns[-1].said.phase == "ajuster":
        label = "Commencer le tour suivant" if turns else "Commencer le cycle"
        if st.button(label, key=f"cycle-{step.id}", type="primary"):
            acting.attempt(lambda: _open(cycles.begin(who.actor(), step.id).id), "Cycle ouvert.")


def _open(id_: str) -> None:
    st.session_state[OPENED] = id_


def _form(cycle: Cycle) -> None:
    """The developmental questions, phase by phase."""
    key = f"cycle-{cycle.id}-{cycle.revision}"
    phase = st.segmented_control(
        "Où en est ce tour",
        list(lists.PHASES),
        default=cycle.said.phase,
        format_func=lists.PHASES.__getitem__,
        key=f"{key}-phase",
        required=True,
    )
    texts = {
        name: str(
            st.text_area(
                f"{lists.PHASES[where]}. {question}",
                getattr(cycle.said, name),
                key=f"{key}-{name}",
                height=90,
                max_chars=1_000,
            )
        )
        for name, (where, question) in lists.CYCLE_FIELDS.items()
    }
    left, right = st.columns(2)
    with left:
        theme = notes.choose("Thème", note_lists.THEMES, cycle.said.theme, f"{key}-theme", "aucun")
    with right:
        seen = notes.choose(
            "Visibilité", cycles.VISIBILITY, cycle.said.visibility, f"{key}-visibilite"
        )
    cards.source(sentences.text("cycles_partage"))
    sure = notes.confirmed(list(texts.values()), key)
    said = replace(cycle.said, phase=str(phase), theme=theme, visibility=seen, date="", **texts)
    with st.container(horizontal=True):
        if st.button("Enregistrer le tour", type="primary", key=f"{key}-garder"):
            acting.attempt(
                lambda: cycles.revise(who.actor(), cycle.id, said, cycle.revision, sure),
                "Tour enregistré.",
            )
        if cycle.said.wins and st.button("Garder la petite victoire", key=f"{key}-victoire"):
            acting.attempt(lambda: _win(cycle, sure), "Petite victoire gardée.")


def _win(cycle: Cycle, sure: list[str]) -> None:
    """A small victory joins the register of « Besoins et signaux »."""
    place = cycle.step.bassins[0] if cycle.step.bassins else cycle.ols
    content = Content(
        sort="victoire",
        text=cycle.said.wins,
        place=place,
        theme=cycle.said.theme,
        visibility=cycle.said.visibility,
    )
    note_book.add(who.actor(), content, sure)


# --- What was tried -----------------------------------------------------------------------------


def tried(view: View, visibility: str = "") -> None:
    """What was tried and learnt, by theme and by word: to learn, never to compare results.

    Parameters
    ----------
    visibility : "iwpl" for what is shared with the IWPL alone
    """
    st.subheader("Ce qui a été essayé et appris", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = st.text_input("Chercher", key="cycles-mots", placeholder="Un mot")
        theme = notes.choose("Thème", note_lists.THEMES, "", "cycles-theme", "tous")
    ols = "" if view.territory == WALLONIE else view.territory
    if not visibility:

        def own() -> int:
            return len(cycles.find(who.actor(), ols=ols, visibility="ols"))

        visibility = "" if room.opened(view, "tours", own, ("tour", "tours")) else "iwpl"
    found = cycles.find(who.actor(), theme=theme, text=str(asked), ols=ols, visibility=visibility)
    st.html(f'<p class="source" role="status">{words.plural(len(found), "tour")}.</p>')
    for cycle in found:
        st.html(card(cycle))


def card(cycle: Cycle) -> str:
    """A turn as a block: where, what was tried, and each answer that was given."""
    said: Said = cycle.said
    where = words.listing(list(cycle.step.bassin_labels)) or "aucun bassin précisé"
    tags = [f"tour {cycle.turn}", lists.PHASES[said.phase]]
    tags += [note_lists.THEMES[said.theme]] if said.theme in note_lists.THEMES else []
    tags.append(cycles.VISIBILITY[said.visibility])
    lines = "".join(
        f"<dt>{escape(words.spaced(question))}</dt>"
        f"<dd>{escape(getattr(said, name)).replace(chr(10), '<br>')}</dd>"
        for name, (_, question) in lists.CYCLE_FIELDS.items()
        if getattr(said, name)
    )
    return (
        f'<article class="note autre"><header><b>{escape(_named(cycle.ols))}</b> '
        f'<span class="source">{escape(where)} · {escape(" · ".join(tags))}</span></header>'
        f"<p><b>{escape(cycle.step.result)}</b></p>"
        f'<dl class="fiche">{lines}</dl></article>'
    )


def _named(ols: str) -> str:
    zones = territory.zoning("ols")
    return zones.zone(ols).title if ols in zones.zones.index else ols
