"""Shortage of general practitioners: the order's criteria, read again and applied by hand."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from olsdata import shortage
from olsdata.tables import DataError


@pytest.fixture(scope="module")
def communes():
    from tests.unit.conftest import rows_of

    return rows_of("mg_penurie_seuils.csv")


def by_the_order(doctors: int, people: int, density: float) -> str:
    """Art. 4, lines a, b and c of both bonuses, in fractions."""
    rate = Fraction(doctors * 100_000, people)
    rural, sparse = density < 125, density < 75
    if rate < 50 or (rural and rate < 90) or (sparse and rate < 120):
        return "majoré"
    if rate < 90 or (rural and rate < 120) or (sparse and rate < 180):
        return "éligible"
    return "ni l’un ni l’autre"


@pytest.mark.parametrize("per", [0, 49, 50, 75, 90, 119, 120, 150, 180, 250])
def test_every_commune_is_classed_as_the_order_says(communes, per):
    doctors, expected = {}, {}
    for row in communes:
        people = int(row["population_2026"])
        count = per * people // 100_000
        doctors[row["refnis"]] = count
        expected[row["refnis"]] = by_the_order(count, people, float(row["habitants_km2_2026"]))
    found = shortage.classify(pd.Series(doctors))["categorie"].to_dict()
    assert found == expected


def test_a_commune_exactly_on_a_threshold_is_not_below_it(monkeypatch):
    limits = pd.DataFrame(
        {
            "population": [100_000, 100_000, 30_000],
            "habitants_km2": [500.0, 100.0, 50.0],
            "seuil_eligible": [90.0, 120.0, 180.0],
            "seuil_majore": [50.0, 90.0, 120.0],
        },
        index=["a", "b", "c"],
    )
    monkeypatch.setattr(shortage, "thresholds", lambda folder: limits)
    on = shortage.classify(pd.Series({"a": 90, "b": 120, "c": 54}))
    assert set(on["categorie"]) == {"ni l’un ni l’autre"}
    below = shortage.classify(pd.Series({"a": 89, "b": 119, "c": 53}))
    assert set(below["categorie"]) == {"éligible"}
    assert set(shortage.classify(pd.Series({"a": 50, "b": 90, "c": 36}))["categorie"]) == {
        "éligible"
    }
    assert set(shortage.classify(pd.Series({"a": 49, "b": 89, "c": 35}))["categorie"]) == {"majoré"}


def test_the_rate_is_per_100_000_inhabitants():
    people = shortage.thresholds().at["92094", "population"]
    found = shortage.classify(pd.Series({"92094": 100})).loc["92094"]
    assert found["pour_100000"] == pytest.approx(100 / people * 100_000)
    assert found["medecins"] == 100


def test_german_speaking_communes_have_no_threshold_of_the_walloon_order():
    assert len(shortage.thresholds()) == 252
    with pytest.raises(DataError, match="63023"):
        shortage.classify(pd.Series({"63023": 10}))


@pytest.mark.parametrize("wrong", [-1, float("nan")])
def test_a_number_that_is_none_is_refused(wrong):
    with pytest.raises(DataError, match="négatif ou manque"):
        shortage.classify(pd.Series({"92094": wrong}))


def test_no_count_gives_an_empty_table():
    assert shortage.classify(pd.Series(dtype=int)).empty


def test_a_missing_file_is_a_french_sentence(tmp_path):
    with pytest.raises(DataError, match="mg_penurie_seuils"):
        shortage.thresholds(tmp_path)
