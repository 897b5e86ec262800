"""« Supposer » and « Choisir le premier pas »: the two forms, and what is already kept."""

from __future__ import annotations

from html import escape

import streamlit as st

from olsdata import words
from olsdata.notes import places
from olsdata.ui import acting, cards, notes, sentences, who
from olsdata.workshops import ideas, lists, voices
from olsdata.workshops.book import Workshop
from olsdata.workshops.ideas import Hypothesis, Step

OPENED = "_atelier-idee"
"""Session key: id of the hypothesis or of the step that is being changed."""


def _short(text: str, most: int = 70) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()}…"


def _change(id_: str) -> None:
    st.session_state[OPENED] = id_
    acting.renew()


def _gestures(id_: str, held: Workshop) -> None:
    """Change what is kept, or take it away."""
    if held.state == lists.CLOSED:
        return
    with st.container(horizontal=True, key=f"gestes-{id_}"):
        st.button("Modifier", on_click=_change, args=(id_,), key=f"changer-{id_}", type="tertiary")
        if st.button("Retirer", key=f"retirer-{id_}", type="tertiary"):
            acting.attempt(lambda: ideas.drop(who.actor(), id_), "Retiré.")


# --- Hypotheses ---------------------------------------------------------------------------------


def hypotheses(held: Workshop) -> None:
    """« Nous pensons que… parce que… », linked to what was said and to what was seen."""
    left, right = st.columns([1.1, 1], gap="large")
    kept = ideas.hypotheses(who.actor(), held.id)
    opened = next((h for h in kept if h.id == st.session_state.get(OPENED)), None)
    with left:
        _hypothesis_form(held, opened or Hypothesis("", ""))
    with right, st.container(key="atelier-idees"):
        st.html(f'<p class="compte">{words.plural(len(kept), "hypothèse")}</p>')
        if not kept:
            cards.source(sentences.text("atelier_hypotheses"))
        for found in kept:
            st.html(hypothesis_card(held, found))
            _gestures(found.id, held)


def hypothesis_card(held: Workshop, found: Hypothesis) -> str:
    """A hypothesis as a block, with what it rests on."""
    seen = [p.title for p in held.plan.pictures if p.id in found.pictures]
    rests = words.listing(
        [*([words.plural(len(found.voices), "note")] if found.voices else []), *seen]
    )
    foot = f"S’appuie sur : {rests}." if rests else "Ne s’appuie encore sur rien."
    return (
        '<article class="note autre"><p><b>Nous pensons que</b> '
        f"{escape(found.belief)} <b>parce que</b> {escape(found.reason)}</p>"
        f'<footer class="source">{escape(words.spaced(foot))}</footer></article>'
    )


def _hypothesis_form(held: Workshop, start: Hypothesis) -> None:
    key = f"hypothese-{acting.turn()}"
    belief = st.text_input(
        "Nous pensons que…", start.belief, key=f"{key}-pensons", live="0.5s", max_chars=1_000
    )
    reason = st.text_input(
        "parce que…", start.reason, key=f"{key}-parce", live="0.5s", max_chars=1_000
    )
    said = {v.id: f"« {_short(v.text)} »" for v in voices.find(who.actor(), held.id)}
    seen = {p.id: p.title for p in held.plan.pictures}
    chosen = st.multiselect(
        "Notes sur lesquelles elle s’appuie",
        list(said),
        [i for i in start.voices if i in said],
        format_func=said.__getitem__,
        key=f"{key}-notes",
        placeholder="Choisir",
    )
    figures = st.multiselect(
        "Images sur lesquelles elle s’appuie",
        list(seen),
        [i for i in start.pictures if i in seen],
        format_func=seen.__getitem__,
        key=f"{key}-images",
        placeholder="Choisir",
    )
    sure = notes.confirmed([str(belief), str(reason)], key)
    label = "Enregistrer l’hypothèse" if start.id else "Garder l’hypothèse"
    if st.button(label, type="primary", key=f"{key}-garder"):
        found = Hypothesis(
            str(belief),
            str(reason),
            tuple(chosen),
            tuple(figures),
            start.id,
            held.id,
            start.revision,
        )

        def keep() -> None:
            ideas.suppose(who.actor(), held.id, found, sure)
            st.session_state.pop(OPENED, None)

        acting.attempt(keep, "Hypothèse gardée.")


# --- The first step -----------------------------------------------------------------------------


def steps(held: Workshop) -> None:
    """Who, where, on which axis, what small result, by when: the first step only."""
    left, right = st.columns([1.1, 1], gap="large")
    kept = ideas.steps(who.actor(), held.id)
    opened = next((s for s in kept if s.id == st.session_state.get(OPENED)), None)
    with left:
        _step_form(held, opened or Step("", "", "", "horizontal"))
    with right, st.container(key="atelier-idees"):
        st.html(f'<p class="compte">{words.plural(len(kept), "premier pas", "premiers pas")}</p>')
        if not kept:
            cards.source(sentences.text("atelier_pas"))
        for found in kept:
            st.html(step_card(found))
            _gestures(found.id, held)


def step_card(found: Step) -> str:
    """A first step as a block; a vertical one without roots says so."""
    where = words.listing(list(found.bassin_labels)) or "aucun bassin précisé"
    warning = ""
    if found.rootless:
        warning = f'<p class="etiquette alerte">{escape(ideas.ROOTLESS)}</p>'
    facts = (
        f"{found.who} · {where} · axe {lists.AXES[found.axis].lower()} · pour le "
        f"{words.day(found.by_when)}"
    )
    return (
        f'<article class="note autre"><p><b>{escape(found.result)}</b></p>{warning}'
        f'<footer class="source">{escape(facts)}</footer></article>'
    )


def bassins(ols: str) -> dict[str, str]:
    """Bassins of an OLS, by name."""
    found = [p for p in places.known().values() if p.level == "bassin" and ols in p.ols]
    return {p.id: p.label for p in sorted(found, key=lambda p: p.label)}


def _step_form(held: Workshop, start: Step) -> None:
    key = f"pas-{acting.turn()}"
    result = st.text_input(
        "Quel petit résultat verra-t-on ?", start.result, key=f"{key}-resultat", max_chars=1_000
    )
    left, right = st.columns(2)
    with left:
        actor = st.text_input(
            "Qui ? Un rôle, pas un nom", start.who, key=f"{key}-qui", max_chars=200
        )
    with right:
        by_when = st.text_input(
            "Pour quand ? (JJ/MM/AAAA)", notes.french_day(start.by_when), key=f"{key}-quand"
        )
    axis = st.segmented_control(
        "Axe",
        list(lists.AXES),
        default=start.axis,
        format_func=lists.AXES.__getitem__,
        key=f"{key}-axe",
        required=True,
        help=" ; ".join(f"{lists.AXES[a]} : {why}" for a, why in lists.AXES_HELP.items()),
    )
    known = bassins(held.ols)
    home = [held.plan.place] if held.plan.place in known and not start.id else []
    where = st.multiselect(
        "Où ? Bassins de vie",
        list(known),
        [b for b in start.bassins if b in known] or home,
        format_func=known.__getitem__,
        key=f"{key}-ou",
        placeholder="Choisir",
    )
    if axis == "vertical" and not where:
        st.warning(acting.literal(ideas.ROOTLESS), icon=":material/warning:")
    tested = {"": "aucune en particulier"} | {
        h.id: _short(h.belief) for h in ideas.hypotheses(who.actor(), held.id)
    }
    hypothesis = st.selectbox(
        "Hypothèse mise à l’épreuve",
        list(tested),
        list(tested).index(start.hypothesis) if start.hypothesis in tested else 0,
        format_func=tested.__getitem__,
        key=f"{key}-hypothese",
    )
    sure = notes.confirmed([str(result), str(actor)], key)
    label = "Enregistrer le premier pas" if start.id else "Garder le premier pas"
    if st.button(label, type="primary", key=f"{key}-garder"):
        found = Step(
            who=str(actor),
            result=str(result),
            by_when=str(by_when),
            axis=str(axis),
            bassins=tuple(where),
            hypothesis=str(hypothesis),
            id=start.id,
            revision=start.revision,
        )

        def keep() -> None:
            ideas.choose(who.actor(), held.id, found, sure)
            st.session_state.pop(OPENED, None)

        acting.attempt(keep, "Premier pas gardé.")
