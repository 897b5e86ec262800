"""The embedded facts against counts and totals published elsewhere. Reads geodata/ directly."""

import re
from pathlib import Path

import pandas as pd
import pytest

from tests.browser import guide

IMAGE = re.compile(r"images/([\w-]+\.png)")
GEODATA = Path(__file__).resolve().parents[2] / "geodata"
CUT_SECTIONS = {"92094D": 19, "91005D": 5, "91005C": 4, "91005B": 4}
OLS = {
    "01": "Wallonie-Picarde",
    "02": "Coeur du Hainaut",
    "03": "Carolo",
    "04": "Brabant-Wallon",
    "05": "Namur-Ouest",
    "06": "Namur-Dinant",
    "07": "Liège Sud-Huy-Waremme",
    "08": "Liège",
    "09": "Est-francophone",
    "10": "Luxembourg",
}


def read(name: str) -> pd.DataFrame:
    codes = ["refnis", "zone", "section", "secteur"]
    return pd.read_csv(GEODATA / name, dtype=dict.fromkeys(codes, str), encoding="utf-8")


@pytest.fixture(scope="module")
def communes() -> pd.DataFrame:
    return read("communes.csv")


@pytest.fixture(scope="module")
def totals() -> pd.DataFrame:
    """Persons on 1 January, refnis x year."""
    table = read("population_totale.csv")
    return table.pivot(index="refnis", columns="annee", values="population")


@pytest.fixture(scope="module")
def ages() -> pd.DataFrame:
    table = read("population_age_sexe.csv")
    return table.assign(depuis=table["age"].str.extract(r"^(\d+)", expand=False).astype(int))


def test_wallonia_has_261_communes_of_which_nine_are_german_speaking(communes):
    assert len(communes) == communes["refnis"].nunique() == 261
    assert communes["germanophone"].sum() == 9
    assert communes.groupby("province").size().to_dict() == {
        "Brabant wallon": 27,
        "Hainaut": 69,
        "Liège": 84,
        "Luxembourg": 43,
        "Namur": 38,
    }


@pytest.mark.parametrize(
    ("year", "official"),
    [(2020, 3_645_243), (2021, 3_648_206), (2024, 3_692_266), (2026, 3_713_450)],
)
def test_communes_add_up_to_the_official_population_of_wallonia(totals, year, official):
    assert totals[year].sum() == official


def test_every_commune_has_a_total_for_each_of_the_fifteen_years(totals, communes):
    assert list(totals.columns) == [*range(2009, 2022), 2024, 2026]
    assert set(totals.index) == set(communes["refnis"])
    assert totals.notna().all(axis=None)
    assert (totals > 0).all(axis=None)


@pytest.mark.parametrize("year", [2011, 2016, 2021])
def test_the_age_table_sums_to_the_official_totals(ages, totals, year):
    by_commune = ages[ages["annee"] == year].groupby("refnis")["population"].sum()
    assert by_commune.equals(totals[year].rename("population"))


def test_the_age_groups_are_the_same_for_each_commune_sex_and_year(ages):
    assert len(ages) == 261 * 3 * 2 * 23
    assert not ages.duplicated(["refnis", "annee", "sexe", "age"]).any()
    assert set(ages["sexe"]) == {"F", "M"}
    starts = [0, 3, 5, 10, 12, 15, 18, *range(20, 100, 5)]
    assert sorted(ages["depuis"].unique()) == starts


def test_the_age_table_gives_the_known_figures_of_2021(ages):
    year = ages[ages["annee"] == 2021]
    beauvechain = year[year["refnis"] == "25005"]
    assert beauvechain.loc[beauvechain["depuis"] >= 65, "population"].sum() == 1317
    assert beauvechain.loc[beauvechain["depuis"] < 3, "population"].sum() == 207
    share = year.loc[year["depuis"] >= 65, "population"].sum() / year["population"].sum()
    assert round(100 * share, 4) == 19.0104


def test_sectors_hold_all_but_1072_inhabitants_of_2024(totals):
    sectors = read("secteurs.csv")
    assert len(sectors) == sectors["secteur"].nunique() == 9_876
    assert sectors["section"].nunique() == 1_508
    assert (sectors["section"] == sectors["secteur"].str[:6]).all()
    assert sectors["population_2024"].sum() == 3_691_194 == 3_692_266 - 1_072
    located = sectors.groupby("refnis")["population_2024"].sum()
    assert (located <= totals[2024]).all()
    assert sectors["lon"].between(2.8, 6.5).all()
    assert sectors["lat"].between(49.4, 50.9).all()


@pytest.mark.parametrize(
    "name",
    [
        "secteurs.csv",
        "population_age_sexe.csv",
        "population_totale.csv",
        "indicateurs.csv",
        "pharmacies.csv",
    ],
)
def test_each_table_knows_the_261_communes_and_no_other(communes, name):
    assert set(read(name)["refnis"]) == set(communes["refnis"])


def test_the_ols_zoning_is_that_of_the_order_of_6_june_2024(communes):
    ols = read("decoupages/ols.csv")
    assert dict(zip(ols["zone"], ols["label"], strict=True)) == OLS
    whole = ols[ols["section"].isna()]
    assert len(whole) == whole["refnis"].nunique() == 252
    german = set(communes.loc[communes["germanophone"] == 1, "refnis"])
    assert set(communes["refnis"]) - set(whole["refnis"]) == german
    assert whole.groupby("zone").size().to_dict() == {
        "01": 23,
        "02": 26,
        "03": 16,
        "04": 27,
        "05": 21,
        "06": 21,
        "07": 40,
        "08": 15,
        "09": 20,
        "10": 43,
    }


def test_four_sections_of_namur_and_anhee_leave_06_for_05():
    ols, sectors = read("decoupages/ols.csv"), read("secteurs.csv")
    cut = ols[ols["section"].notna()]
    assert set(cut["zone"]) == {"05"}
    assert set(cut["section"]) == set(CUT_SECTIONS)
    whole = ols[ols["section"].isna()].set_index("refnis")["zone"]
    assert set(whole[cut["refnis"]]) == {"06"}
    inside = sectors[sectors["section"].isin(CUT_SECTIONS)]
    assert inside.groupby("section").size().to_dict() == CUT_SECTIONS
    assert dict(zip(inside["section"], inside["refnis"], strict=True)) == dict(
        zip(cut["section"], cut["refnis"], strict=True)
    )


def test_communal_figures_are_complete_and_plausible():
    table = (
        read("indicateurs.csv").set_index("refnis").join(read("pharmacies.csv").set_index("refnis"))
    )
    assert table.notna().all(axis=None)
    assert (table >= 0).all(axis=None)
    shares = [name for name in table if "pct" in name or name.startswith("unemployment_rate")]
    assert len(shares) == 10
    assert (table[shares] <= 100).all(axis=None)
    assert abs(table["area_km2_2026"].sum() - 16_901.25) < 0.05
    assert table["pharmacies_active_2022"].sum() == 1_613
    assert table[["hospital_sites_2020", "hospital_beds_2020"]].sum().tolist() == [95, 20_622]
    assert (table["hospital_sites_emergency_2020"] <= table["hospital_sites_2020"]).all()


def test_no_employed_person_is_older_or_younger_than_the_base(ages):
    year = ages[(ages["annee"] == 2021) & ages["depuis"].between(15, 60)]
    base = year.groupby("refnis")["population"].sum()
    employed = read("indicateurs.csv").set_index("refnis")["employed_15_64_2021"]
    rate = 100 * employed / base
    assert rate.between(40, 80).all()
    assert round(rate["25005"], 2) == 70.15


def test_derived_physiotherapists_give_back_the_published_density(totals):
    table = read("indicateurs.csv").set_index("refnis")
    density = 1e4 * table["physio_derived_2025"] / totals[2024]
    assert (density - table["physio_per_10k_2025"]).abs().max() < 0.05


@pytest.mark.parametrize("word", ["bimd", "non_belgian", "rank"])
def test_stigmatising_or_unusable_columns_are_not_embedded(word):
    assert not [name for name in read("indicateurs.csv") if word in name]


def test_files_are_utf8_with_line_feeds_and_without_bom():
    for path in [*GEODATA.glob("*.csv"), *GEODATA.glob("decoupages/*.csv")]:
        raw = path.read_bytes()
        raw.decode("utf-8")
        assert b"\r" not in raw, path.name
        assert not raw.startswith(b"\xef\xbb\xbf"), path.name
        assert raw.endswith(b"\n"), path.name


def test_every_table_is_in_the_sources_with_its_number_of_rows():
    text = (GEODATA / "SOURCES.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| `([\w/]+\.csv)`[^|]*\| ([\d\s]+) \|", text, re.MULTILINE))
    tables = {path.relative_to(GEODATA).as_posix(): path for path in GEODATA.rglob("*.csv")}
    assert set(listed) == set(tables)
    for name, path in tables.items():
        assert int("".join(listed[name].split())) == len(pd.read_csv(path, dtype=str)), name


def test_every_picture_of_the_guide_is_shown_and_taken():
    root = GEODATA.parent
    pages = [root / "README.md", *(root / "docs").glob("*.md")]
    shown = {name for page in pages for name in IMAGE.findall(page.read_text("utf-8"))}
    assert shown == {path.name for path in (root / "docs" / "images").iterdir()}
    assert shown == {f"{name}.png" for name in [*guide.PICTURES, *guide.SCENES]}
