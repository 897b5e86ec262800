"""Pieces of the page « Ce que les OLS remontent »: what is shared, what a person groups, the file.

Everything is read through the actor: what an OLS does not share is not here.
"""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from olsdata import words
from olsdata.exports import forum
from olsdata.exports import needs as sent
from olsdata.exports.workbook import XLSX
from olsdata.notes import actors, gatherings, lists, places
from olsdata.notes.book import Note
from olsdata.notes.gatherings import Gathering, Pair, Shared
from olsdata.ui import acting, cards, demonstration, notes, sentences, state, tables, who
from olsdata.ui import needs as board
from olsdata.ui.state import View

PARTS = {
    "obstacles": "Besoins par obstacle",
    "regrouper": "Regrouper",
    "signaux": "Signaux",
    "essais": "Ce qui a été essayé",
}
LEVELS = forum.LEVELS
MADE = "_forum"
"""Session key of the files of the Forum, once made."""


def shared(view: View) -> Shared:
    """What is shared with the IWPL in the view's territory."""
    return gatherings.shared(who.actor(), view.territory)


def part() -> str:
    """Which part of the page is shown, kept in the address."""
    return state.segments("Partie de la page", "partie", PARTS, "obstacles", bare=True)


def overview(found: Shared) -> None:
    """How much is shared, by whom, and what still waits."""
    waiting = [n.waiting for n in (*found.needs, *found.signals) if n.waiting is not None]
    start = (
        f"<b>{words.plural(len(found.needs), 'besoin')}</b> et "
        f"{words.plural(len(found.signals), 'signal', 'signaux')} partagés"
    )
    if found.sharing:
        start += f" par {words.plural(len(found.sharing), 'OLS', 'OLS')}"
    wait = ""
    if waiting:
        verb = "attendent" if len(waiting) > 1 else "attend"
        wait = f" ; <b>{len(waiting)}</b> {verb} une réponse, depuis " + (
            f"{words.plural(max(waiting), 'jour')} au plus" if max(waiting) else "aujourd’hui"
        )
    cards.sentence(f"{start}{wait}.")
    cards.source(sentences.text("remontees_nombre"))


# --- Besoins ------------------------------------------------------------------------------------


def needs(found: Shared) -> None:
    """Counts by obstacle and level, then each besoin with its status and the notes behind."""
    st.subheader("Besoins par obstacle et par niveau capable d’agir", anchor=False)
    groups = gatherings.by_obstacle(found.needs)
    st.html(_matrix(groups))
    if not found.needs:
        cards.sentence(sentences.text("aucune_note"))
        return
    kept = _filtered(found.needs)
    for obstacle, levels in gatherings.by_obstacle(kept).items():
        total = sum(len(mine) for mine in levels.values())
        if not total:
            continue
        st.subheader(f"Obstacle : {words.low(lists.OBSTACLES[obstacle])} ({total})", anchor=False)
        for level, mine in levels.items():
            if mine:
                st.html(f'<p class="volet">Peut agir : {escape(words.low(LEVELS[level]))}</p>')
                st.html("".join(_need(n, found.notes) for n in mine))
    if not kept:
        cards.sentence("Aucun besoin partagé ne répond à ces choix.")


def _matrix(groups: dict[str, dict[str, list[Note]]]) -> str:
    lines = ""
    for obstacle, levels in groups.items():
        mine = [n for found in levels.values() for n in found]
        answered = sum(n.status in lists.ANSWERED for n in mine)
        counts = (*(len(found) for found in levels.values()), len(mine), answered)
        lines += f'<tr><th scope="row">{escape(lists.OBSTACLES[obstacle])}</th>'
        lines += "".join(f'<td class="nombre">{words.number(n) if n else "–"}</td>' for n in counts)
        lines += "</tr>"
    heads = ["Obstacle", *LEVELS.values(), "Ensemble", "Avec réponse"]
    name = "Nombre de besoins partagés"
    return tables.html(name, heads, lines, tuple(range(1, len(heads))))


def _filtered(needs_: list[Note]) -> list[Note]:
    """Besoins of a status and of a theme, both kept in the address."""
    status = {"": "Toutes les étapes"} | lists.STATUS["besoin"]
    themes = {"": "Tous les thèmes"} | {
        i: name for i, name in lists.THEMES.items() if any(n.content.theme == i for n in needs_)
    }
    with st.container(horizontal=True, key="filtres"):
        step = _choice("Étape", "etape", status)
        theme = _choice("Thème", "theme", themes)
    return [n for n in needs_ if step in ("", n.status) and theme in ("", n.content.theme)]


def _choice(label: str, name: str, known: dict[str, str]) -> str:
    state.choice(name, list(known), "")
    return str(st.selectbox(label, list(known), format_func=known.__getitem__, key=name))


def _ols(note: Note) -> str:
    place = places.known().get(note.ols)
    return f"{note.ols} {place.label}" if place else note.ols


def _need(note: Note, every: list[Note]) -> str:
    """A besoin, and folded under it the shared notes that stand behind it."""
    behind = gatherings.behind(note, every)
    fold = ""
    if behind:
        count = words.plural(len(behind), "note partagée derrière", "notes partagées derrière")
        inside = "".join(notes.card(n) for n in behind)
        fold = f"<details><summary>{count} ce besoin</summary>{inside}</details>"
    home = "" if note.content.place == note.ols else f'<p class="source">{escape(_ols(note))}</p>'
    return f'<div class="remontee">{home}{board.card(note)}{fold}</div>'


def signals(found: Shared) -> None:
    """Signals by the level able to solve them."""
    st.subheader("Signaux, par niveau capable d’y répondre", anchor=False)
    for level, name in lists.SIGNAL_LEVELS.items():
        mine = [n for n in found.signals if n.content.level == level]
        if mine:
            st.html(f'<p class="volet">{escape(name)} ({len(mine)})</p>')
            st.html("".join(_need(n, []) for n in mine))
    if not found.signals:
        cards.sentence(sentences.text("aucune_note"))


# --- Grouping -----------------------------------------------------------------------------------


def grouping(found: Shared) -> None:
    """What looks alike, what a person put together, and how to undo it."""
    actor = who.actor()
    if not actors.may(actor, actors.GROUP):
        cards.sentence("Votre rôle ne permet pas de regrouper : c’est le travail de l’IWPL.")
        return
    st.subheader("Besoins qui se ressemblent peut-être", anchor=False)
    cards.source(sentences.text("remontees_propositions"))
    pairs = gatherings.propose(actor, found.needs)
    for pair in pairs:
        _pair(pair)
    if not pairs:
        cards.sentence("Aucune ressemblance à proposer.")
    _by_hand(found)
    made = gatherings.listing(actor)
    st.subheader(f"Regroupements ({len(made)})", anchor=False)
    for group in made:
        _group(group)
    if not made:
        cards.sentence("Aucun regroupement pour l’instant.")
    apart = gatherings.told_apart(actor)
    if apart and st.button(f"Proposer à nouveau les paires dites distinctes ({apart})"):
        acting.attempt(lambda: gatherings.forget_apart(actor), "Paires proposées à nouveau.")


def _short(note: Note) -> str:
    place = "" if note.content.place == note.ols else f", {escape(sent.place_name(note))}"
    return f"<li><b>{escape(_ols(note))}</b>{place} : {escape(note.content.text)}</li>"


def _pair(pair: Pair) -> None:
    ids = (pair.one.id, pair.other.id)
    key = f"paire-{ids[0]}-{ids[1]}-{acting.turn()}"
    with st.container(border=True, key=f"{key}-cadre"):
        st.html(
            f"<ul>{_short(pair.one)}{_short(pair.other)}</ul>"
            f'<p class="source">Mots semblables à {words.quantity(pair.likeness, "%")} ; '
            f"{escape(', '.join(pair.common))}.</p>"
        )
        title = str(st.text_input("Titre du regroupement", key=f"{key}-titre"))
        sure = notes.confirmed([title], key)
        with st.container(horizontal=True):
            if st.button("Regrouper", key=f"{key}-oui", type="primary"):
                _gather(ids, title, sure)
            if st.button("Ce sont deux besoins distincts", key=f"{key}-non"):
                acting.attempt(
                    lambda: gatherings.apart(who.actor(), *ids),
                    "Gardés distincts : ils ne seront plus proposés ensemble.",
                )


def _gather(ids: Any, title: str, sure: Any) -> None:
    acting.attempt(
        lambda: gatherings.gather(who.actor(), ids, title, sure),
        "Regroupés. Chaque besoin reste entier, sous son OLS.",
    )


def _by_hand(found: Shared) -> None:
    """Group any besoins, alike or not for the machine."""
    known = {n.id: f"{_ols(n)} : {n.content.text[:90]}" for n in found.needs}
    with st.expander("Regrouper d’autres besoins"):
        key = f"main-{acting.turn()}"
        ids = st.multiselect(
            "Besoins à regrouper", list(known), format_func=known.__getitem__, key=f"{key}-besoins"
        )
        title = str(st.text_input("Titre", key=f"{key}-titre"))
        sure = notes.confirmed([title], key)
        if st.button("Regrouper ces besoins", key=f"{key}-oui"):
            _gather(ids, title, sure)


def _group(group: Gathering) -> None:
    with st.container(border=True, key=f"groupe-{group.id}"):
        role = lists.AUTHORS.get(group.role, group.role)
        st.html(
            f"<p><b>{escape(group.title)}</b></p>"
            f"<ul>{''.join(_short(n) for n in group.needs)}</ul>"
            f'<p class="source">{words.plural(len(group.needs), "besoin")}. Fait par : '
            f"{escape(role)}, le {escape(words.day(group.updated))}.</p>"
        )
        if st.button("Défaire", key=f"defaire-{group.id}"):
            acting.attempt(
                lambda: gatherings.undo(who.actor(), group.id),
                "Regroupement défait : les besoins sont comme avant.",
            )


# --- The file -----------------------------------------------------------------------------------


def compiled() -> None:
    """Make the file of the Forum, saying how far it is; then give it."""
    st.subheader("Le fichier pour le Forum", anchor=False)
    cards.source(sentences.text("remontees_forum"))
    if st.button("Compiler pour le Forum", type="primary", icon=":material/inventory_2:"):
        bar = st.progress(0.0, "Préparation")

        def tell(share: float, what: str) -> None:
            bar.progress(share, what)

        found = forum.compile_(who.actor(), demonstration.is_open(), tell)
        tell(0.8, "Classeur")
        workbook = forum.to_xlsx(found)
        tell(0.9, "Document")
        document = forum.to_docx(found)
        tell(1.0, "Prêt")
        mine = (who.actor(), demonstration.is_open())
        st.session_state[MADE] = (*mine, found.stem, workbook, document)
    made = st.session_state.get(MADE)
    if made is None or made[:2] != (who.actor(), demonstration.is_open()):
        return
    stem, workbook, document = made[2:]
    with st.container(horizontal=True):
        for label, end, mime, raw in (
            ("Classeur (XLSX)", "xlsx", XLSX, workbook),
            ("Document (DOCX)", "docx", sent.DOCX, document),
        ):
            st.download_button(
                label,
                data=raw,
                file_name=f"{stem}.{end}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"forum-{end}",
            )
    cards.source("Fait à l’instant de la compilation : recompilez si les OLS ont partagé depuis.")
