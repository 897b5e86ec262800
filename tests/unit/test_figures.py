"""Figures against counts made by hand, oracle numbers and what must always hold."""

from __future__ import annotations

import dataclasses
import math
import tomllib
import warnings
from collections import defaultdict

import mapclassify
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from olsdata import catalogue, figures, tables, territory
from olsdata.tables import DataError

YEARS = (*range(2009, 2022), 2024, 2026)
OLS = [f"{i:02}" for i in range(1, 11)]
POPULATION_2026 = {
    "01": 357_863,
    "02": 543_730,
    "03": 454_556,
    "04": 416_947,
    "05": 238_157,
    "06": 280_527,
    "07": 293_744,
    "08": 539_781,
    "09": 212_260,
    "10": 296_370,
}
RULES = {"somme", "rapport", "moyenne_ponderee", "valeur_communale"}
AVAILABLE = sorted(catalogue.available())
WITH_RATE = [key for key in AVAILABLE if catalogue.card(key).aggregation != "somme"]
COUNTS = [
    key
    for key in AVAILABLE
    if catalogue.card(key).aggregation == "somme" and catalogue.card(key).grain == "commune"
]


def zone(zone_id: str) -> territory.Zone:
    return territory.find(zone_id)


def values(indicator: str, level: str) -> pd.Series:
    return figures.by_zone(indicator, territory.zoning_of(level))["valeur"]


@pytest.fixture(scope="module")
def totals(plain) -> dict[tuple[str, int], int]:
    return {
        (r["refnis"], int(r["annee"])): int(r["population"]) for r in plain("population_totale.csv")
    }


@pytest.fixture(scope="module")
def aged(plain) -> dict[tuple[str, int, int], int]:
    """Persons by commune, year and first age of the group."""
    counts: dict[tuple[str, int, int], int] = defaultdict(int)
    for r in plain("population_age_sexe.csv"):
        first = int(r["age"].rstrip("+").split("-")[0])
        counts[r["refnis"], int(r["annee"]), first] += int(r["population"])
    return counts


def test_population_of_the_ols_in_2026():
    found = figures.population(2026, territory.zoning("ols"))["valeur"]
    assert found.round().astype(int).to_dict() == POPULATION_2026
    whole = found.drop(["05", "06"])
    assert (whole == whole.round()).all()


@pytest.mark.parametrize("year", YEARS)
def test_the_ten_ols_and_the_german_speaking_communes_make_wallonia(year, totals, plain):
    german = [r["refnis"] for r in plain("communes.csv") if r["germanophone"] == "1"]
    ols = figures.population(year, territory.zoning("ols"))["valeur"].sum()
    apart = sum(totals[code, year] for code in german)
    region = sum(count for (_, y), count in totals.items() if y == year)
    assert ols + apart == pytest.approx(region, abs=1e-6)
    assert figures.population(year, territory.zoning("wallonie"))["valeur"].item() == region


@pytest.mark.parametrize("year", [2009, 2024])
@pytest.mark.parametrize("name", ["ols", "bassins"])
def test_the_population_of_a_zone_is_the_official_total_shared_by_sectors(
    name, year, totals, naive_shares
):
    found = figures.population(year, territory.zoning(name))["valeur"].to_dict()
    expected = {
        zone: sum(share * totals[code, year] for code, share in held.items())
        for zone, held in naive_shares(name, "population_2024").items()
    }
    assert found == pytest.approx(expected, abs=1e-6)


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 40), cut=st.booleans())
@settings(max_examples=10, deadline=None)
def test_any_zoning_preserves_totals_and_keeps_ratios_between_those_of_the_communes(
    seed, count, cut
):
    facts = tables.load()
    codes = facts.secteurs["section" if cut else "refnis"]
    units = codes.unique()
    drawn = np.random.default_rng(seed).integers(0, count, len(units)).astype(str)
    sectors = codes.map(dict(zip(units, drawn, strict=True)))
    ids = sorted(set(drawn))
    about = dict.fromkeys(("id", "label", "statut", "source", "date", "version"), "essai")
    zones = pd.DataFrame({"label": ids, "ols": ""}, index=ids)
    zoning = territory.build(sectors, zones, facts, about | {"niveau": "ols"})
    for column in ("pop_total_2026", "pop_65p_2021", "area_km2_2026", "hospital_beds_2020"):
        everywhere = figures.commune_columns()[column].sum()
        assert figures.total(column, zoning).sum() == pytest.approx(everywhere, rel=1e-12)
    for indicator in ("pct_65p_2021", "income_median_admin_2023"):
        communes = values(indicator, "commune")
        found = figures.by_zone(indicator, zoning)["valeur"]
        for zone_id, shares in zoning.people.iterrows():
            inside = communes[shares[shares > 0].index]
            assert inside.min() - 1e-9 <= found[zone_id] <= inside.max() + 1e-9


@pytest.mark.parametrize("zone_id", [*OLS, "wallonie", "92094"])
@pytest.mark.parametrize("year", [2011, 2016, 2021])
def test_the_pyramid_sums_to_the_population(zone_id, year):
    here = zone(zone_id)
    pyramid = figures.age_pyramid(here, year)
    zoning = territory.zoning_of(here.level)
    expected = figures.population(year, zoning)["valeur"][zone_id]
    assert pyramid.to_numpy().sum() == pytest.approx(expected, abs=1e-6)


def test_the_steps_of_the_pyramid_are_all_five_years_wide(plain):
    pyramid = figures.age_pyramid(zone("25005"), 2021)
    assert list(pyramid.index) == [*(f"{a}-{a + 4}" for a in range(0, 95, 5)), "95+"]
    assert list(pyramid.columns) == ["F", "M"]
    merged = {"0-4": ("0-2", "3-4"), "10-14": ("10-11", "12-14"), "15-19": ("15-17", "18-19")}
    for step, groups in merged.items():
        women = [
            int(r["population"])
            for r in plain("population_age_sexe.csv")
            if (r["refnis"], r["annee"], r["sexe"]) == ("25005", "2021", "F") and r["age"] in groups
        ]
        assert len(women) == 2
        assert pyramid.at[step, "F"] == sum(women)


def test_no_pyramid_is_drawn_for_a_bassin_cut_out_of_a_city():
    bassins = territory.zoning("bassins")
    cut = bassins.coverage.index[bassins.coverage < 0.9]
    whole = bassins.coverage.index[bassins.coverage == 1]
    assert figures.age_pyramid(bassins.zone(cut[0]), 2021).isna().all(axis=None)
    assert figures.age_pyramid(bassins.zone(whole[0]), 2021).notna().all(axis=None)


@pytest.mark.parametrize(
    ("band", "ages"),
    [
        ("0_2", [0]),
        ("3_11", [3, 5, 10]),
        ("0_17", [0, 3, 5, 10, 12, 15]),
        ("15_64", [15, 18, *range(20, 65, 5)]),
        ("18_64", [18, *range(20, 65, 5)]),
        ("60p", range(60, 100, 5)),
        ("65p", range(65, 100, 5)),
        ("80p", range(80, 100, 5)),
    ],
)
@pytest.mark.parametrize("year", [2011, 2016, 2021])
def test_age_bands_hold_their_ages_and_no_other(band, ages, year, aged):
    column = figures.commune_columns()[f"pop_{band}_{year}"]
    for code in ("25005", "62063", "92094", "93090"):
        assert column[code] == sum(aged[code, year, first] for first in ages)


def test_share_of_people_aged_65_and_over_in_wallonia():
    assert figures.value("pct_65p_2021", zone("wallonie")) == pytest.approx(19.0104, abs=5e-5)


def test_a_ratio_is_that_of_the_people_counted_one_by_one(aged, naive_shares):
    found = values("pct_65p_2021", "ols").to_dict()
    old, everyone = defaultdict(float), defaultdict(float)
    for (code, year, first), count in aged.items():
        if year == 2021:
            everyone[code] += count
            old[code] += count if first >= 65 else 0
    expected = {
        zone: 100
        * sum(share * old[code] for code, share in held.items())
        / sum(share * everyone[code] for code, share in held.items())
        for zone, held in naive_shares("ols", "population_2024").items()
    }
    assert found == pytest.approx(expected, rel=1e-12)


def test_a_median_income_of_a_zone_is_the_mean_of_those_of_its_inhabitants_communes(
    plain, totals, naive_shares
):
    income = {r["refnis"]: float(r["income_median_admin_2023"]) for r in plain("indicateurs.csv")}
    expected = {}
    for zone_id, held in naive_shares("ols", "population_2024").items():
        people = {code: share * totals[code, 2024] for code, share in held.items()}
        expected[zone_id] = sum(income[c] * n for c, n in people.items()) / sum(people.values())
    frame = figures.by_zone("income_median_admin_2023", territory.zoning("ols"))
    assert frame["valeur"].to_dict() == pytest.approx(expected, rel=1e-12)
    assert set(frame["agregation"]) == {"moyenne_ponderee"}


def test_the_area_of_a_cut_commune_is_shared_by_hectares(plain, naive_shares):
    area = {r["refnis"]: float(r["area_km2_2026"]) for r in plain("indicateurs.csv")}
    by_land, by_people = (
        {
            zone: sum(share * area[code] for code, share in held.items())
            for zone, held in naive_shares("ols", weight).items()
        }
        for weight in ("hectares", "population_2024")
    )
    found = values("area_km2_2026", "ols").to_dict()
    assert found == pytest.approx(by_land, rel=1e-12)
    assert abs(found["05"] - by_people["05"]) > 1


def test_density_divides_people_shared_by_people_by_land_shared_by_land():
    found = values("density_per_km2_2026", "ols")
    people = figures.population(2026, territory.zoning("ols"))["valeur"]
    assert found.to_dict() == pytest.approx((people / values("area_km2_2026", "ols")).to_dict())


def test_change_since_2009_is_signed_and_counted_on_the_same_land():
    now, then = (figures.population(y, territory.zoning("ols"))["valeur"] for y in (2026, 2009))
    found = values("pop_growth_2009_2026_pct", "ols")
    assert found.to_dict() == pytest.approx((100 * (now - then) / then).to_dict())


@pytest.mark.parametrize("level", list(territory.LEVELS))
@pytest.mark.parametrize("indicator", AVAILABLE)
def test_every_figure_carries_its_unit_year_source_and_rule(indicator, level):
    frame = figures.by_zone(indicator, territory.zoning_of(level))
    sizes = {"wallonie": 1, "ols": 10, "commune": 261}
    assert len(frame) == sizes.get(level, len(territory.zoning("bassins").zones))
    assert frame.index.is_unique
    for column in ("label", "unite", "annee", "source"):
        assert frame[column].str.strip().ne("").all()
    assert set(frame["agregation"]) <= RULES
    assert frame["couverture"].between(0, 1).all()
    assert not np.isinf(frame["valeur"]).any()
    if level != "bassin":
        assert frame["valeur"].notna().all()


def test_a_mean_of_communes_is_a_plain_communal_value_at_the_level_of_the_commune(plain):
    frame = figures.by_zone("income_median_admin_2023", territory.zoning("communes"))
    given = {r["refnis"]: float(r["income_median_admin_2023"]) for r in plain("indicateurs.csv")}
    assert frame["valeur"].to_dict() == pytest.approx(given)
    assert set(frame["agregation"]) == {"valeur_communale"}


def cut_bassins() -> pd.Index:
    coverage = territory.zoning("bassins").coverage
    return coverage.index[coverage < 0.9]


@pytest.mark.parametrize("indicator", COUNTS)
def test_a_count_is_missing_in_bassins_cut_out_of_a_city_and_only_there(indicator):
    missing = values(indicator, "bassin")
    assert set(missing.index[missing.isna()]) == set(cut_bassins())
    assert len(cut_bassins()) > 0


@pytest.mark.parametrize("indicator", WITH_RATE)
def test_a_rate_in_a_bassin_cut_out_of_a_city_says_it_is_the_communes(indicator):
    bassins = territory.zoning("bassins")
    frame = figures.by_zone(indicator, bassins)
    said = frame["agregation"].eq("valeur_communale")
    assert set(frame.index[said]) == set(cut_bassins())
    alone = bassins.people.loc[cut_bassins()].gt(0).sum(axis=1) == 1
    assert alone.any()
    communes = values(indicator, "commune")
    for zone_id in alone.index[alone]:
        code = bassins.people.loc[zone_id].idxmax()
        assert frame.at[zone_id, "valeur"] == pytest.approx(communes[code], rel=1e-12)


def test_the_total_population_is_given_even_in_a_bassin_cut_out_of_a_city():
    bassins = territory.zoning("bassins")
    for frame in (
        figures.population(2026, bassins),
        figures.by_zone("pop_total_2026", bassins),
    ):
        assert frame["valeur"].gt(0).all()
        assert set(frame["agregation"]) == {"somme"}
    assert figures.population(2026, bassins)["valeur"].sum() == pytest.approx(
        sum(POPULATION_2026.values()), abs=2
    )


def test_one_missing_commune_leaves_its_zone_without_a_figure_and_no_other():
    facts = tables.load()
    holed = facts.indicateurs.copy()
    holed.loc["25005", ["hospital_beds_2020", "income_median_admin_2023"]] = np.nan
    partly = dataclasses.replace(facts, indicateurs=holed)
    ols = territory.zoning("ols")
    for indicator in ("hospital_beds_2020", "income_median_admin_2023"):
        found = figures.by_zone(indicator, ols, partly)["valeur"]
        assert list(found.index[found.isna()]) == ["04"]
        pd.testing.assert_series_equal(found.drop("04"), values(indicator, "ols").drop("04"))


@pytest.mark.parametrize("year", [2008, 2022, 2023, 2025, 2027])
def test_a_year_without_a_figure_is_refused_with_those_that_have_one(year):
    with pytest.raises(DataError, match=f"{year}.*2021, 2024, 2026"):
        figures.population(year, territory.zoning("ols"))
    with pytest.raises(DataError, match=f"{year}.*2011, 2016, 2021"):
        figures.age_pyramid(zone("05"), year)


def test_an_unknown_indicator_and_one_without_values_are_refused():
    ols = territory.zoning("ols")
    with pytest.raises(DataError, match="« zzz »"):
        figures.by_zone("zzz", ols)
    absent = next(c for c in catalogue.cards().values() if not c.available)
    with pytest.raises(DataError) as refused:
        figures.by_zone(absent.id, ols)
    assert absent.title in str(refused.value)
    assert absent.obtain in str(refused.value)


def test_the_trend_leaves_a_gap_where_no_figure_exists(totals):
    series = figures.trend(zone("25005"))
    assert list(series.index) == list(range(2009, 2027))
    assert list(series.index[series.isna()]) == [2022, 2023, 2025]
    assert series.dropna().to_dict() == {year: totals["25005", year] for year in YEARS}


def test_the_spread_names_the_lowest_and_highest_commune_of_the_territory(plain, aged, totals):
    inside = {r["refnis"] for r in plain("decoupages/ols.csv") if r["zone"] == "05"}
    names = {r["refnis"]: r["nom"] for r in plain("communes.csv")}
    rate = {
        code: 100 * sum(aged[code, 2021, first] for first in range(65, 100, 5)) / totals[code, 2021]
        for code in inside
    }
    found = figures.spread("pct_65p_2021", zone("05"), zone("wallonie"))
    low, high = min(rate, key=rate.__getitem__), max(rate, key=rate.__getitem__)
    assert (found.count, found.low_label, found.high_label) == (23, names[low], names[high])
    assert (found.low, found.high) == pytest.approx((rate[low], rate[high]))
    assert found.above == sum(r > 19.010357 for r in rate.values())
    assert found.reference == pytest.approx(19.0104, abs=5e-5)


def test_the_headline_of_a_whole_zone_is_complete_and_coherent():
    rows = {row.indicator: row for row in figures.headline(zone("08"), zone("wallonie"))}
    assert rows["pop_total_2026"].value == POPULATION_2026["08"]
    assert rows["pop_total_2026"].reference == 3_713_450
    for row in rows.values():
        assert row.source
        assert not math.isnan(row.value)
    people_2021 = values("pop_total_2021", "ols")["08"]
    old = rows["pct_65p_2021"]
    assert old.count / people_2021 * 100 == pytest.approx(old.value)
    assert rows["pop_growth_2009_2026_pct"].signed


def test_the_profile_holds_its_cards_once_each_those_with_values_first():
    blocks = figures.profile(zone("05"), zone("wallonie"))
    assert list(blocks) == list(catalogue.BLOCKS)
    ids = [row.card.id for rows in blocks.values() for row in rows]
    kept = (
        path.stem
        for path in catalogue.CARDS.glob("*.toml")
        if tomllib.loads(path.read_text("utf-8")).get("profil", True)
    )
    assert sorted(ids) == sorted(kept)
    for block, rows in blocks.items():
        states = [row.card.available for row in rows]
        assert states == sorted(states, reverse=True)
        for row in rows:
            assert row.card.block == block
            assert math.isnan(row.value) != row.card.available
            assert (row.spread is None) != row.card.available


@pytest.mark.parametrize("level", ["ols", "bassin", "commune"])
@pytest.mark.parametrize("indicator", ["pct_65p_2021", "pop_total_2026", "hospital_beds_2020"])
def test_each_value_falls_in_the_class_that_says_it_holds_it(indicator, level):
    found = figures.classes(indicator, level)
    shown = values(indicator, level)
    if catalogue.card(indicator).aggregation == "rapport":
        shown = values(indicator, "commune")
    group = found.index(shown)
    assert group.isna().equals(shown.isna())
    for number, (low, high) in enumerate(found.held):
        inside = shown[group == number]
        assert (inside.min(), inside.max()) == (low, high)
    assert list(found.upper) == sorted(found.upper)


def test_the_table_beside_the_map_says_which_part_of_a_commune_lies_in_the_territory():
    table = figures.twin("pct_65p_2021", zone("05"), "commune")
    assert len(table) == 23
    cut = table["part"][table["part"] < 1]
    assert cut.to_dict() == pytest.approx({"92094": 0.0500, "91005": 0.4884}, abs=5e-5)
    inside = (table["effectif"] * table["part"]).sum()
    assert inside == pytest.approx(values("pop_65p_2021", "ols")["05"])


@pytest.mark.parametrize("level", ["ols", "bassin", "commune"])
@pytest.mark.parametrize("indicator", ["pct_65p_2021", "pop_65p_2021", "hospital_beds_2020"])
def test_classes_are_those_of_pysal(indicator: str, level: str) -> None:
    got = figures.classes(indicator, level)
    counted = catalogue.card(indicator).aggregation == "somme"
    zoning = territory.zoning_of(level if counted else "commune")
    values = figures.by_zone(indicator, zoning)["valeur"].dropna()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it regrets the absence of numba
        theirs = mapclassify.FisherJenks(values, k=min(5, values.nunique())).bins
    assert got.upper == pytest.approx(list(theirs))
