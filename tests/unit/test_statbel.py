"""Statbel's own files, as they are downloaded, or damaged on the way."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from olsdata import catalogue, figures, tables, territory
from olsdata.sources import statbel, update
from olsdata.tables import DataError

HEAD = "CD_REFNIS|TX_DESCR_FR|CD_SEX|CD_AGE|MS_POPULATION"
Rows = list[dict[str, str]]


def zipped(text: str, name: str = "TF_SOC_POP_STRUCT_2025.txt") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text.encode("utf-8-sig"))
    return kept.getvalue()


def population(codes: list[str]) -> str:
    """Every commune has 10 women and 5 men at 1, 10, 40, 70 and 85."""
    rows = [
        f"{code}|X|{sex}|{age}|{count}"
        for code in codes
        for sex, count in (("F", 10), ("M", 5))
        for age in (1, 10, 40, 70, 85)
    ]
    return "\r\n".join([HEAD, *rows, ""])


@pytest.fixture
def codes(plain: Callable[[str], Rows]) -> list[str]:
    return [row["refnis"] for row in plain("communes.csv")]


def test_the_population_file_gives_the_total_and_the_shares_of_its_year(codes):
    text = population([*codes, "11001", "21004"])
    plan = update.opened(zipped(text), "TF_SOC_POP_STRUCT_2025.zip")
    assert [one.id for one in plan.ready] == [
        "pop_total_2025",
        "pct_0_2_2025",
        "pct_3_11_2025",
        "pct_0_17_2025",
        "pct_65p_2025",
        "pct_80p_2025",
    ]
    update.keep(plan)
    everyone = territory.zoning("wallonie")
    shares = {
        "pop_total_2025": 75 * 261,
        "pct_0_2_2025": 20,
        "pct_0_17_2025": 40,
        "pct_65p_2025": 40,
        "pct_80p_2025": 20,
    }
    for card, expected in shares.items():
        found = figures.by_zone(card, everyone)
        assert found["valeur"].item() == pytest.approx(expected)
        assert found["annee"].item() == "2025"
    assert catalogue.card("pct_65p_2025").aggregation == "rapport"
    assert figures.value("pct_65p_2021", territory.find("wallonie")) == pytest.approx(19.0104, 1e-4)


def test_a_year_whose_total_is_shipped_brings_its_shares_only(codes):
    name = "TF_SOC_POP_STRUCT_2026"
    plan = update.opened(zipped(population(codes), f"{name}.txt"), f"{name}.zip")
    assert plan.ready[0].id == "pct_0_2_2026"
    update.keep(plan)
    assert figures.value("pop_total_2026", territory.find("wallonie")) == 3_713_450
    assert "actualisé" not in catalogue.card("pop_total_2026").source


def test_a_new_year_is_compared_with_the_latest_that_is_known(codes):
    plan = update.opened(zipped(population(codes)), "TF_SOC_POP_STRUCT_2025.zip")
    old = next(one for one in plan.differences if one.id == "pct_65p_2025")
    assert old.before == "1/1/2021"
    assert (len(old.changed) + old.same, old.new) == (261, ())


def test_the_two_former_communes_of_bastogne_are_added(codes):
    text = population([*[c for c in codes if c != "82039"], "82003", "82005"])
    plan = update.opened(zipped(text), "TF_SOC_POP_STRUCT_2025.zip")
    assert plan.ready[0].values.loc["82039"].item() == 150


def income(codes: list[str]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["CD_YEAR", "CD_MUNTY_REFNIS", "MS_TOT_NET_TAXABLE_INC", "MS_TOT_RESIDENTS"])
    for year in (2023, 2024):
        for place, code in enumerate(codes):
            sheet.append([year, int(code), 1000 * (year - 2000) * (place + 1), place + 1])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_the_income_file_gives_its_last_year_per_inhabitant(codes):
    plan = update.opened(income([*codes, "11001"]), "TF_PSNL_INC_TAX_MUNTY.xlsx")
    update.keep(plan)
    found = figures.by_zone("income_net_taxable_per_inhab_2024", territory.zoning("ols"))
    assert found["valeur"].tolist() == pytest.approx([24_000] * 10)
    assert set(found["annee"]) == {"2024"}


def test_the_income_file_may_be_a_text_in_a_zip(codes):
    kept = io.StringIO()
    book = openpyxl.load_workbook(io.BytesIO(income(codes)))
    csv.writer(kept, delimiter="|").writerows(book.active.iter_rows(values_only=True))
    name = "TF_PSNL_INC_TAX_MUNTY.txt"
    plan = update.opened(zipped(kept.getvalue(), name), "TF_PSNL_INC_TAX_MUNTY.zip")
    assert plan.ready[0].id == "income_net_taxable_per_inhab_2024"


NAME = "TF_SOC_POP_STRUCT_2025.zip"


@pytest.mark.parametrize(
    ("spoil", "name", "message"),
    [
        (lambda b: b[: len(b) // 2], NAME, "archive abîmée"),
        (lambda b: b"<html></html>", NAME, "manque la colonne"),
        (lambda b: b"", NAME, "barres"),
        (lambda b: b"PK\x03\x04 rien", "TF_PSNL_INC_TAX_MUNTY.xlsx", "illisible ou abîmé"),
        (lambda b: b, "TF_SOC_POP_STRUCT.zip", None),
        (lambda b: b, "population.zip", "non reconnu"),
    ],
)
def test_a_damaged_file_is_refused_and_nothing_is_kept(codes, spoil, name, message):
    data = spoil(zipped(population(codes)))
    if message is None:  # the name inside the zip still tells the year
        assert update.opened(data, name).ready
        return
    with pytest.raises(DataError, match=message):
        update.opened(data, name)
    assert tables.load().locales == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace("|F|40|10", "|F|40|dix", 1), "ligne .*nombre attendu, « dix »"),
        (lambda t: "\r\n".join(t.split("\r\n")[:500]), "partielle"),
        (lambda t: t.replace("CD_AGE", "AGE"), "manque la colonne CD_AGE"),
    ],
)
def test_a_wrong_text_is_refused_with_its_reason(codes, change, message):
    with pytest.raises(DataError, match=message):
        update.opened(zipped(change(population(codes))), NAME)


def test_a_zip_bomb_is_not_opened(codes, monkeypatch):
    monkeypatch.setattr(statbel, "MOST_UNPACKED", 1000)
    with pytest.raises(DataError, match="démesurée"):
        update.opened(zipped(population(codes)), NAME)
