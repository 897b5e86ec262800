"""The file of an own indicator: places, values; what is wrong is named by row and column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import pandas as pd

from olsdata import tables
from olsdata.registry.checks import commune
from olsdata.sources import files
from olsdata.tables import DataError

COMMUNE, SECTOR = "commune", "secteur"
MOST_FAULTS = 20
MISSING = {"", "-", "–", "nd", "n.d.", "na", "n/a", "non disponible", "nan", "<5", "< 5"}
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


@dataclass(frozen=True)
class Sheet:
    """A file whose places are known.

    Attributes
    ----------
    grain : "commune" or "secteur"
    place : title of the column of the places
    columns : titles of the others
    codes : code of the place of each row
    """

    grain: str
    place: str
    columns: tuple[str, ...]
    codes: tuple[str, ...]
    table: files.Table


def read(data: bytes, name: str) -> Sheet:
    """The sheet in a CSV or XLSX file; the column of the places is found by what it holds.

    Raises
    ------
    DataError
        If the file is unreadable, no column names communes or sectors, or a place is unknown or
        given twice; one line per row.
    """
    table = files.read(data, name)
    best, grain, known = -1, COMMUNE, 0
    for i in range(len(table.header)):
        cells = [row[i] for _, row in table.rows]
        for kind, found in ((SECTOR, _sectors(cells)), (COMMUNE, _communes(cells))):
            count = sum(code != "" for code in found)
            if count > known:
                best, grain, known = i, kind, count
    if best < 0 or known < len(table.rows) / 2:
        raise DataError(
            "Aucune colonne ne nomme des communes (code REFNIS ou nom) ou des secteurs "
            "statistiques (code de neuf signes)."
        )
    cells = [row[best] for _, row in table.rows]
    codes = _sectors(cells) if grain == SECTOR else _communes(cells)
    title = table.header[best]
    faults, first = [], dict[str, int]()
    for (line, _), cell, code in zip(table.rows, cells, codes, strict=True):
        if not code:
            what = "commune inconnue" if grain == COMMUNE else "secteur inconnu"
            faults.append(f"Ligne {line}, colonne « {title} » : {what}, « {cell[:60]} ».")
        elif code in first:
            faults.append(
                f"Ligne {line}, colonne « {title} » : « {cell[:60]} » figure déjà à la ligne "
                f"{first[code]}."
            )
        first.setdefault(code, line)
    refuse(faults)
    others = tuple(c for i, c in enumerate(table.header) if i != best)
    if not others:
        raise DataError(
            "Le fichier n’a qu’une colonne de lieux : il manque une colonne de valeurs."
        )
    return Sheet(grain, title, others, tuple(codes), table)


def refuse(faults: list[str]) -> None:
    """Raise all faults in one message, if there are any."""
    if not faults:
        return
    more = len(faults) - MOST_FAULTS
    lines = [*faults[:MOST_FAULTS], *([f"… et {more} autres."] if more > 0 else [])]
    raise DataError("\n".join(lines))


def values(sheet: Sheet, column: str, whole: bool = False, signed: bool = False) -> pd.Series:
    """Numbers of a column; index place.

    A number may have a decimal comma, spaces between thousands and a percent sign; « nd », « - »,
    « <5 » and an empty cell are missing.

    Parameters
    ----------
    sheet : the file
    column : title
    whole : whether only whole numbers, 0 or more, make sense (persons)
    signed : whether a negative number makes sense

    Raises
    ------
    DataError
        One line per wrong cell.
    """
    if column not in sheet.columns:
        raise DataError(f"Le fichier n’a pas de colonne « {column[:60]} ».")
    at = sheet.table.header.index(column)
    found, faults = {}, []
    for (line, row), code in zip(sheet.table.rows, sheet.codes, strict=True):
        where = f"Ligne {line}, colonne « {column} »"
        try:
            found[code] = _number(row[at])
        except ValueError:
            faults.append(f"{where} : nombre attendu, « {row[at][:40]} » lu.")
            continue
        if found[code] < 0 and not signed:
            faults.append(f"{where} : valeur négative, « {row[at][:40]} ».")
        elif whole and found[code] == found[code] and not found[code].is_integer():
            faults.append(f"{where} : un nombre de personnes est entier, « {row[at][:40]} » lu.")
    refuse(faults)
    series = pd.Series(found, dtype=float, name=column)
    if series.notna().sum() == 0:
        raise DataError(f"Colonne « {column} » : aucune valeur.")
    return series


def numeric(sheet: Sheet) -> list[str]:
    """Titles of the columns that hold numbers only."""
    return [column for column in sheet.columns if _readable(sheet, column)]


def _readable(sheet: Sheet, column: str) -> bool:
    try:
        values(sheet, column, signed=True)
    except DataError:
        return False
    return True


def _number(cell: str) -> float:
    text = "".join(c for c in cell if not c.isspace() and c not in "'’").removesuffix("%")
    if cell.strip().casefold() in MISSING:
        return float("nan")
    if not _NUMBER.fullmatch(text):
        raise ValueError(cell)
    return float(text.replace(",", "."))


def _communes(cells: list[str]) -> list[str]:
    """REFNIS code of each cell, "" when it names no commune."""
    found = []
    for cell in cells:
        try:
            found.append(commune(re.sub(r"\.0+$", "", unicodedata.normalize("NFC", cell))))
        except DataError:
            found.append("")
    return found


def _sectors(cells: list[str]) -> list[str]:
    known = tables.load().secteurs.index
    upper = pd.Index([cell.upper() for cell in cells])
    return [code if ok else "" for code, ok in zip(upper, upper.isin(known), strict=True)]
