"""« Emporter ce portrait »: the document is made when it is asked for, then downloaded."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from olsdata import tables
from olsdata.exports import portrait
from olsdata.exports.document import Document
from olsdata.exports.needs import DOCX
from olsdata.notes.actors import Actor
from olsdata.territory import Zone
from olsdata.ui import cards, sentences, who

_MADE = "_portrait"
"""Session key of the last document made: what it was made of, its name and its bytes."""


def _pdf(page: Document) -> bytes:
    from olsdata.exports.pdf import to_pdf

    return to_pdf(page)


def _docx(page: Document) -> bytes:
    from olsdata.exports.word import to_docx

    return to_docx(page)


KINDS: dict[str, tuple[str, str, Callable[[Document], bytes]]] = {
    "pdf": ("PDF accessible", "application/pdf", _pdf),
    "docx": ("Word (DOCX), à modifier", DOCX, _docx),
}


def panel(zone: Zone) -> None:
    """Two buttons; once a document is made, its download stays until the view changes."""
    st.subheader("Emporter ce portrait", anchor=False)
    cards.sentence(sentences.text("portrait_emporter"))
    actor = who.actor()
    with st.container(horizontal=True):
        asked = [
            kind
            for kind, (label, _, _) in KINDS.items()
            if st.button(
                f"Préparer : {label}", key=f"portrait-{kind}", icon=":material/description:"
            )
        ]
    mark = (zone.id, tables.load().version, actor)
    for kind in asked:
        st.session_state[_MADE] = (mark, kind, _make(zone, actor, kind))
    made = st.session_state.get(_MADE)
    if made and made[0] == mark:
        _, kind, content = made
        label, mime, _ = KINDS[kind]
        st.download_button(
            f"Télécharger : {label}",
            data=content,
            file_name=f"{portrait.file_name(zone)}.{kind}",
            mime=mime,
            icon=":material/download:",
            type="primary",
            on_click="ignore",
            key="portrait-telecharger",
        )


def _make(zone: Zone, actor: Actor, kind: str) -> bytes:
    label, _, write = KINDS[kind]
    with st.status("Portrait en préparation…", expanded=True) as status:
        st.write("Chiffres, cartes et notes partagées")
        page = portrait.build(zone, actor)
        st.write(f"Mise en page : {label}")
        content = write(page)
        status.update(label="Portrait prêt", state="complete", expanded=False)
    return content
