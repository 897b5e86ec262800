"""Tables written by hand: a name, heads, lines of HTML; they scroll inside their panel."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from olsdata import words

WIDE = 4
"""From more columns than this, a table keeps its width on a phone and scrolls."""


def html(
    name: str,
    heads: list[str],
    lines: str,
    numbers: tuple[int, ...] = (1,),
    tall: bool = False,
) -> str:
    """A table as HTML.

    Parameters
    ----------
    name : caption, and name of the region that scrolls
    heads : column heads, escaped here
    lines : rows, safe HTML
    numbers : columns that hold numbers
    tall : whether it may be long, and scrolls under its heads
    """
    head = "".join(
        f'<th scope="col"{" class=nombre" if i in numbers else ""}>{escape(h)}</th>'
        for i, h in enumerate(heads)
    )
    wide = " large" if len(heads) > WIDE else ""
    return (
        f'<div class="defile{" haute" if tall else ""}" tabindex="0" role="region" '
        f'aria-label="{escape(name)}"><table class="donnees{wide}">'
        f"<caption>{escape(name)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div>"
    )


def show(
    name: str,
    heads: list[str],
    lines: str,
    numbers: tuple[int, ...] = (1,),
    tall: bool = False,
) -> None:
    """Draw a table; the parameters are those of ``html``."""
    st.html(html(name, heads, lines, numbers, tall))


def line(cells: Sequence[str], numbers: Sequence[int] = ()) -> str:
    """A row whose first cell is its head; every cell is escaped.

    Parameters
    ----------
    cells : texts
    numbers : places of those that hold numbers, as in ``html``

    Examples
    --------
    >>> line(["Namur", "12"], (1,))
    '<tr><th scope="row">Namur</th><td class="nombre">12</td></tr>'
    """
    first, *others = (escape(words.spaced(cell)) for cell in cells)
    said = f'<tr><th scope="row">{first}</th>'
    for place, cell in enumerate(others, 1):
        kind = ' class="nombre"' if place in numbers else ""
        said += f"<td{kind}>{cell}</td>"
    return f"{said}</tr>"
