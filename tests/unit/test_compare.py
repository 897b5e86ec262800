"""Comparison of territories: against counts made by hand, and against what must not change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from olsdata import compare, figures, tables, territory
from olsdata.tables import DataError

TEN = tuple(f"{n:02}" for n in range(1, 11))


def test_a_difference_is_the_value_less_the_reference_counted_from_the_tables():
    facts = tables.load()
    ages = facts.ages[facts.ages["annee"] == 2021]
    first = ages["age"].str.extract(r"^(\d+)")[0].astype(int)
    old = ages[first >= 65].groupby("refnis")["population"].sum()
    everyone = ages.groupby("refnis")["population"].sum()
    luxembourg = facts.communes.index[facts.communes["province"] == "Luxembourg"]
    # OLS 10 is more than the province in no commune: it holds whole communes of it only.
    held = [c for c in luxembourg if territory.zoning("ols").people.at["10", c] == 1]
    assert territory.zoning("ols").people.loc["10"].sum() == len(held)
    share = 100 * old[held].sum() / everyone[held].sum()
    region = 100 * old.sum() / everyone.sum()
    row = compare.table(("10",), ("pct_65p_2021",)).iloc[0]
    assert row["valeur"] == pytest.approx(share)
    assert row["ecart"] == pytest.approx(share - region)
    assert row["classe"] == -2


def test_colours_are_differences_in_standard_deviations_of_the_ten_ols():
    found = compare.table(TEN, ("income_median_admin_2023",))
    values = figures.by_zone("income_median_admin_2023", territory.zoning("ols"))["valeur"]
    deviation = np.sqrt(((values - values.mean()) ** 2).mean())
    expected = (found["valeur"] - found["repere"]) / deviation
    assert np.allclose(found["ecart_type"], expected)
    far = expected.abs() >= 1.5
    assert (found["classe"].abs()[far] == 2).all()
    assert (found["classe"][expected.abs() < 0.5] == 0).all()


def test_territories_keep_their_geographical_order_and_come_once():
    found = compare.table(("10", "02", "10", "07"), ("pct_65p_2021",))
    assert found.index.get_level_values("zone").tolist() == ["02", "07", "10"]


def test_the_reference_may_be_an_ols_whose_own_difference_is_zero():
    found = compare.table(("05", "06"), ("pct_65p_2021", "pop_total_2026"), reference="05")
    assert (found["ecart"].xs("05", level="zone") == 0).all()
    people = figures.population(2026, territory.zoning("ols"))["valeur"]
    gap = found.at[("pop_total_2026", "06"), "ecart"]
    assert gap == pytest.approx(people["06"] - people["05"])
    assert found["ecart_type"].loc["pop_total_2026"].isna().all(), "a size is never coloured"


def test_a_size_is_not_set_against_the_whole_of_wallonia():
    found = compare.table(("05",), ("pop_total_2026",))
    assert found["ecart"].isna().all()


def test_the_reference_may_be_the_same_territory_in_2011():
    found = compare.table(("05", "10"), ("pct_65p_2021", "income_median_admin_2023"), "ols", "2011")
    for zone in ("05", "10"):
        ols = territory.zoning("ols")
        old = figures.total("pop_65p_2011", ols)[zone] / figures.total("pop_total_2011", ols)[zone]
        assert found.at[("pct_65p_2021", zone), "repere"] == pytest.approx(100 * old)
    assert found.loc["income_median_admin_2023"]["repere"].isna().all()
    assert found.loc["income_median_admin_2023"]["classe"].isna().all()


@pytest.mark.parametrize("id_", ["pop_growth_2009_2026_pct", "area_km2_2026", "mean_age_2026"])
def test_what_has_no_earlier_sibling_is_not_made_up(id_):
    assert figures.in_year(id_, 2011) is None


def test_a_reference_inside_the_margin_is_no_difference():
    found = compare.table(TEN, (compare.NEED, "pharmacies_per_10k_2022"))
    inside = (found["bas"] <= found["repere"]) & (found["repere"] <= found["haut"])
    assert inside.any()
    assert (found["marge"] == inside).all()
    assert (found["classe"][inside] == 0).all()


def test_chance_limits_hold_the_value_and_narrow_with_the_count():
    found = compare.table(TEN, ("pharmacies_per_10k_2022", "pharmacies_active_2022"))
    assert ((found["bas"] < found["valeur"]) & (found["valeur"] < found["haut"])).all()
    counts = found.loc["pharmacies_active_2022"]["valeur"]
    rates = found.loc["pharmacies_per_10k_2022"]
    width = (rates["haut"] - rates["bas"]) / rates["valeur"]
    assert width[counts.idxmin()] > width[counts.idxmax()]


def test_a_territory_without_data_stays_with_nothing_invented():
    zones = territory.zoning("bassins")
    cut = [z for z in zones.zones.index if zones.coverage[z] < 0.9][:1]
    found = compare.table(
        (cut[0], zones.zones.index[0]), ("hospital_sites_2020", "structures_cercle_mg"), "bassin"
    )
    mine = found.xs(cut[0], level="zone")
    assert mine["valeur"].isna().all()
    assert mine["ecart"].isna().all()
    assert mine["remarque"]["structures_cercle_mg"] in (compare.LOWER_BOUND, compare.UNKNOWN)


def test_bassins_of_one_city_say_that_their_value_is_the_citys():
    city = [z for z in territory.zoning("bassins").zones.index if z.startswith("03-52011")]
    found = compare.table(tuple(city), (compare.NEED, "pct_65p_2021"), "bassin")
    assert set(found["remarque"]) == {compare.BORROWED}
    assert found.loc[compare.NEED]["valeur"].nunique() == 1


@pytest.mark.parametrize(
    ("zones", "ids", "level", "reference", "said"),
    [
        ((), ("pct_65p_2021",), "ols", "", "deux à dix"),
        (("99",), ("pct_65p_2021",), "ols", "", "99"),
        (("05",), ("rien",), "ols", "", "rien"),
        (("05",), (), "ols", "", "indicateur"),
        (("05",), ("pct_65p_2021",), "commune", "", "commune"),
        (("05",), ("pct_65p_2021",), "ols", "1999", "1999"),
    ],
)
def test_what_does_not_exist_is_named(zones, ids, level, reference, said):
    with pytest.raises(DataError, match=said):
        compare.table(zones, ids, level, reference)


def test_eleven_territories_are_too_many():
    bassins = tuple(territory.zoning("bassins").zones.index[:11])
    with pytest.raises(DataError, match="11 territoires"):
        compare.table(bassins, ("pct_65p_2021",), "bassin")


# --- Likeness -----------------------------------------------------------------------------------


def naive(zone: str, ids: tuple[str, ...]) -> pd.Series:
    """Distance of every OLS to one, the slow way."""
    ols = territory.zoning("ols")
    total = pd.Series(0.0, index=ols.zones.index)
    for id_ in ids:
        column = figures.by_zone(id_, ols)["valeur"]
        column = np.log(column) if id_.startswith("density") else column
        deviation = (((column - column.mean()) ** 2).sum() / 10) ** 0.5
        total += ((column - column[zone]) / deviation) ** 2
    return (total / len(ids)) ** 0.5


@pytest.mark.parametrize("zone", TEN)
def test_the_nearest_are_those_found_the_slow_way(zone):
    expected = naive(zone, compare.CONTEXT).drop(zone).sort_values()
    found = compare.alike(zone, "ols")
    assert [other.zone for other in found] == expected.index[:3].tolist()
    assert [other.distance for other in found] == pytest.approx(expected.iloc[:3].tolist())


def test_likeness_says_why_the_closest_first():
    for other in compare.alike("05", "ols"):
        sizes = [abs(reason.gap) for reason in other.reasons]
        assert sizes == sorted(sizes)
        assert len(sizes) == other.asked == len(compare.CONTEXT)


def test_likeness_goes_both_ways():
    all_ten = {
        a: {o.zone: o.distance for o in compare.alike(a, "ols", compare.CONTEXT, 9)} for a in TEN
    }
    assert all_ten["05"]["08"] == pytest.approx(all_ten["08"]["05"])


def test_a_bassin_of_a_city_is_compared_as_the_city_and_never_with_itself():
    found = compare.alike("03-52011A", "bassin")
    assert found == compare.alike("03-52011C", "bassin")
    assert all(not other.zone.startswith("03-52011") for other in found)


def test_a_size_is_no_likeness():
    with pytest.raises(DataError, match="Population totale"):
        compare.alike("05", "ols", ("pop_total_2026",))


def test_spread_holds_every_zone_and_counts_a_city_once():
    around = compare.spread("pct_65p_2021", "bassin")
    assert around["min"] <= around["q1"] <= around["median"] <= around["q3"] <= around["max"]
    assert around["count"] < len(territory.zoning("bassins").zones)
