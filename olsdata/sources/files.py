"""Tables that anyone may have made: CSV or XLSX, whatever the separator, encoding or decimals."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass

from olsdata.tables import DataError

MOST_BYTES = 10_000_000
MOST_UNPACKED = 200_000_000
MOST_ROWS, MOST_COLUMNS = 20_000, 100
SEPARATORS = ";,\t|"


@dataclass(frozen=True)
class Table:
    """A header and rows of texts, with the number that each row has in the file.

    Attributes
    ----------
    sheets : names of the sheets of a workbook, of which only the first is read
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]
    sheets: tuple[str, ...] = ()


def read(data: bytes, name: str) -> Table:
    """The table in a file.

    The separator is the one that cuts the first line into most columns; the encoding is UTF-8
    (with or without mark), UTF-16 with its mark, or Windows.

    Parameters
    ----------
    data : content of the file
    name : file name, for the messages

    Raises
    ------
    DataError
        If it is too large, neither CSV nor XLSX, empty, or a row has more or fewer cells than
        the header; names the row.
    """
    if len(data) > MOST_BYTES:
        raise DataError(
            f"Le fichier fait {len(data) / 1e6:.0f} Mo, plus que les {MOST_BYTES / 1e6:.0f} admis."
        )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError("Ancien classeur (.xls) : enregistrez-le en XLSX ou en CSV.")
    sheets: tuple[str, ...] = ()
    if data.startswith(b"PK\x03\x04"):
        rows = [
            ["" if cell is None else _plain(cell) for cell in row]
            for row in workbook_rows(data, name)
        ]
        numbered = [(i, row) for i, row in enumerate(rows, 1) if any(row)]
        sheets = _sheets(data)
    else:
        numbered = _csv_rows(_decoded(data))
    if not numbered:
        raise DataError("Le fichier est vide.")
    (_, header), *body = numbered
    while header and not header[-1]:
        header = header[:-1]
    if len(header) > MOST_COLUMNS or len(body) > MOST_ROWS:
        raise DataError(
            f"Le fichier a {len(body)} lignes et {len(header)} colonnes ; il en faut au plus "
            f"{MOST_ROWS} et {MOST_COLUMNS}."
        )
    lowered = [cell.casefold() for cell in header]
    for i, cell in enumerate(lowered):
        if not cell:
            raise DataError(f"Ligne 1, colonne {i + 1} : le titre de la colonne manque.")
        if lowered.index(cell) != i:
            raise DataError(f"Ligne 1, colonne {i + 1} : « {header[i][:40]} » figure deux fois.")
    rows_out = []
    for line, row in body:
        extra = [cell for cell in row[len(header) :] if cell]
        if extra or len(row) < len(header):
            raise DataError(f"Ligne {line} : {len(row)} colonnes au lieu de {len(header)}.")
        rows_out.append((line, row[: len(header)]))
    if not rows_out:
        raise DataError("Le fichier n’a aucune ligne après ses titres de colonnes.")
    return Table(header, rows_out, sheets)


def _plain(cell: object) -> str:
    """A cell of a workbook as a text; a whole number keeps no « .0 »."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()


def _sheets(data: bytes) -> tuple[str, ...]:
    """Names of the sheets of a workbook that was read."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    names = tuple(sheet.title for sheet in book.worksheets)
    book.close()
    return names


def workbook_rows(
    data: bytes, name: str, most_rows: int = MOST_ROWS + 1
) -> list[tuple[object, ...]]:
    """Rows of the first sheet of an XLSX; formulas give the value that was kept with them.

    Raises
    ------
    DataError
        If it is damaged, or far larger once opened.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED:
                raise DataError(f"{name} : classeur démesuré une fois ouvert ; refusé.")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the size written in the file may be anything
        rows: list[tuple[object, ...]] = []
        for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
            if len(rows) > most_rows:
                raise DataError(f"{name} : plus de {most_rows} lignes.")
            rows.append(row)
        book.close()
    except DataError:
        raise
    except Exception:  # a damaged workbook fails anywhere in the reader
        raise DataError(f"{name} : classeur illisible ou abîmé.") from None
    width = max((len(row) for row in rows), default=0)
    full = [row + (None,) * (width - len(row)) for row in rows]
    while full and not any(cell not in (None, "") for cell in full[-1]):
        full.pop()
    if not full:
        raise DataError(f"{name} : la première feuille est vide.")
    return full


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DataError("Ce n’est ni un CSV ni un classeur XLSX.")


def _csv_rows(text: str) -> list[tuple[int, list[str]]]:
    first = next((line for line in text.split("\n") if line.strip()), "")
    if first.lstrip().startswith("<"):
        raise DataError("C’est une page web, pas un CSV.")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            raise DataError(
                f"Ligne {line} : guillemets mal fermés ou cellule trop longue."
            ) from None
        if row is None:
            return rows
        cells = [cell.strip() for cell in row]
        if any(cells):
            rows.append((line, cells))
        line = reader.line_num + 1
