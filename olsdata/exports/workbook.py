"""The one XLSX writer: a sheet « À lire », then rows; numbers stay numbers, texts stay texts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from olsdata import catalogue, tables, words
from olsdata.catalogue import Card
from olsdata.exports.tables import neutral, writable

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float | bool | None
Sheet = tuple[str, tuple[str, ...], tuple[tuple[Cell, ...], ...]]
"""Name, heads, rows."""

WIDE = frozenset({"Besoin", "Signal", "Réponse", "Note", "Besoins regroupés", "source"})
"""Columns that hold sentences."""


@dataclass(frozen=True)
class About:
    """What a table says of itself.

    Attributes
    ----------
    title : what it holds
    source : publishers and dates
    year, licence, limits : of the figures; limits may be several lines
    """

    title: str
    source: str
    year: str = ""
    licence: str = ""
    limits: str = ""

    def lines(self, today: date | None = None) -> list[str]:
        """The lines of « À lire », but the title."""
        told = [
            ("Source", self.source),
            ("Année", self.year),
            ("Licence", self.licence),
            ("Limites", self.limits),
            ("Version des données", tables.load().version),
            ("Établi le", words.day((today or date.today()).isoformat())),
        ]
        said = [
            words.spaced(line)
            for name, value in told
            if value
            for line in f"{name} : {value}".split("\n")
        ]
        return [
            *said,
            "Une cellule vide est une valeur non disponible. Une apostrophe devant un signe "
            "(=, +, -, @) empêche un tableur de le prendre pour une formule.",
            "Ces chiffres ouvrent une discussion ; ils ne classent ni les territoires, ni ceux qui "
            "y travaillent.",
        ]


def of_cards(ids: list[str] | tuple[str, ...], title: str, field_too: bool = False) -> About:
    """About a table made of the figures of some cards.

    Parameters
    ----------
    ids : cards, in order
    title : what the table holds
    field_too : whether notes of the field are in it too
    """
    cards: list[Card] = [catalogue.card(id_) for id_ in ids]

    def joined(values: list[str]) -> str:
        return " ; ".join(dict.fromkeys(value for value in values if value))

    sources = joined([card.source for card in cards])
    return About(
        title,
        f"{sources} ; notes de terrain lues sur cet ordinateur" if field_too else sources,
        joined([card.year for card in cards]),
        joined([card.licence for card in cards]),
        cards[0].limits if len(cards) == 1 else "\n".join(f"{c.title} : {c.limits}" for c in cards),
    )


def of_table(frame: pd.DataFrame, about: About, today: date | None = None) -> bytes:
    """A table as a workbook: « À lire », then « Tableau » with the index as first column.

    Parameters
    ----------
    frame : the table; numbers keep their full precision
    about : what it says of itself
    today : day written in it; that of the computer unless given
    """
    flat = frame.reset_index()
    heads = tuple(str(column) for column in flat.columns)
    rows = tuple(
        tuple(_cell(value) for value in row) for row in flat.itertuples(index=False, name=None)
    )
    return workbook(about.title, about.lines(today), [("Tableau", heads, rows)])


def _cell(value: Any) -> Cell:
    """A value that a spreadsheet holds: missing becomes an empty cell."""
    if isinstance(value, (bool, np.bool_)):
        return "oui" if value else "non"
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if not math.isfinite(value) else float(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return str(value)


def workbook(title: str, lines: list[str], found: list[Sheet]) -> bytes:
    """A workbook with a sheet « À lire » before the others; no cell is a formula.

    Parameters
    ----------
    title : first line of « À lire »
    lines : what the reader must know
    found : the other sheets
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.properties.title, book.properties.creator = writable(title), "Territoires OLS"
    book.properties.language = "fr-BE"
    first = book.worksheets[0]
    first.title = "À lire"
    for number, line in enumerate((title, *lines), 1):
        write_row(first, number, [line])
    first.column_dimensions["A"].width = 100
    for name, head, rows in found:
        sheet = book.create_sheet(name)
        write_row(sheet, 1, head)
        for number, row in enumerate(rows, 2):
            write_row(sheet, number, row)
        sheet.freeze_panes = "A2"
        for column, label in enumerate(head, 1):
            letter = get_column_letter(column)
            sheet.column_dimensions[letter].width = 60 if label in WIDE else 22
    bold, top = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for sheet in book.worksheets:
        for cell in sheet[1]:
            cell.font = bold
        for line_ in sheet.iter_rows():
            for cell in line_:
                cell.alignment = top
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_row(sheet: Worksheet, number: int, values: Any) -> None:
    """Fill a row of a sheet; texts are neutralised and stay texts, numbers stay numbers."""
    for column, value in enumerate(values, 1):
        cell = sheet.cell(number, column)
        if isinstance(value, str):
            cell.value = str(neutral(writable(value)))
            cell.data_type = "s"
        else:
            cell.value = value
            if isinstance(value, float):
                cell.number_format = "#,##0" if value.is_integer() else "#,##0.00"
