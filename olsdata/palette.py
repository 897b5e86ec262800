"""Colours of the project: one place decides, for the screen and for the documents."""

from __future__ import annotations

from dataclasses import dataclass

RAMP = ("#E3EEF8", "#A8CBEA", "#6BACE6", "#2073BC", "#12436D")
"""Five classes of one hue, pale to dark; reads in grey."""

DIVERGING = ("#E66101", "#FDB863", "#F7F7F7", "#B2ABD2", "#5E3C99")
"""Below, around and above a reference; safe for the colour-blind, judges nobody."""

CATEGORIES = ("#77AADD", "#EE8866", "#EEDD88", "#FFAABB", "#99DDFF", "#44BB99", "#BBCC33")
"""Areas side by side that mean nothing by their colour (Paul Tol's « light » scheme): told apart
by the colour-blind, and ink reads on each, in both themes."""


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
