"""The tables of facts: loaded whole, or refused with the file and the row."""

from __future__ import annotations

import pytest

from olsdata import tables
from olsdata.tables import DataError


def test_the_tables_hold_what_their_files_hold(plain):
    facts = tables.load()
    assert set(facts.communes.index) == {row["refnis"] for row in plain("communes.csv")}
    assert facts.secteurs["population_2024"].to_dict() == {
        row["secteur"]: int(row["population_2024"]) for row in plain("secteurs.csv")
    }
    assert facts.totaux.stack().to_dict() == {
        (row["refnis"], int(row["annee"])): int(row["population"])
        for row in plain("population_totale.csv")
    }
    assert facts.ages["population"].sum() == sum(
        int(row["population"]) for row in plain("population_age_sexe.csv")
    )


def test_communal_figures_of_both_files_stand_side_by_side(plain):
    found = tables.load().indicateurs
    for name in ("indicateurs.csv", "pharmacies.csv"):
        for row in plain(name):
            code = row.pop("refnis")
            assert found.loc[code, list(row)].tolist() == [float(v) for v in row.values()]
            row["refnis"] = code


def test_codes_stay_text_and_empty_names_stay_missing(plain):
    facts = tables.load()
    unnamed = {row["secteur"] for row in plain("secteurs.csv") if not row["nom"]}
    assert set(facts.secteurs.index[facts.secteurs["nom"].isna()]) == unnamed
    assert all(isinstance(code, str) and len(code) == 5 for code in facts.totaux.index)


@pytest.mark.parametrize("year", [2011, 2016, 2021])
def test_the_ages_of_each_commune_sum_to_its_official_total(year):
    facts = tables.load()
    summed = facts.ages[facts.ages["annee"] == year].groupby("refnis")["population"].sum()
    assert summed.to_dict() == facts.totaux[year].to_dict()


def test_the_version_changes_with_the_data_and_only_then(altered):
    folder = altered("SOURCES.md", lambda raw: raw + b"\n")
    before = tables.fingerprint(folder)
    assert before == tables.fingerprint()
    assert before.startswith((tables.GEODATA / "VERSION").read_text("utf-8").strip())
    path = folder / "pharmacies.csv"
    path.write_bytes(path.read_bytes().replace(b"25005,3,", b"25005,4,"))
    assert tables.fingerprint(folder) != before


def test_a_file_saved_on_windows_reads_the_same(altered):
    folder = altered("communes.csv", lambda raw: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"))
    assert tables.read("communes.csv", folder).equals(tables.read("communes.csv"))


@pytest.mark.parametrize("text", ["inf", "nan", "6_653", " 6653", "6 653", "1e3", "6653,0", "٣"])
def test_only_plain_digits_are_a_number(altered, text):
    folder = altered(
        "population_totale.csv",
        lambda raw: raw.replace(b"25005,2009,6653", f'25005,2009,"{text}"'.encode()),
    )
    with pytest.raises(DataError, match=f"ligne 2, colonne « population ».*« {text} »"):
        tables.read("population_totale.csv", folder)


def test_many_faults_are_counted_after_the_first_five(altered):
    folder = altered("population_totale.csv", lambda raw: raw.replace(b",2026,", b",2027,"))
    with pytest.raises(DataError) as refused:
        tables.read("population_totale.csv", folder)
    lines = str(refused.value).splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("population_totale.csv, ligne 16, colonne « annee »")
    assert lines[-1] == "… et 256 autres."


def test_a_refused_folder_leaves_nothing_behind(altered):
    good = tables.load()
    folder = altered("decoupages/bassins.toml", None)
    for _ in range(2):
        with pytest.raises(DataError, match=r"bassins\.toml"):
            tables.load(folder)
    assert tables.load() is good
