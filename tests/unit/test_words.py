"""Numbers and words as they are written in French."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from olsdata import words

NARROW, MINUS = "\u202f", "\u2212"
AMOUNTS = st.floats(-1e12, 1e12, allow_nan=False)


def read_back(text: str) -> float:
    return float(text.replace(NARROW, "").replace(",", ".").replace(MINUS, "-"))


@given(AMOUNTS, st.integers(0, 4), st.booleans())
def test_a_written_number_reads_back_as_the_rounded_number(value, decimals, sign):
    text = words.number(value, decimals, sign)
    gap = abs(read_back(text) - value)
    assert gap <= 0.5 * 10**-decimals + 1e-9 * abs(value)
    assert len(text.partition(",")[2]) == decimals


@given(AMOUNTS, st.integers(0, 4))
def test_a_number_never_breaks_over_two_lines(value, decimals):
    text = words.quantity(value, "km", decimals)
    assert not {" ", "\u00a0", "-", "."} & set(text)
    assert text.endswith(f"{NARROW}km")


@given(AMOUNTS, st.integers(0, 4))
def test_a_sign_says_the_direction_of_what_is_shown(value, decimals):
    text = words.number(value, decimals, sign=True)
    shown = read_back(text)
    assert text.startswith("+") == (shown > 0)
    assert text.startswith(MINUS) == (shown < 0)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (999, 0, "999"),
        (1000, 0, f"1{NARROW}000"),
        (3_713_450, 0, f"3{NARROW}713{NARROW}450"),
        (19.0104, 1, "19,0"),
        (-1234.56, 1, f"{MINUS}1{NARROW}234,6"),
        (-0.04, 1, "0,0"),
    ],
)
def test_thousands_are_parted_by_a_narrow_space_and_decimals_by_a_comma(value, decimals, text):
    assert words.number(value, decimals) == text


@pytest.mark.parametrize("value", [None, math.nan])
def test_what_is_missing_is_said_in_words_without_a_unit(value):
    assert words.number(value, 1, sign=True) == "non disponible"
    assert words.quantity(value, "%") == "non disponible"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 cheval"), (1, "1 cheval"), (1.4, "1 cheval"), (1.6, "2 chevaux"), (2, "2 chevaux")],
)
def test_the_noun_agrees_with_the_number_shown(count, text):
    assert words.plural(count, "cheval", "chevaux") == text


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ([], 0, ""),
        (["Namur"], 0, "Namur"),
        (["Namur", "Anhée", "Huy"], 0, "Namur, Anhée et Huy"),
        (["Namur", "Anhée", "Huy"], 3, "Namur, Anhée et Huy"),
        (["Namur", "Anhée", "Huy", "Ath"], 2, "Namur, Anhée et 2 autres"),
    ],
)
def test_a_list_of_names_reads_as_a_sentence(names, most, text):
    assert words.listing(names, most) == text
