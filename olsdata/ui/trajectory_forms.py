"""What every part of « Trajectoire » does: read what is kept, keep, take away, say who sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from olsdata.notes.lists import VISIBILITY
from olsdata.trajectory import book
from olsdata.trajectory.book import Entry
from olsdata.ui import acting, notes, who
from olsdata.ui.state import View


def mine(view: View, sort: str) -> list[Entry]:
    """What holds now on this territory."""
    return book.latest(who.actor(), view.territory, sort)


def keep(view: View, sort: str, key: str, content: dict[str, Any], done: str, **more: Any) -> None:
    """Keep something and say so, or say what is wrong and leave the form as it is."""
    acting.attempt(lambda: book.keep(who.actor(), view.territory, sort, key, content, **more), done)


def sure(fields: dict[str, Any], key: str) -> tuple[str, ...]:
    """What the guard doubts in these fields and the author confirms, on a box drawn here."""
    return tuple(notes.confirmed([v for v in fields.values() if isinstance(v, str)], key))


def gone(view: View, sort: str, entries: list[Entry], name: Callable[[Entry], str]) -> None:
    """Take one of a list away."""
    if not entries:
        return
    names = {e.key: name(e) for e in entries}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = st.selectbox(
            "À retirer",
            list(names),
            format_func=lambda k: names.get(k, k),
            key=f"retirer-{sort}-{acting.turn()}",
        )
        if st.button("Retirer de la liste", key=f"retirer-{sort}"):
            acting.attempt(
                lambda: book.withdraw(who.actor(), view.territory, sort, str(key)), "Retiré."
            )


def visibility(key: str, value: str = "ols") -> str:
    """Who will see what is written."""
    return str(
        st.selectbox(
            "Qui le verra",
            list(VISIBILITY),
            format_func=VISIBILITY.__getitem__,
            index=list(VISIBILITY).index(value),
            key=key,
        )
    )
