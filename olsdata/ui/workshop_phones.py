"""The telephones on screen: open the line, show the code and its QR, close it."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import streamlit as st

from olsdata.ui import acting, cards, sentences, who
from olsdata.workshops import line
from olsdata.workshops.book import Workshop, readable_code


def panel(held: Workshop) -> None:
    """The code of the room, or the button that opens the line."""
    now = line.live()
    if now is not None and now.workshop == held.id:
        st.html(_card(now.url(held.code), readable_code(held.code)))
        return
    st.button(
        "Ouvrir aux téléphones",
        icon=":material/qr_code_2:",
        on_click=_open,
        args=(held.id,),
        key="atelier-telephones",
    )


def settings(held: Workshop) -> None:
    """Out of the room's sight: on which network the line is, and how to close it."""
    st.subheader("Téléphones", anchor=False)
    now = line.live()
    if now is not None and now.workshop == held.id:
        st.html(_card(now.url(held.code), readable_code(held.code)))
        st.button("Fermer aux téléphones", on_click=hang_up, args=(held.id,), key="raccrocher")
    else:
        known = line.addresses()
        if not known:
            cards.sentence(escape(line.NO_NETWORK))
            return
        chosen = known[0]
        if len(known) > 1:
            chosen = str(st.selectbox("Adresse de cet ordinateur sur le réseau de la salle", known))
        st.button(
            "Ouvrir aux téléphones",
            icon=":material/qr_code_2:",
            on_click=_open,
            args=(held.id, chosen),
            key="atelier-telephones",
        )
    cards.source(sentences.text("atelier_telephones"))


def _open(id_: str, address: str = "") -> None:
    acting.safely(lambda: line.start(who.actor(), id_, address))


def hang_up(id_: str) -> None:
    """Close the line of a workshop, if it has one."""
    line.stop(id_)


@lru_cache(maxsize=8)
def _card(url: str, code: str) -> str:
    """QR, code and address; the picture is made here, nothing is asked outside."""
    import segno

    picture = segno.make(url, error="m", micro=False).svg_data_uri(
        scale=4, border=2, dark="#1B2733", light="#FFFFFF"
    )
    return (
        f'<div class="qr"><img src="{escape(picture)}" alt="Code QR de la page des téléphones">'
        '<div><span class="source">Écrivez avec votre téléphone</span>'
        f"<b>{escape(code)}</b>"
        f'<span class="source adresse">{escape(url)}</span></div></div>'
    )
