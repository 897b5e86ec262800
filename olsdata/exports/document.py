"""A document in neutral terms: what it says, before it becomes a PDF or a DOCX.

Texts are plain strings: no renderer reads markup in them, so that what a user wrote stays text.

Examples
--------
>>> page = Document("Portrait", blocks=(Heading("Territoire"), Paragraph("38 communes.")))
>>> page.blocks[1].text
'38 communes.'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Literal

FONTS = Path(__file__).with_name("polices")
UNPRINTABLE = "\u25a1"
"""Stands for a sign that no font of ours can draw."""


@dataclass(frozen=True)
class Strong:
    """A piece of a text that stands out."""

    text: str


Text = str | tuple[str | Strong, ...]
"""A text, or its pieces in order."""

Style = Literal["", "chapeau", "source", "question"]
"""Ordinary, opening (larger), source line (smaller, under a picture or a table), question."""

Tint = Literal["", "hachure", "savoir", "vecu"]
"""Of a frame: plain; missing or provisional; a note of knowledge; a note of experience."""


@dataclass(frozen=True)
class Heading:
    """A title; level 1 opens a part, on a new page when ``fresh``."""

    text: str
    level: Literal[1, 2, 3] = 1
    fresh: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: Text
    style: Style = ""


@dataclass(frozen=True)
class Bullets:
    """A list of short texts."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    name : what it holds; said above it
    heads, rows : texts; the first cell of a row names it
    widths : relative width of each column
    numbers : columns aligned to the right
    sections : rows that only open a group (their first cell is its name)
    dense : whether its type is smaller, for a long annex
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    widths: tuple[float, ...]
    numbers: tuple[int, ...] = ()
    sections: frozenset[int] = frozenset()
    dense: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes
    ----------
    draw : gives it in a format, "svg" or "png"; called when the document is made
    alt : what it shows, in words
    width : share of the width it stands in, in (0, 1]
    """

    draw: Callable[[Literal["svg", "png"]], bytes] = field(repr=False)
    alt: str
    width: float = 1.0


@dataclass(frozen=True)
class Card:
    """A number that opens a document: its name, what stands beside it, its source."""

    name: str
    value: str
    beside: str
    source: str


@dataclass(frozen=True)
class Cards:
    """Numbers side by side."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Frame:
    """Blocks that belong together, kept on one page."""

    blocks: tuple[Block, ...]
    tint: Tint = ""


@dataclass(frozen=True)
class Columns:
    """Blocks side by side, read from left to right."""

    columns: tuple[tuple[Block, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Legend:
    """Classes of a map: a colour and its word; an empty colour stands for hatching."""

    entries: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Bullets | Table | Picture | Cards | Frame | Columns | Legend


@dataclass(frozen=True)
class Document:
    """What a document says.

    Attributes
    ----------
    title : of the document, and of the file
    subtitle, badges : under the title on the first page; badges are short words of status
    footer : at the bottom of each page, before the page number
    blocks : what it holds, in order
    """

    title: str
    subtitle: str = ""
    badges: tuple[str, ...] = ()
    footer: str = ""
    blocks: tuple[Block, ...] = ()


def pieces(text: Text) -> tuple[tuple[str, bool], ...]:
    """A text as pairs: piece, whether it stands out.

    >>> pieces(("il y a ", Strong("3 notes")))
    (('il y a ', False), ('3 notes', True))
    """
    parts = (text,) if isinstance(text, str) else text
    return tuple((p.text, True) if isinstance(p, Strong) else (p, False) for p in parts)


def from_html(sentence: str) -> Text:
    r"""A sentence of the pages (text and ``<b>`` only) as a text.

    >>> from_html("<b>12&nbsp;%</b> ont 65 ans")
    (Strong(text='12\xa0%'), ' ont 65 ans')
    """
    parts = re.split(r"<b>(.*?)</b>", sentence)
    plain = [unescape(re.sub(r"<[^>]+>", "", part)) for part in parts]
    return tuple(Strong(p) if i % 2 else p for i, p in enumerate(plain) if p)


def printable(text: str) -> str:
    r"""A text that our fonts can draw: other signs become « □ », control characters vanish.

    >>> printable("Où\u202f? 3 ≥ 2 → oui"), printable("bravo \U0001f389\x00")
    ('Où\u202f? 3 ≥ 2 → oui', 'bravo □')
    """
    known = _drawable()
    return "".join(
        c if ord(c) in known or c == "\n" else UNPRINTABLE
        for c in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        if c == "\n" or ord(c) >= 32
    )


def fallback_fonts() -> Path:
    """Folder of DejaVu, which matplotlib carries: it draws what our typeface lacks."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    files = (FONTS / "AtkinsonHyperlegible-Regular.ttf", fallback_fonts() / "DejaVuSans.ttf")
    return frozenset(code for file in files for code in FT2Font(str(file)).get_charmap())
