"""The one CSV writer: the command line's contract, and the pages' French variant."""

from __future__ import annotations

import re
import sys

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
"""A text cell that begins so could run as a formula in a spreadsheet (OWASP, CWE-1236)."""


_UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that an XML file cannot hold."""


def writable(text: str) -> str:
    r"""A text without what an XML file cannot hold.

    >>> writable("a\x00b\uffff🙂")
    'ab🙂'
    """
    return _UNWRITABLE.sub("", text)


def neutral(text: object) -> object:
    """A text cell that no spreadsheet takes for a formula; other values are left alone.

    >>> neutral("=1+1"), neutral("Namur"), neutral(-2.5)
    ("'=1+1", 'Namur', -2.5)
    """
    if not isinstance(text, str):
        return text
    # The csv writer quotes a line feed, not a lone carriage return: that one would end the row.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _neutral_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its index as first column, every text (headers too) neutralised."""
    flat = frame.reset_index()
    for column in flat.columns:
        if not pd.api.types.is_numeric_dtype(flat[column]):
            flat[column] = flat[column].map(neutral)
    return flat.rename(columns=lambda name: str(neutral(str(name))))


def to_csv(frame: pd.DataFrame) -> str:
    """CSV of the command line: UTF-8 text, comma, decimal point, full precision, empty = missing.

    Parameters
    ----------
    frame : the table; its index becomes the first column
    """
    return str(_neutral_frame(frame).to_csv(index=False, lineterminator="\n"))


def put_text(text: str) -> None:
    """A file's text on standard output, the same on every system: UTF-8, lines as they are."""
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(text)


def put(frame: pd.DataFrame, as_csv: bool) -> None:
    """A table on standard output, as ``to_csv`` writes it, or aligned for the eye."""
    if as_csv:
        put_text(to_csv(frame))
    else:
        sys.stdout.write(frame.to_string(na_rep="non disponible") + "\n")


def to_french_csv(frame: pd.DataFrame) -> bytes:
    """CSV that opens as it is in a French spreadsheet: BOM, semicolon, decimal comma."""
    text = _neutral_frame(frame).to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return str(text).encode("utf-8-sig")
