"""The CSV that leaves the project: exact for machines, safe and French for spreadsheets."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from olsdata.exports.tables import to_csv, to_french_csv

STARTS = ["=", "+", "-", "@", "\t", "\r"]


def table(**columns: list[object]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    index = pd.Index([f"{i:02}" for i in range(1, size + 1)], name="zone")
    return pd.DataFrame(columns, index=index)


def cells(text: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("french", [False, True])
def test_no_cell_begins_as_a_formula(start, french):
    frame = table(**{f"{start}tete": [f"{start}cmd|' /C calc'!A0"]})
    frame.index = pd.Index([f"{start}zone"], name=f"{start}index")
    text = to_french_csv(frame).decode("utf-8-sig") if french else to_csv(frame)
    found = [cell for row in cells(text, ";" if french else ",") for cell in row]
    assert [cell[0] for cell in found] == ["'"] * 4


@given(st.text(st.sampled_from("aé0 =+-@\t\r\n,;\"'"), max_size=12))
def test_a_text_comes_back_whole_behind_at_most_one_apostrophe(text):
    rows = cells(to_csv(table(label=[text, "témoin"])))
    assert rows[2] == ["02", "témoin"]
    out = rows[1][1]
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    assert out in (kept, f"'{kept}")
    assert not out.startswith(tuple(STARTS))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_every_digit_and_its_sign(value):
    out = cells(to_csv(table(valeur=[value])))[1][1]
    assert float(out) == value
    assert not out.startswith("'")


def test_a_negative_number_in_a_column_of_mixed_kinds_stays_a_number():
    out = cells(to_csv(table(valeur=pd.Series([-2.5, "-2,5"], dtype=object).tolist())))
    assert [row[1] for row in out[1:]] == ["-2.5", "'-2,5"]


def test_missing_values_are_empty_cells_in_numbers_and_in_words():
    out = cells(to_csv(table(valeur=[np.nan, 1.0], label=["Ath", None])))
    assert out[1:] == [["01", "", "Ath"], ["02", "1.0", ""]]


def test_the_command_line_variant_has_no_bom_and_ends_its_lines_with_a_line_feed():
    text = to_csv(table(label=["Liège", "a,b"], valeur=[0.5, 1.0]))
    assert text == 'zone,label,valeur\n01,Liège,0.5\n02,"a,b",1.0\n'


def test_the_french_variant_opens_as_it_is_in_a_french_spreadsheet():
    raw = to_french_csv(table(label=["Liège", "a;b"], valeur=[-1234.5, np.nan]))
    assert raw.startswith(b"\xef\xbb\xbfzone;label;valeur\r\n")
    assert cells(raw.decode("utf-8-sig"), ";")[1:] == [
        ["01", "Liège", "-1234,5"],
        ["02", "a;b", ""],
    ]


def test_writing_a_table_leaves_it_as_it_was():
    frame = table(label=["=1+1"], valeur=[-1.0])
    before = frame.copy(deep=True)
    to_csv(frame)
    to_french_csv(frame)
    pd.testing.assert_frame_equal(frame, before)
