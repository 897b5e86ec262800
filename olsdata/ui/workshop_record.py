"""« Garder »: who was there, what becomes a note de terrain, and the record."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from olsdata import words
from olsdata.exports import document as doc
from olsdata.exports import needs as sent
from olsdata.exports import pdf, word, workshop
from olsdata.exports.document import Block, Document
from olsdata.notes import lists as note_lists
from olsdata.notes.content import Content
from olsdata.ui import acting, cards, notes, sentences, who, workshop_phones
from olsdata.workshops import book, lists, voices
from olsdata.workshops.book import Workshop
from olsdata.workshops.voices import Voice

PDF = "application/pdf"
DIRECTIONS = {"concordent": "comme"}
"""What the room's sorting says of a note's direction; the rest is for its author to say."""


def keep(held: Workshop, on_close: Callable[[str], None]) -> None:
    """The last screen: presence, notes to keep, record, end."""
    left, right = st.columns([1, 1.1], gap="large")
    with left:
        st.subheader("Qui était représenté ? Qui manquait ?", anchor=False)
        _presence(held)
        st.subheader("Emporter le compte rendu", anchor=False)
        downloads(held)
        st.button(
            "Clore l’atelier",
            type="primary",
            icon=":material/flag:",
            on_click=_close,
            args=(held.id, on_close),
            key="atelier-clore",
        )
        cards.source(sentences.text("atelier_clore"))
    with right:
        _to_notes(held)


def _close(id_: str, then: Callable[[str], None]) -> None:
    if acting.safely(lambda: book.close(who.actor(), id_)):
        workshop_phones.hang_up(id_)
        then("trace")


# --- Who was there ------------------------------------------------------------------------------


def _presence(held: Workshop) -> None:
    """Roles and words; each change is kept at once."""
    key = f"presence-{held.id}"
    fields = {"represented": "Représentés", "absent": "Manquaient"}
    for name, label in fields.items():
        st.session_state.setdefault(f"{key}-{name}", list(getattr(held, name)))
        st.multiselect(
            label,
            list(note_lists.AUTHORS),
            format_func=note_lists.AUTHORS.__getitem__,
            key=f"{key}-{name}",
            on_change=_attend,
            args=(held.id, key),
            placeholder="Choisir",
        )
    for name, label in {
        "present": "Plus précisément, qui était représenté (des rôles, pas des noms)",
        "missing": "Plus précisément, qui manquait",
    }.items():
        st.session_state.setdefault(f"{key}-{name}", getattr(held, name))
        st.text_input(
            label, key=f"{key}-{name}", on_change=_attend, args=(held.id, key), max_chars=1_000
        )


def _attend(id_: str, key: str) -> None:
    names = ("represented", "absent", "present", "missing")
    values = [st.session_state.get(f"{key}-{name}") for name in names]
    represented, absent, present, missing = values
    acting.safely(
        lambda: book.attend(
            who.actor(), id_, represented or [], absent or [], present or "", missing or ""
        )
    )


# --- Notes de terrain ---------------------------------------------------------------------------


def _to_notes(held: Workshop) -> None:
    """Contributions that the room wants to keep as notes de terrain."""
    st.subheader("Garder des notes de terrain", anchor=False)
    said = voices.find(who.actor(), held.id)
    left = [v for v in said if not v.note]
    kept = len(said) - len(left)
    if kept:
        cards.source(f"{words.plural(kept, 'déjà gardée', 'déjà gardées')}.")
    if not left:
        cards.sentence("Rien d’autre à garder.")
        return
    texts = {v.id: v.text if len(v.text) < 90 else f"{v.text[:90]}…" for v in left}
    chosen = st.multiselect(
        "Notes à garder",
        list(texts),
        format_func=texts.__getitem__,
        key=f"garder-{held.id}",
        placeholder="Choisir",
    )
    visibility = notes.choose("Visibilité", note_lists.VISIBILITY, "ols", "garder-visibilite")
    cards.source(notes.audience(visibility))
    cards.source(sentences.text("atelier_garder"))
    picked = [v for v in left if v.id in chosen]
    sure = notes.confirmed([v.text for v in picked], f"garder-{held.id}")
    label = f"Garder {words.plural(len(picked), 'note de terrain', 'notes de terrain')}"
    if st.button(label, disabled=not picked, key="atelier-garder"):

        def keep_all() -> None:
            for voice in picked:
                voices.keep(who.actor(), voice.id, _content(held, voice, visibility), sure)

        acting.attempt(keep_all, f"{words.plural(len(picked), 'note gardée', 'notes gardées')}.")


def _content(held: Workshop, voice: Voice, visibility: str) -> Content:
    picture = held.picture(voice.picture)
    indicator = picture.about if picture else ""
    direction = DIRECTIONS.get(voice.reading, "sans") if indicator else "sans"
    return Content(
        text=voice.text,
        place=held.plan.place,
        indicator=indicator,
        kind=voice.kind or "soft",
        direction=direction,
        source="atelier",
        author=voice.author or "autre",
        visibility=visibility,
    )


# --- The record ---------------------------------------------------------------------------------


def downloads(held: Workshop) -> None:
    """The record as PDF and as DOCX, made when asked for."""
    actor = who.actor()
    with st.container(horizontal=True):
        for label, end, mime, make in (
            ("Compte rendu (PDF)", "pdf", PDF, pdf.to_pdf),
            ("Compte rendu (DOCX)", "docx", sent.DOCX, word.to_docx),
        ):
            st.download_button(
                label,
                data=lambda make=make: make(workshop.record(actor, held.id)),  # type: ignore[misc]
                file_name=f"{workshop.stem(held)}.{end}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"trace-{end}",
            )


def panel(held: Workshop) -> None:
    """The record as a page; the documents have its pictures too."""
    downloads(held)
    with st.container(border=True, key="panneau-trace"):
        st.html(html(workshop.record(who.actor(), held.id, drawn=False)))
    if held.state == lists.CLOSED:
        with st.container(border=True, key="panneau-trace-notes"):
            _to_notes(held)


def html(page: Document) -> str:
    """A document as safe HTML; what the record is made of, no more."""
    badges = "".join(f'<span class="badge">{escape(b)}</span>' for b in page.badges)
    head = (
        f'<h2>{escape(page.title)}</h2><p class="sous-titre">{escape(page.subtitle)} {badges}</p>'
    )
    return f'<div class="document">{head}{"".join(map(_block, page.blocks))}</div>'


def _block(block: Block) -> str:
    if isinstance(block, doc.Heading):
        return f"<h{block.level + 2}>{escape(block.text)}</h{block.level + 2}>"
    if isinstance(block, doc.Paragraph):
        look = f' class="{block.style}"' if block.style else ""
        return f"<p{look}>{_text(block.text)}</p>"
    if isinstance(block, doc.Bullets):
        return f"<ul>{''.join(f'<li>{_text(item)}</li>' for item in block.items)}</ul>"
    if isinstance(block, doc.Frame):
        kind = {"savoir": "soft", "vecu": "warm"}.get(block.tint, "autre")
        inside = "".join(map(_block, block.blocks))
        return f'<article class="note {kind}">{inside}</article>'
    raise TypeError(f"un compte rendu ne contient pas de {type(block).__name__}")


def _text(text: doc.Text) -> str:
    return "".join(
        f"<b>{escape(piece)}</b>" if strong else escape(piece).replace("\n", "<br>")
        for piece, strong in doc.pieces(text)
    )
