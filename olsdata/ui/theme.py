"""The look: the theme that the reader's browser shows, and the one style block."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import streamlit as st

from olsdata.palette import DARK, DIVERGING, INK, LIGHT, RAMP, WHITE, Tokens
from olsdata.reference import glossary
from olsdata.ui import state

__all__ = ["DARK", "DIVERGING", "INK", "LIGHT", "RAMP", "WHITE", "Tokens"]

BASE_PX, SHARED_PX = 17, 24
"""Size of the text, and its size on a screen that a room looks at."""

STYLE = Path(__file__).with_name("style.css")
SHARED = Path(__file__).with_name("partage.css")
FRENCH = Path(__file__).with_name("francais.html")
"""Sets ``<html lang>``, puts Streamlit's own words in French, explains acronyms on hover."""


def tokens() -> Tokens:
    """Colours of the theme that this reader's browser shows, and the size of its drawings."""
    colours = DARK if st.context.theme.type == "dark" else LIGHT
    return replace(colours, scale=SHARED_PX / BASE_PX) if state.is_shared() else colours


def style(colours: Tokens, shared: bool = False, section: int = 0) -> str:
    """The style block: the tokens as CSS variables, then ``style.css``.

    Parameters
    ----------
    colours : of the theme
    shared : large type, and no sidebar
    section : place in the menu, from 1, of the section that holds the page; 0 for none

    >>> "--encre: #E8EEF4;" in style(DARK), "24px" in style(LIGHT, shared=True)[:400]
    (True, True)
    """
    variables = {
        "theme": colours.name,
        "taille": f"{SHARED_PX if shared else BASE_PX}px",
        "papier": colours.paper,
        "panneau": colours.panel,
        "encre": colours.ink,
        "second": colours.secondary,
        "bord": colours.border,
        "controle": colours.control,
        "accent": colours.accent,
        "lien": colours.accent_text,
        "choisi": colours.selected,
        "savoir": colours.soft,
        "vecu": colours.warm,
        "hachure": colours.hatch,
        "logo": f"url({colours.logo})",
        "bande": colours.ramp[2],
        "point": colours.ramp[3 if colours.name == "clair" else 2],
    }
    root = " ".join(f"--{name}: {value};" for name, value in variables.items())
    rules = [f":root {{ {root} }}", STYLE.read_text(encoding="utf-8")]
    if shared:
        rules.append(SHARED.read_text(encoding="utf-8"))
    if section:
        here = f'[data-testid="stTopNav"] > .rc-overflow-item:nth-child({section})'
        rules.append(
            f"{here} :is(a, button) {{ background: var(--choisi) !important; }}\n"
            f"{here} :is(a, button) p {{ color: var(--lien); font-weight: 700; }}"
        )
    return "<style>{}</style>".format("\n".join(rules))


def apply(shared: bool = False, section: int = 0) -> None:
    """Put the style block in the page, and the page in French."""
    st.html(style(tokens(), shared, section))
    st.html(_french(), unsafe_allow_javascript=True, width=1)


@lru_cache(maxsize=1)
def _french() -> str:
    meanings = json.dumps(glossary.on_hover(), ensure_ascii=False).replace("<", "\\u003c")
    return FRENCH.read_text(encoding="utf-8").replace('"GLOSSAIRE"', meanings)


def phone() -> bool:
    """Whether the reader's browser says that it runs on a phone (its width is not known here)."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
