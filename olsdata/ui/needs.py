"""Besoins, signals, opportunities and small victories: forms, boards, what goes to the IWPL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from olsdata import words
from olsdata.exports import needs as sent
from olsdata.exports.workbook import XLSX, About
from olsdata.notes import actors, board, book, lists, places
from olsdata.notes.book import Note
from olsdata.notes.content import Content, texts
from olsdata.territory import WALLONIE
from olsdata.ui import acting, cards, demonstration, notes, relocating, room, sentences, state, who
from olsdata.ui.state import View

PARTS = {
    "besoins": "Besoins non couverts",
    "signaux": "Signaux",
    "reussites": "Opportunités et petites victoires",
    "ols": "Par OLS",
}
NOUNS = {
    "besoins": ("besoin", "besoins"),
    "signaux": ("signal", "signaux"),
    "reussites": ("opportunité ou petite victoire", "opportunités et petites victoires"),
}
SORTS_OF = {
    "besoins": ["besoin"],
    "signaux": ["signal"],
    "reussites": ["opportunite", "victoire"],
}
"""Sorts of records that a part of the page holds."""


def part() -> str:
    """The part of the page that is shown, kept in the address."""
    return state.segments("Partie de la page", "partie", PARTS, "besoins", bare=True)


def form(view: View, sort: str) -> None:
    """Write a besoin, a signal, an opportunity or a small victory."""
    st.subheader(f"Ajouter : {lists.SORTS[sort].lower()}", anchor=False)
    if not acting.allowed(actors.ADD):
        return
    key = f"{sort}-{acting.turn()}"
    start = notes.offered(sort) or Content(
        sort=sort,
        place=notes.home(view),
        missing="offre",
        level="ols" if sort == "signal" else "",
        author=who.actor().author,
    )
    options = notes.place_options(view, start.place)
    if sort == "besoin":
        known = places.known()
        options = {i: t for i, t in options.items() if known[i].level in ("ols", "bassin")}
    place = notes.choose("Lieu", options, start.place, f"{key}-lieu", "à choisir")
    content = replace(start, sort=sort, place=place)
    if sort == "besoin":
        content = _need(content, key)
    if sort == "signal":
        level = notes.choose(
            "Niveau capable d’y répondre", lists.SIGNAL_LEVELS, start.level, f"{key}-niveau"
        )
        content = replace(content, level=level)
    text = notes.text_field(content, key, "En une ou deux phrases")
    left, right = st.columns(2)
    with left:
        author = notes.choose(
            "Rôle de l’auteur", notes.authors(start), start.author, f"{key}-auteur"
        )
    with right:
        seen = notes.choose("Visibilité", notes.visibilities(), start.visibility, f"{key}-vue")
    date = st.text_input("Date (JJ/MM/AAAA, vide : aujourd’hui)", start.date, key=f"{key}-date")
    content = replace(content, text=text, author=author, visibility=seen, date=str(date))
    notes.keep_draft(sort, content)
    sure = notes.confirmed(texts(content), key)
    cards.source(notes.audience(content.visibility))
    if st.button("Garder", type="primary", key=f"{key}-garder"):
        add = partial(book.add, who.actor(), content, sure, form=sort)
        acting.attempt(lambda: notes.ended(sort, add), f"{lists.SORTS[sort]} : gardé.")


def forms(view: View, part: str) -> None:
    """The forms of a part of the page."""
    for number, sort in enumerate(SORTS_OF[part]):
        if number:
            st.divider()
        form(view, sort)


def listing(view: View, part: str) -> None:
    """What a part of the page holds."""
    sorts, gone = SORTS_OF[part], view.territory != WALLONIE
    asked: list[dict[str, Any]] = [{"sort": s, "place": view.territory} for s in sorts]
    if gone:  # a place that is gone lies in no territory
        asked += [{"sort": s, "lost": True} for s in sorts]
    seen = room.shown(view, part, *asked, what=NOUNS[part])
    {"besoins": needs, "signaux": signals}.get(part, successes)(view, seen)
    if gone:
        _lost(sorts, seen)


def _lost(sorts: list[str], seen: Collection[str]) -> None:
    """What was written on places that are gone, sort by sort; absent when there is none."""
    gone = book.find(who.actor(), lost=True, shown=seen, limit=None).notes
    for sort in sorts:
        found = [note for note in gone if note.content.sort == sort]
        if not found:
            continue
        many = words.low(lists.SORTS[sort])
        st.subheader(f"Lieux disparus : {many} ({len(found)})", anchor=False)
        for note in found:
            st.html(card(note) if note.steps else notes.card(note))
            relocating.choose(note)


def _need(start: Content, key: str) -> Content:
    left, right = st.columns(2)
    with left:
        whom = st.text_input("Pour qui", start.for_whom, key=f"{key}-pour")
        missing = notes.choose("Ce qui manque", lists.MISSING, start.missing, f"{key}-manque")
    with right:
        obstacle = notes.choose("Obstacle", lists.OBSTACLES, start.obstacle, f"{key}-obstacle")
        theme = notes.choose("Thème", lists.THEMES, start.theme, f"{key}-theme", "aucun")
    level = notes.choose(
        "Niveau capable d’agir",
        lists.SIGNAL_LEVELS,
        start.level,
        f"{key}-niveau",
        "pas encore identifié",
    )
    return replace(
        start, for_whom=str(whom), missing=missing, obstacle=obstacle, theme=theme, level=level
    )


def needs(view: View, seen: Collection[str]) -> None:
    """The board of besoins: by status, with days waiting, and the next step of each."""
    found = board.board(who.actor(), "besoin", view.territory, seen)
    _board(view, found, lists.STATUS["besoin"])


def signals(view: View, seen: Collection[str]) -> None:
    """Signals by the level able to solve them: an answer, or how long they have waited."""
    found = board.signals(who.actor(), view.territory, seen)
    _board(view, found, lists.SIGNAL_LEVELS)


def successes(view: View, seen: Collection[str]) -> None:
    """Opportunities and small victories, the latest first."""
    for sort in ("opportunite", "victoire"):
        found = book.find(who.actor(), sort=sort, place=view.territory, shown=seen, limit=50)
        st.subheader(f"{lists.SORTS[sort]} ({found.total})", anchor=False)
        for note in found.notes:
            st.html(notes.card(note))
            relocating.choose(note)
        if not found.notes:
            room.none(view, "aucune_note")


def _board(view: View, groups: dict[str, list[Note]], names: dict[str, str]) -> None:
    if not any(groups.values()):
        room.none(view, "aucune_note")
    for id_, found in groups.items():
        if not found:
            continue
        st.subheader(f"{names[id_]} ({len(found)})", anchor=False)
        for note in found:
            st.html(card(note))
            relocating.choose(note)
            _step(note)


def card(note: Note) -> str:
    """A besoin or a signal as HTML: place, days waiting, status, steps."""
    content = note.content
    tags = [lists.STATUS[content.sort][note.status]]
    if content.missing:
        tags.append(f"manque : {lists.MISSING[content.missing].lower()}")
    if content.sort == "besoin":
        tags.append(f"obstacle {lists.OBSTACLES[content.obstacle].lower()}")
        if content.level:
            tags.append(f"peut agir : {words.low(lists.SIGNAL_LEVELS[content.level])}")
    waits = ""
    if note.waiting is not None:
        since = f"depuis {words.plural(note.waiting, 'jour')}" if note.waiting else "d’aujourd’hui"
        waits = f'<span class="etiquette">en attente {since}</span>'
    steps = "".join(
        f"<li>{escape(lists.STATUS[content.sort][step.status])} le "
        f"{escape(words.day(step.date))}"
        f"{' : ' + escape(step.text) if step.text else ''}</li>"
        for step in note.steps
    )
    whom = f" <i>Pour qui : {escape(content.for_whom)}.</i>" if content.for_whom else ""
    text = escape(content.text).replace("\n", "<br>")
    return (
        f'<article class="note autre"><header><b>{escape(notes.place_name(note))}</b> {waits} '
        f'<span class="source">{escape(" · ".join(tags))}</span></header>'
        f"<p>{text}{whom}</p><ul class='etapes source'>{steps}</ul></article>"
    )


def _step(note: Note) -> None:
    """Move a besoin or a signal to its next step, with the answer given."""
    actor = who.actor()
    if not actors.may(actor, actors.FOLLOW) or (actor.role != "local" and note.ols != actor.ols):
        return
    name = f"etape-{note.id}"
    with st.expander("Faire avancer"):
        known = {
            id_: label
            for id_, label in lists.STATUS[note.content.sort].items()
            if id_ != note.status
        }
        key = f"{name}-{acting.turn()}"
        status = notes.choose("Étape", known, "", f"{key}-etape")
        date = st.text_input("Date (JJ/MM/AAAA, vide : aujourd’hui)", key=f"{key}-date")
        reply = st.text_area("Réponse donnée", key=f"{key}-reponse", height=80)
        sure = notes.confirmed([str(reply)], key)
        if st.button("Enregistrer l’étape", key=f"{key}-garder"):
            acting.attempt(
                lambda: book.advance(
                    who.actor(), note.id, status, note.revision, str(date), str(reply), sure
                ),
                "Étape enregistrée.",
            )


def by_ols(view: View) -> None:
    """Besoins of each OLS by status, in official order: counts, never a comparison."""
    seen = room.shown(view, "ols", {"sort": "besoin"}, what=NOUNS["besoins"])
    table = board.consolidated(who.actor(), shown=seen)  # of each, whatever the page shows
    status = lists.STATUS["besoin"]
    heads = "".join(f'<th scope="col" class="nombre">{escape(n)}</th>' for n in status.values())
    lines = "".join(
        f'<tr><th scope="row">{escape(str(id_))} {escape(str(row["label"]))}</th>'
        + "".join(f'<td class="nombre">{words.number(int(row[s]))}</td>' for s in status)
        + "</tr>"
        for id_, row in table.iterrows()
    )
    st.html(
        '<div class="defile" tabindex="0" role="region" aria-label="Besoins par OLS">'
        '<table class="donnees"><caption>Besoins par étape, dans l’ordre officiel des OLS</caption>'
        f'<thead><tr><th scope="col">OLS</th>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )
    about = About(
        "Besoins par étape, dans l’ordre officiel des OLS",
        "Besoins relevés dans cet outil",
        limits="Un nombre de besoins dit ce qui a été relevé, pas ce qui existe.",
    )
    cards.download(table, "besoins-par-ols", about)


def sending(view: View) -> None:
    """What goes to the IWPL and to the Forum, as a workbook and as a document."""
    st.subheader("Pour l’IWPL et le Forum", anchor=False)
    if not acting.allowed(actors.EXPORT):
        return
    example = demonstration.is_open()
    title = places.find(view.territory).title if example else view.zone.title
    found = sent.gather(who.actor(), view.territory, title, fictional=example)
    cards.sentence(
        f"<b>{words.plural(len(found.needs), 'besoin')}</b> et "
        f"{words.plural(len(found.signals), 'signal', 'signaux')} partagés avec l’IWPL."
    )
    with st.container(horizontal=True):
        for label, end, mime, make in (
            ("Classeur (XLSX)", "xlsx", XLSX, sent.to_xlsx),
            ("Document (DOCX)", "docx", sent.DOCX, sent.to_docx),
        ):
            st.download_button(
                label,
                data=lambda make=make: make(found),  # type: ignore[misc]
                file_name=f"{found.stem}.{end}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"envoi-{end}",
            )
    cards.source(sentences.text("envoi"))
