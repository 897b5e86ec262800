"""The page « Atelier »: prepare at home, run, resume, keep the record."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from olsdata import catalogue, structures, words
from olsdata.notes import places
from olsdata.territory import WALLONIE
from olsdata.ui import (
    acting,
    cards,
    notes,
    sentences,
    state,
    who,
    workshop_cycles,
    workshop_mandates,
    workshop_phones,
    workshop_record,
    workshop_run,
)
from olsdata.ui.state import View
from olsdata.workshops import book, lists, pictures, voices
from olsdata.workshops.book import Plan, Workshop
from olsdata.workshops.pictures import Picture

PARTS = {
    "ateliers": "Ateliers",
    "cycles": "Cycles d’apprentissage",
    "mandats": "Fiches mandat",
}
NEW = "nouveau"


def page(view: View) -> None:
    """The workshop that the address names, on the whole screen or not; else the list."""
    mine = {w.id: w for w in book.find(who.actor())}
    chosen = state.choice(workshop_run.CHOSEN, ["", NEW, *mine], "")
    modes = workshop_run.modes(mine[chosen]) if chosen in mine else [""]
    mode = state.choice(workshop_run.MODE, modes, "")
    if mode == workshop_run.RUN:
        workshop_run.whole_screen(mine[chosen], view)
        return
    cards.title(view, "Atelier")
    acting.faults()
    acting.done()
    if chosen:
        st.button("Tous les ateliers", icon=":material/arrow_back:", on_click=_go, args=("",))
        if mode == workshop_run.RECORD:
            workshop_record.panel(mine[chosen])
        elif chosen == NEW:
            _new(view)
        else:
            _one(mine[chosen], view)
        return
    part = _part()
    if part == "cycles":
        workshop_cycles.panel(view)
    elif part == "mandats":
        workshop_mandates.panel(view)
    else:
        cards.sentence(sentences.text("atelier_aide"))
        _listing(list(mine.values()), view)


def _go(id_: str, mode: str = "") -> None:
    """Open a workshop, from a callback."""
    st.session_state[workshop_run.CHOSEN] = id_
    st.session_state[workshop_run.MODE] = mode


def _part() -> str:
    """The part of the page that is shown, kept in the address."""
    return state.segments("Partie de la page", "partie-atelier", PARTS, "ateliers", bare=True)


# --- The list -----------------------------------------------------------------------------------


def _listing(found: list[Workshop], view: View) -> None:
    """Workshops of the territory: those that are open first, then the latest."""
    st.button(
        "Préparer un atelier",
        type="primary",
        icon=":material/add:",
        on_click=_go,
        args=(NEW,),
        key="atelier-nouveau",
    )
    here = [w for w in found if view.territory in (WALLONIE, w.ols)]
    here.sort(key=lambda w: w.state != lists.OPEN)
    if not here:
        cards.sentence(sentences.text("atelier_aucun"))
    for held in here:
        with st.container(border=True, key=f"panneau-atelier-{held.id}"):
            st.html(_card(held))
            with st.container(horizontal=True):
                workshop_run.start_button(held)
                if held.state != lists.CLOSED:
                    st.button("Préparer", on_click=_go, args=(held.id,), key=f"preparer-{held.id}")
                if held.state != lists.PREPARED:
                    _record_button(held)


def _record_button(held: Workshop) -> None:
    st.button(
        "Compte rendu",
        icon=":material/description:",
        on_click=_go,
        args=(held.id, workshop_run.RECORD),
        key=f"trace-{held.id}",
    )


def _card(held: Workshop) -> str:
    count = words.plural(len(held.plan.pictures), "image")
    said = ""
    if held.state != lists.PREPARED:
        said = f" · {words.plural(len(voices.find(who.actor(), held.id)), 'contribution')}"
    return (
        f'<h3>{escape(held.plan.title)}</h3><p class="source"><b>{lists.STATES[held.state]}</b> · '
        f"{escape(words.day(held.plan.date))} · {escape(held.place_label)} · {count}{said}"
        "</p>"
    )


# --- Preparing ----------------------------------------------------------------------------------


def _place_options(view: View, held: str = "") -> dict[str, str]:
    known = notes.place_options(view, held)
    return {i: t for i, t in known.items() if places.known()[i].level in ("ols", "bassin")}


def _plan_fields(start: Plan, view: View, key: str) -> Plan:
    title = st.text_input("Titre de l’atelier", start.title, key=f"{key}-titre")
    left, right = st.columns(2)
    with left:
        place = notes.choose("Lieu", _place_options(view, start.place), start.place, f"{key}-lieu")
    with right:
        day = st.text_input(
            "Date (JJ/MM/AAAA, vide : aujourd’hui)",
            notes.french_day(start.date),
            key=f"{key}-date",
        )
    held = st.toggle(
        "Retenir ce qui vient des téléphones jusqu’à ce que je le montre",
        start.held,
        key=f"{key}-retenir",
    )
    return replace(start, title=str(title), place=place, date=str(day), held=bool(held))


def _new(view: View) -> None:
    """A new workshop: title, place, date; pictures come next."""
    with st.container(border=True, key="panneau-atelier-neuf"):
        st.subheader("Préparer un atelier", anchor=False)
        home = "" if view.territory == WALLONIE else view.territory
        key = f"atelier-{acting.turn()}"
        plan = _plan_fields(Plan("", home), view, key)
        sure = notes.confirmed([plan.title], key)
        if st.button("Créer l’atelier", type="primary", key=f"{key}-creer"):

            def create() -> None:
                _go(book.prepare(who.actor(), plan, sure).id)

            acting.attempt(create, "Atelier créé. Choisissez deux ou trois images à montrer.")


def _one(held: Workshop, view: View) -> None:
    """What is prepared, and the way to the room."""
    left, right = st.columns([1, 1.25])
    closed = held.state == lists.CLOSED
    with left, st.container(border=True, key="panneau-atelier-plan"):
        named = f"{acting.literal(held.plan.title)} · {lists.STATES[held.state].lower()}"
        st.subheader(named, anchor=False)
        key = f"atelier-{held.id}-{held.revision}"
        if not closed:
            plan = _plan_fields(held.plan, view, key)
            sure = notes.confirmed([plan.title], key)
            if st.button("Enregistrer", key=f"{key}-garder"):
                acting.attempt(
                    lambda: book.revise(who.actor(), held.id, plan, held.revision, sure),
                    "Atelier enregistré.",
                )
        with st.container(horizontal=True):
            workshop_run.start_button(held)
            if held.state != lists.PREPARED:
                _record_button(held)
        _erase(held)
    with right, st.container(border=True, key="panneau-atelier-images"):
        _pictures(held)
    if held.state == lists.OPEN:
        left, right = st.columns([1, 1.25])
        with left, st.container(border=True, key="panneau-atelier-telephones"):
            workshop_phones.settings(held)
        with right, st.container(border=True, key="panneau-atelier-retenues"):
            workshop_run.waiting_panel(held)


def _erase(held: Workshop) -> None:
    with st.expander("Effacer cet atelier"):
        cards.sentence(sentences.text("atelier_effacer"))
        if st.button("Effacer pour toujours", key=f"effacer-{held.id}"):

            def erase() -> None:
                workshop_phones.hang_up(held.id)
                book.erase(who.actor(), held.id)
                _go("")

            acting.attempt(erase, "Atelier effacé.")


def _pictures(held: Workshop) -> None:
    """The pictures, in their order, each with its question; then the choice of another."""
    st.subheader("Images à montrer", anchor=False)
    cards.source(sentences.text("atelier_images"))
    chosen = list(held.plan.pictures)
    for number, picture in enumerate(chosen, 1):
        address = escape(picture.address(held.ols))
        title = escape(words.spaced(picture.title))
        st.html(
            f'<p class="phrase"><b>{number}. {title}</b> '
            f'<a href="{address}" target="_self">voir</a></p>'
            f'<p class="source">{escape(picture.asked)}</p>'
        )
        if held.state == lists.CLOSED:
            continue
        with st.container(horizontal=True):
            if number > 1 and st.button("Monter", key=f"monter-{picture.id}", type="tertiary"):
                above = number - 2
                before = [*chosen[:above], picture, chosen[above], *chosen[number:]]
                _save_pictures(held, before, "Image montée.")
            if st.button("Retirer", key=f"retirer-{picture.id}", type="tertiary"):
                others = [p for p in chosen if p.id != picture.id]
                _save_pictures(held, others, "Image retirée.")
    if held.state != lists.CLOSED and len(chosen) < pictures.MOST:
        _add_picture(held)


def _save_pictures(held: Workshop, chosen: list[Picture], done: str) -> None:
    plan = replace(held.plan, pictures=tuple(chosen))
    acting.attempt(lambda: book.revise(who.actor(), held.id, plan, held.revision), done)


def _add_picture(held: Workshop) -> None:
    st.divider()
    key = f"image-{held.id}-{acting.turn()}"
    kind = notes.choose("Image", pictures.KINDS, "carte", f"{key}-sorte")
    picture = Picture(kind)
    left, right = st.columns(2)
    if kind == "carte":
        with left:
            known = {i: c.option for i, c in catalogue.available().items()}
            indicator = notes.choose("Indicateur", known, state.INDICATOR, f"{key}-indicateur")
        picture = replace(picture, indicator=indicator)
    if kind == "structures":
        with left:
            types = {i: t.plural for i, t in structures.types().items()}
            picture = replace(picture, structure=notes.choose("Type", types, "clps", f"{key}-type"))
    if kind in ("carte", "besoin"):
        with right:
            level = notes.choose("Niveau", pictures.LEVELS, "commune", f"{key}-niveau")
        picture = replace(picture, level=level)
    asked = st.text_input(
        "Question posée à la salle (vide : la question habituelle)",
        key=f"{key}-question",
        placeholder=picture.asked,
        max_chars=200,
    )
    picture = replace(picture, question=str(asked))
    if st.button("Ajouter l’image", key=f"{key}-ajouter", type="primary"):
        _save_pictures(held, [*held.plan.pictures, picture], "Image ajoutée.")
