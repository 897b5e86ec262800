"""A table written by hand whose cells are buttons: a press, or arrows and Enter, chooses one."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

SCRIPT = Path(__file__).with_name("cellules.js")


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "cellules", js=SCRIPT.read_text("utf-8"), isolate_styles=False
    )


def button(cell: str, name: str, inside: str, chosen: bool) -> str:
    """A cell's button, as safe HTML.

    Parameters
    ----------
    cell : what ``choose`` is told
    name : what a screen reader says
    inside : what is seen, safe HTML
    chosen : whether it is the one that is opened
    """
    return (
        f'<button type="button" data-cellule="{escape(cell)}" aria-label="{escape(name)}" '
        f'aria-pressed="{"true" if chosen else "false"}">{inside}</button>'
    )


def table(html: str, key: str, choose: Callable[[str], None]) -> None:
    """Draw a table that holds such buttons.

    Parameters
    ----------
    html : safe HTML
    key : of the widget
    choose : called with the cell that was pressed, before the page is drawn again
    """

    def pressed() -> None:
        choose(str(st.session_state[key].cellule))

    _component()(data={"html": html}, key=key, on_cellule_change=pressed)
