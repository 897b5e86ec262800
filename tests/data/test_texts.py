"""The French texts of the pages: short sentences, readable."""

from __future__ import annotations

import statistics

import pytest

from benchmarks import lisibilite


@pytest.mark.parametrize("name", lisibilite.texts())
def test_sentences_are_short(name: str) -> None:
    _, length = lisibilite.score(lisibilite.texts()[name])
    assert length <= 26, f"{name} : {length:.0f} mots par phrase"


def test_half_of_the_texts_read_at_the_level_of_a_general_newspaper() -> None:
    assert statistics.median(lisibilite.score(t)[0] for t in lisibilite.texts().values()) > 50
