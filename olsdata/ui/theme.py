"""The look: colour tokens of both themes, and the one style block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from olsdata.ui import state

RAMP = ("#E3EEF8", "#A8CBEA", "#6BACE6", "#2073BC", "#12436D")
"""Five classes of one hue, pale to dark; reads in grey."""

DIVERGING = ("#E66101", "#FDB863", "#F7F7F7", "#B2ABD2", "#5E3C99")
"""Below, around and above a reference; safe for the colour-blind, judges nobody."""

BASE_PX, SHARED_PX = 17, 24
"""Size of the text, and its size on a screen that a room looks at."""

STYLE = Path(__file__).with_name("style.css")
SHARED = Path(__file__).with_name("partage.css")
FRENCH = Path(__file__).with_name("francais.html")
"""Sets ``<html lang>`` and puts Streamlit's own words in French."""


@dataclass(frozen=True)
class Tokens:
    """Colours of one theme; each text colour has 4.5:1 or more on ``paper`` and ``panel``.

    Attributes
    ----------
    paper, panel : backgrounds
    ink, secondary : text
    border, control : borders of panels and of controls
    accent, accent_text : filled controls; links and bold figures
    selected : tint of what is chosen
    soft, warm : notes of knowledge and of experience
    neighbours : land around the territory on a map
    hatch : stripes of what is missing, provisional or a lower bound
    ramp : five classes, least to most; reversed in the dark, so that « more » stands out
    on_ramp : colour of a text drawn on each class
    map_style : MapLibre style served by the app
    logo : address of the logo, fetched once (Streamlit would send it on each run)
    scale : size of drawings; 1, or larger on a screen that a room looks at
    """

    name: str
    paper: str
    panel: str
    ink: str
    secondary: str
    border: str
    control: str
    accent: str
    accent_text: str
    selected: str
    soft: str
    warm: str
    neighbours: str
    hatch: str
    ramp: tuple[str, ...]
    on_ramp: tuple[str, ...]
    map_style: str
    logo: str
    scale: float = 1.0


INK, WHITE = "#1B2733", "#FFFFFF"

LIGHT = Tokens(
    name="clair",
    paper=WHITE,
    panel="#F4F7FA",
    ink=INK,
    secondary="#465566",
    border="#D5DEE7",
    control="#7A8896",
    accent="#12436D",
    accent_text="#12436D",
    selected="#E3EEF8",
    soft="#801650",
    warm="#B24C12",
    neighbours="#E9EEF3",
    hatch="#7A8896",
    ramp=RAMP,
    on_ramp=(INK, INK, INK, WHITE, WHITE),
    map_style="./app/static/style-clair.json",
    logo="./app/static/logo-clair.svg",
)

DARK = Tokens(
    name="sombre",
    paper="#10181F",
    panel="#1A252F",
    ink="#E8EEF4",
    secondary="#B7C4D1",
    border="#33424F",
    control="#8496A7",
    accent="#A8CBEA",
    accent_text="#A8CBEA",
    selected="#1D3A54",
    soft="#F0A6CB",
    warm="#F5AB78",
    neighbours="#1A252F",
    hatch="#8496A7",
    ramp=RAMP[::-1],
    on_ramp=(WHITE, WHITE, INK, INK, INK),
    map_style="./app/static/style-sombre.json",
    logo="./app/static/logo-sombre.svg",
)


def tokens() -> Tokens:
    """Colours of the theme that this reader's browser shows, and the size of its drawings."""
    colours = DARK if st.context.theme.type == "dark" else LIGHT
    shared = bool(st.session_state.get(state.NAMES["shared"]))
    return replace(colours, scale=SHARED_PX / BASE_PX) if shared else colours


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
    st.html(FRENCH, unsafe_allow_javascript=True, width=1)


def phone() -> bool:
    """Whether the reader's browser says that it runs on a phone (its width is not known here)."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
