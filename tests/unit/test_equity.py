"""Need index, units, floor, gradient and proportionality: oracles, naive twins, invariants."""

from __future__ import annotations

import math
import re
import tomllib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from olsdata import cartography, catalogue, figures, phrases, tables, territory
from olsdata.equity import gradient as gradients
from olsdata.equity import laws, need, resources
from olsdata.equity import proportionality as proportions
from olsdata.equity.need import Weights
from olsdata.equity.scope import scope
from olsdata.equity.units import cities, members, units
from olsdata.tables import DataError

POPULATION, VALUE = [78, 91, 162, 103, 105], [20, 30, 40, 50, 60]
LEVELS = ["commune", "bassin", "ols"]
DEFAULT = {
    "low_education_pct_2021": True,
    "unemployment_rate_15_64_2024": True,
    "income_median_admin_2023": False,
    "pct_hh_single_parent_2019": True,
    "pct_res_buildings_without_central_heating_2025": True,
    "pct_80p_2021": True,
}

sizes = st.integers(2, 30)
seeds = st.integers(0, 2**32 - 1)


# --- The default set ----------------------------------------------------------------------------


def test_the_default_set_is_the_six_indicators_with_equal_weights():
    weights = need.default_weights()
    assert {i: need.indicators()[i].high for i in weights.ids} == DEFAULT
    assert weights.values.tolist() == pytest.approx([1 / 6] * 6)


def test_every_indicator_has_a_card_a_reason_and_the_sense_of_its_card():
    raw = tomllib.loads(need.FILE.read_text("utf-8"))
    for entry in raw["indicateur"]:
        card = catalogue.card(entry["id"])
        assert card.available
        assert entry["raison"].strip()
        assert entry["theme"] in need.themes()
        assert card.polarity in (entry["sens"], "neutre"), entry["id"]


def test_no_indicator_that_may_weigh_is_forbidden():
    assert not [i for i in need.weighable() if need.why_forbidden(i)]


@pytest.mark.parametrize(
    ("id_", "why"),
    [
        ("pct_non_belgian_2021", "nationalité"),
        ("bimd_income_score_2011", "BIMD"),
        ("BIMD_score_2011", "BIMD"),
        ("mortality_standardised", "résultat de santé"),
        ("life_expectancy", "résultat de santé"),
        ("pharmacies_per_10k_2022", "offre"),
        ("dist_nearest_pharmacy_km_2022", "offre"),
        ("gp_contact_pct", "utilisation"),
        ("pct_65p_2021", "n’est pas un indicateur de besoin offert"),
        ("zzz", "Indicateur inconnu"),
    ],
)
def test_what_may_not_weigh_is_refused_with_the_reason(id_, why):
    with pytest.raises(DataError, match=why):
        Weights.of({id_: 1.0})


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({}, "Tous les poids sont nuls"),
        ({"pct_80p_2021": 0.0}, "Tous les poids sont nuls"),
        ({"pct_80p_2021": -1.0}, "négatif"),
        ({"pct_80p_2021": math.nan}, "n’est pas un nombre"),
        ({"pct_80p_2021": math.inf}, "n’est pas un nombre"),
    ],
)
def test_weights_that_make_no_index_are_refused(given_, says):
    with pytest.raises(DataError, match=says):
        Weights.of(given_)


def test_a_weight_of_zero_is_not_there():
    weights = Weights.of({"pct_80p_2021": 0.0, "income_median_admin_2023": 4.0})
    assert weights.items == (("income_median_admin_2023", 1.0),)


def test_dimensions_weigh_a_quarter_each():
    weights = need.weights_by_dimension()
    by = pd.Series(dict(weights.items)).groupby(lambda i: need.indicators()[i].dimension).sum()
    assert by.tolist() == pytest.approx([0.25] * 4)


@pytest.mark.parametrize(
    "text",
    [
        "indicateur,poids\npct_80p_2021,1\nincome_median_admin_2023,3\n",
        "indicateur;poids\r\npct_80p_2021;0,5\r\nincome_median_admin_2023;1,5\r\n",
        "\ufeffpoids,indicateur\n10,pct_80p_2021\n30,income_median_admin_2023\n",
    ],
)
def test_a_file_of_weights_is_read_as_anyone_writes_it(text):
    found = need.read_weights(text.encode("utf-8"))
    assert found.share("pct_80p_2021") == pytest.approx(0.25)
    assert found.share("income_median_admin_2023") == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "vide"),
        ("indicateur,poids\n", "aucune ligne"),
        ("indicateur\npct_80p_2021\n", "il manque la colonne « poids »"),
        ("indicateur,poids\npct_80p_2021,beaucoup\n", "Ligne 2 : nombre attendu"),
        ("indicateur,poids\npct_80p_2021,-1\n", "Ligne 2 : .*négatif"),
        ("indicateur,poids\npct_80p_2021,nan\n", "Ligne 2"),
        ("indicateur,poids\nbimd_score_2011,1\n", "Ligne 2 : .*BIMD"),
        ("indicateur,poids\npct_80p_2021,0\n", "Tous les poids sont nuls"),
        ("indicateur,poids\npct_80p_2021,1\npct_80p_2021,2\n", "Ligne 3 : .*deux fois"),
    ],
)
def test_a_wrong_file_of_weights_is_refused_in_french(text, says):
    with pytest.raises(DataError, match=says):
        need.read_weights(text.encode("utf-8"))


# --- Percentile and index -----------------------------------------------------------------------


def naive_percentile(values, people, high):
    total = sum(people)
    found = []
    for mine in values:
        less = sum(
            p for v, p in zip(values, people, strict=True) if (v < mine if high else v > mine)
        )
        same = sum(p for v, p in zip(values, people, strict=True) if v == mine)
        found.append(100 * (less + same / 2) / total)
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 1_000)), min_size=1, max_size=40),
    st.booleans(),
)
def test_the_percentile_is_its_naive_twin(pairs, high):
    values, people = zip(*pairs, strict=True)
    found = need.percentile(values, people, high)
    assert found == pytest.approx(naive_percentile(values, people, high))
    assert np.average(found, weights=people) == pytest.approx(50)


@settings(max_examples=40, deadline=None)
@given(seeds, sizes)
def test_permuting_communes_permutes_percentiles(seed, n):
    rng = np.random.default_rng(seed)
    values, people, order = rng.integers(0, 9, n), rng.integers(1, 99, n), rng.permutation(n)
    assert need.percentile(values[order], people[order]) == pytest.approx(
        need.percentile(values, people)[order]
    )


def test_an_indicator_alike_everywhere_is_50_everywhere():
    assert need.percentile([3.0, 3.0, 3.0], [1, 20, 300]).tolist() == [50.0] * 3
    assert need.percentile([3.0], [7]).tolist() == [50.0]


def test_a_commune_without_value_has_no_percentile_and_changes_no_other():
    found = need.percentile([1.0, math.nan, 2.0], [10, 99, 10])
    assert found == pytest.approx([25, math.nan, 75], nan_ok=True)


def test_percentiles_need_people_and_equal_lengths():
    with pytest.raises(ValueError, match="positive"):
        need.percentile([1.0, 2.0], [1, 0])
    with pytest.raises(ValueError, match="shapes"):
        need.percentile([1.0, 2.0], [1])


@pytest.fixture(scope="module")
def naive_index():
    """Index of each commune from the raw tables, one commune after the other."""
    from tests.unit.conftest import rows_of

    german = {r["refnis"] for r in rows_of("communes.csv") if r["germanophone"] == "1"}
    people = {
        r["refnis"]: int(r["population"])
        for r in rows_of("population_totale.csv")
        if r["annee"] == "2024" and r["refnis"] not in german
    }
    old: dict[str, int] = {}
    total: dict[str, int] = {}
    for r in rows_of("population_age_sexe.csv"):
        if r["annee"] == "2021":
            total[r["refnis"]] = total.get(r["refnis"], 0) + int(r["population"])
            if r["age"] in ("80-84", "85-89", "90-94", "95+"):
                old[r["refnis"]] = old.get(r["refnis"], 0) + int(r["population"])
    table = {r["refnis"]: r for r in rows_of("indicateurs.csv")}
    codes = list(people)
    index = dict.fromkeys(codes, 0.0)
    for id_, high in DEFAULT.items():
        values = [
            old[c] / total[c] if id_ == "pct_80p_2021" else float(table[c][id_]) for c in codes
        ]
        for code, p in zip(
            codes, naive_percentile(values, list(people.values()), high), strict=True
        ):
            index[code] += p / 6
    return index, people


def test_the_index_of_the_252_communes_is_its_naive_twin(naive_index):
    index, _ = naive_index
    found = need.by_commune(need.default_weights())
    assert len(found) == 252
    assert found.to_dict() == pytest.approx(index)


def test_the_index_of_a_zone_is_the_mean_of_its_inhabitants(naive_index, naive_shares):
    index, people = naive_index
    found = need.by_zone(need.default_weights(), territory.zoning("ols"))["indice"]
    for zone, held in naive_shares("ols", "population_2024").items():
        weight = {code: share * people[code] for code, share in held.items()}
        mean = sum(index[c] * w for c, w in weight.items()) / sum(weight.values())
        assert found[zone] == pytest.approx(mean), zone


def test_the_parts_of_a_split_commune_have_its_value():
    weights = need.default_weights()
    bassins = need.by_zone(weights, territory.zoning("bassins"))
    assert bassins.at["03-52011A", "indice"] == pytest.approx(need.by_commune(weights)["52011"])


def test_the_german_speaking_communes_have_no_index_and_no_group():
    found = need.by_zone(need.default_weights(), units("commune"))
    apart = found.loc[territory.outside().index]
    assert len(found) == 261
    assert len(apart) == 9
    assert apart[["indice", "p5", "p95", "stabilite"]].isna().all(axis=None)
    assert (apart["groupe"] == "").all()
    assert found["indice"].notna().sum() == 252
    assert found[["p10_communes", "p90_communes"]].isna().all(axis=None)


def test_the_three_groups_hold_a_third_of_the_inhabitants_each():
    found = need.by_zone(need.default_weights(), units("commune"))
    people = tables.load().totaux[need.YEAR]
    share = people.groupby(found["groupe"]).sum() / people[need.communes()].sum()
    largest = people.max() / people.sum()
    for group in need.GROUPS:
        assert share[group] == pytest.approx(1 / 3, abs=largest)


@pytest.mark.parametrize("level", LEVELS)
def test_bands_contain_the_index_and_stay_on_the_scale(level):
    for weights in (need.default_weights(), Weights.of({"pct_80p_2021": 1, "pct_0_2_2021": 0.001})):
        found = need.by_zone(weights, units(level)).dropna(subset=["indice"])
        assert (found["p5"] <= found["indice"]).all()
        assert (found["indice"] <= found["p95"]).all()
        assert found[["p5", "p95"]].stack().between(0, 100).all()
        assert found["stabilite"].between(0, 1).all()
        if level != "commune":
            assert (found["p10_communes"] <= found["p90_communes"]).all()


def test_one_indicator_alone_leaves_nothing_to_chance():
    found = need.by_zone(Weights.of({"pct_80p_2021": 5}), units("ols"))
    assert found["p5"].tolist() == pytest.approx(found["indice"].tolist())
    assert found["p95"].tolist() == pytest.approx(found["indice"].tolist())
    assert (found["stabilite"] == 1).all()


def test_the_draws_are_the_same_each_time_and_keep_the_weights_on_average():
    weights = Weights.of({"pct_80p_2021": 1, "income_median_admin_2023": 2, "pct_0_2_2021": 0})
    first, again = need.draws(weights), need.draws(weights)
    assert np.array_equal(first, again)
    assert first.shape == (1_000, 2)
    assert first.sum(axis=1) == pytest.approx(np.ones(1_000))
    assert first.mean(axis=0) == pytest.approx([2 / 3, 1 / 3], abs=0.03)


def test_equal_weights_give_the_uniform_dirichlet():
    moved = need.draws(need.default_weights(), count=20_000)
    # Each share of a uniform Dirichlet of 6 has variance (1/6)(5/6)/7.
    assert moved.var(axis=0) == pytest.approx(np.full(6, 5 / 36 / 7), rel=0.05)


def test_a_zone_with_a_missing_commune_has_no_index_and_the_reason_is_said(monkeypatch):
    full = need.percentiles()
    gap = full.copy()
    gap.loc["92094", "pct_80p_2021"] = math.nan
    monkeypatch.setattr(need, "percentiles", lambda facts=None: gap)
    weights = Weights.of({"pct_80p_2021": 2})
    need.by_commune.cache_clear()
    try:
        found = need.by_zone.__wrapped__(weights, territory.zoning("ols"))
        assert "Namur" in need.without_index(weights)
    finally:
        need.by_commune.cache_clear()
    assert found.index[found["indice"].isna()].tolist() == ["05", "06"]
    assert found.loc["06", "groupe"] == ""


def test_the_decomposition_adds_up_and_leaving_one_out_compares_with_the_whole():
    weights, zoning = need.weights_by_dimension(), units("bassin")
    whole = need.by_zone(weights, zoning)["indice"]
    parts = need.decomposition(weights, zoning)["apport"].groupby("zone", sort=False).sum()
    assert parts.to_dict() == pytest.approx(whole.to_dict())
    out = need.leave_one_out(weights, zoning)
    assert set(out.index.get_level_values(0)) == set(weights.ids)
    alone = Weights.of({i: w for i, w in weights.items if i != "pct_80p_2021"})
    again = need.by_zone(alone, zoning)["indice"]
    assert out.loc["pct_80p_2021", "indice"].to_dict() == pytest.approx(again.to_dict())
    assert need.leave_one_out(Weights.of({"pct_80p_2021": 1}), zoning).empty


def test_three_indicators_say_nearly_the_same_on_the_scale_of_the_index(naive_index):
    pairs = need.alike(need.default_weights())
    assert {frozenset(p[:2]) for p in pairs} == {
        frozenset(p)
        for p in (
            ("low_education_pct_2021", "unemployment_rate_15_64_2024"),
            ("low_education_pct_2021", "income_median_admin_2023"),
            ("unemployment_rate_15_64_2024", "income_median_admin_2023"),
        )
    }
    assert [round(r, 2) for *_, r in pairs] == [0.81, 0.92, 0.88]


# --- Units --------------------------------------------------------------------------------------


def test_the_bassins_of_one_city_are_one_line():
    zoning, merged = territory.zoning("bassins"), units("bassin")
    unit = members(zoning)
    assert set(unit) == set(merged.zones.index)
    assert merged.zone("03-52011").label == "Charleroi (9 bassins)"
    for id_, held in unit.groupby(unit):
        labels = merged.zones.at[id_, "label"]
        assert (f"({len(held)} bassins)" in labels) == (len(held) > 1)
        assert zoning.zones.loc[held.index, "ols"].nunique() == 1
    people = {z: figures.population(2026, z)["valeur"].sum() for z in (zoning, merged)}
    assert people[zoning] == pytest.approx(people[merged])


def test_a_city_alone_in_its_bassin_keeps_its_name():
    lone = cities(territory.zoning("bassins"))
    assert (territory.zoning("bassins").coverage[lone.index] < territory.WHOLE).all()
    assert not units("ols").zones["label"].str.contains("bassins").any()


# --- Gradient -----------------------------------------------------------------------------------


def test_slope_and_concentration_are_those_of_the_oracle():
    order = range(5)
    line = gradients.slope_index(VALUE, POPULATION, list(order))
    assert line.slope == pytest.approx(46.253810, abs=1e-6)
    assert line.at_least == pytest.approx(18.097584, abs=1e-6)
    assert line.ratio == pytest.approx((18.097584 + 46.253810) / 18.097584, abs=1e-6)
    rci = gradients.concentration_index(VALUE, POPULATION, list(order))
    assert rci == pytest.approx(0.1777686, abs=5e-8)
    assert rci * np.average(VALUE, weights=POPULATION) == pytest.approx(7.3284202, abs=5e-7)


def naive_concentration(value, people, need_index):
    """Twice the covariance of the value and the place, person by person."""
    units_ = sorted(zip(need_index, value, people, strict=True))
    persons = [v for _, v, p in units_ for _ in range(p)]
    n, mean = len(persons), sum(persons) / len(persons)
    places, start = [], 0
    for _, _, p in units_:
        places += [(start + p / 2) / n] * p
        start += p
    return 2 * sum((v - mean) * (x - 0.5) for v, x in zip(persons, places, strict=True)) / n / mean


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(2, 12))
def test_the_concentration_index_is_its_naive_twin(seed, n):
    rng = np.random.default_rng(seed)
    value, people = rng.integers(1, 9, n).tolist(), rng.integers(1, 60, n).tolist()
    order = rng.permutation(n).tolist()
    found = gradients.concentration_index(value, people, order)
    assert found == pytest.approx(naive_concentration(value, people, order))


@settings(max_examples=40, deadline=None)
@given(seeds, sizes)
def test_the_slope_is_that_of_numpy_and_no_order_of_units_matters(seed, n):
    rng = np.random.default_rng(seed)
    value, people = rng.uniform(0, 9, n), rng.integers(1, 99, n).astype(float)
    need_index, order = rng.integers(0, 5, n).astype(float), rng.permutation(n)
    line = gradients.slope_index(value, people, need_index)
    moved = gradients.slope_index(value[order], people[order], need_index[order])
    if len(set(need_index)) == 1:
        assert math.isnan(line.slope)
        return
    x = gradients.rank(need_index, people)
    slope, start = np.polyfit(x, value, 1, w=np.sqrt(people))
    assert line.slope == pytest.approx(slope, abs=1e-7)
    assert line.at_least == pytest.approx(start, abs=1e-7)
    assert moved.slope == pytest.approx(line.slope, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(seeds, sizes, st.floats(0.01, 1_000))
def test_scaling_a_resource_changes_no_ratio(seed, n, factor):
    rng = np.random.default_rng(seed)
    value, people, place = rng.uniform(1, 9, n), rng.integers(1, 99, n), rng.permutation(n)
    plain, scaled = (
        (
            gradients.slope_index(v, people, place).ratio,
            gradients.concentration_index(v, people, place),
        )
        for v in (value, value * factor)
    )
    assert scaled == pytest.approx(plain, nan_ok=True)


def test_more_where_need_is_greater_is_positive_and_the_reverse_negative():
    people, place = [10, 10, 10], [1, 2, 3]
    for value, sign in (([1, 2, 3], 1), ([3, 2, 1], -1)):
        assert gradients.slope_index(value, people, place).slope * sign > 0
        assert gradients.concentration_index(value, people, place) * sign > 0
    assert gradients.concentration_index([2, 2, 2], people, place) == pytest.approx(0)


def test_what_cannot_be_computed_is_missing_not_infinite():
    assert math.isnan(gradients.slope_index([1.0], [10], [5]).slope)
    assert math.isnan(gradients.slope_index([0.0, 5.0], [10, 10], [1, 2]).ratio)
    assert math.isnan(gradients.concentration_index([0, 0], [10, 10], [1, 2]))
    assert gradients.concentration_curve([0, 0], [1, 1], [1, 2])["part_ressource"].isna().all()


def test_the_concentration_curve_starts_at_0_ends_at_1_and_encloses_the_index():
    curve = gradients.concentration_curve(VALUE, POPULATION, list(range(5)))
    assert curve.iloc[0].tolist() == [0, 0]
    assert curve.iloc[-1].tolist() == pytest.approx([1, 1])
    area = np.trapezoid(curve["part_ressource"], curve["part_habitants"])
    assert 1 - 2 * area == pytest.approx(0.1777686, abs=5e-8)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("id_", ["pharmacies", "kines", "lits_hopital"])
def test_every_point_of_care_has_a_gradient_with_its_band(id_, level):
    found = gradients.gradient(id_, level)
    assert found.why == found.why_no_band == ""
    assert found.count == {"commune": 252, "ols": 10}.get(level, len(units("bassin").zones))
    for figure, (low, high) in (
        (found.sii, found.sii_band),
        (found.rii, found.rii_band),
        (found.rci, found.rci_band),
    ):
        assert low <= figure <= high
    again = gradients.gradient(id_, level)
    assert again.sii_band == found.sii_band
    points = found.points
    assert points["ressource"].sum() == pytest.approx(
        resources.supply(id_, territory.zoning("ols")).counts.sum()
    )
    line = gradients.slope_index(points["taux"], points["habitants"], points["indice"])
    assert line.slope == pytest.approx(found.sii)


def test_redraws_are_seeded_and_lie_half_a_unit_above_the_counts_unless_centred():
    counts = np.array([0.0, 3.0, 200.0])
    drawn = gradients.redraws(counts, count=20_000)
    assert np.array_equal(drawn, gradients.redraws(counts, count=20_000))
    assert drawn.mean(axis=1) == pytest.approx(counts + 0.5, rel=0.03)
    centred = gradients.redraws(counts, count=20_000, centred=True)
    assert centred.mean(axis=1) == pytest.approx(counts, abs=0.5)


def test_a_registry_under_the_guard_has_no_gradient_and_no_ratio():
    with pytest.raises(DataError, match="Sous 80"):
        gradients.gradient("cercle_mg", "ols")
    found = proportions.proportionality("cercle_mg", "ols")
    assert "59 publiés" in found.withheld
    assert found.zones[["rapport", "log2", "part_ressource"]].isna().all(axis=None)
    assert math.isnan(found.move)
    assert math.isnan(found.add)


def test_fewer_structures_than_units_have_no_band_and_say_so():
    found = gradients.gradient("clps", "ols")
    assert "moins de ressources (9) que d’unités (10)" in found.why_no_band
    assert math.isnan(found.sii_band[0])
    assert math.isfinite(found.sii)


def test_a_resource_that_is_zero_everywhere_is_a_sentence(monkeypatch):
    real = resources.supply("pharmacies", units("ols"))
    nothing = resources.Supply(
        real.resource, real.zoning, real.counts * 0, real.people, "", real.closed
    )
    for module in (gradients, proportions):
        monkeypatch.setattr(module, "supply", lambda *_: nothing)
    found = gradients.gradient("pharmacies", "ols")
    assert "aucune unité recensée" in found.why
    assert math.isnan(found.sii)
    ratio = proportions.proportionality("pharmacies", "ols")
    assert "aucune unité recensée" in ratio.withheld
    assert ratio.zones["rapport"].isna().all()


def test_unknown_names_are_refused_with_those_that_exist():
    with pytest.raises(DataError, match="Ressources : pharmacies, kines"):
        gradients.gradient("zzz", "ols")
    with pytest.raises(DataError, match="Niveaux possibles : commune, bassin, ols"):
        gradients.gradient("pharmacies", "wallonie")


# --- Proportionality ----------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("id_", ["pharmacies", "kines", "clps", "pfcsm", "reseau_sm_jeunes"])
def test_shares_sum_to_1_and_the_ratio_is_1_on_average(id_, level):
    zones = proportions.proportionality(id_, level).zones.dropna(subset=["rapport"])
    assert zones["part_ressource"].sum() == pytest.approx(1)
    assert zones["part_besoin"].sum() == pytest.approx(1)
    assert np.average(zones["rapport"], weights=zones["part_besoin"]) == pytest.approx(1)
    assert zones["voulu"].sum() == pytest.approx(zones["ressource"].sum())
    empty = zones["ressource"] == 0
    assert (zones.loc[empty, "rapport"] == 0).all()
    assert zones.loc[empty, "log2"].isna().all()
    assert np.isfinite(zones.loc[~empty, "log2"]).all()


def test_k_of_1_is_equality_per_head():
    zones = proportions.proportionality("pharmacies", "ols", k=1).zones
    assert zones["part_besoin"].to_dict() == pytest.approx(
        (zones["habitants"] / zones["habitants"].sum()).to_dict()
    )


def test_the_need_of_a_zone_is_that_of_its_inhabitants_counted_up_to_k(naive_index, naive_shares):
    index, _ = naive_index
    people = tables.load().totaux[2021]
    zones = proportions.proportionality("pharmacies", "ols", k=3).zones
    for zone, held in naive_shares("ols", "population_2024").items():
        wanted = sum(s * people[c] * (1 + 2 * index[c] / 100) for c, s in held.items())
        assert zones.at[zone, "besoin"] == pytest.approx(wanted), zone


@pytest.mark.parametrize("k", [0.9, 3.1, math.nan, math.inf])
def test_k_stays_between_1_and_3(k):
    with pytest.raises(DataError, match="k doit être compris entre 1 et 3"):
        proportions.proportionality("pharmacies", "ols", k=k)


@settings(max_examples=40, deadline=None)
@given(seeds, sizes)
def test_moving_and_adding_reach_proportionality(seed, n):
    rng = np.random.default_rng(seed)
    counts, share = rng.integers(0, 30, n).astype(float), rng.dirichlet(np.ones(n))
    if not counts.sum():
        return
    wanted = counts.sum() * share
    assert wanted.sum() == pytest.approx(counts.sum())
    gain, loss = (wanted - counts).clip(0).sum(), (counts - wanted).clip(0).sum()
    assert proportions.to_move(counts, share) == pytest.approx(gain)
    assert gain == pytest.approx(loss)
    total = counts.sum() + proportions.to_add(counts, share)
    # Nothing is removed anywhere, and a smaller total would have to remove somewhere.
    assert (total * share >= counts - 1e-6 * total).all()
    assert (total * share * (1 - 1e-6) < counts).any()


def test_no_need_is_not_available_and_binds_nothing():
    assert proportions.ratio([0.5, 0.5], [1.0, 0.0]).tolist()[0] == 0.5
    assert math.isnan(proportions.ratio([0.5, 0.5], [1.0, 0.0])[1])
    assert proportions.to_add([4, 0], [1.0, 0.0]) == 0
    assert math.isnan(proportions.to_add([4, 1], [1.0, 0.0]))


def test_units_to_move_are_told_by_bassin_and_ols_only_and_for_local_resources_only():
    assert math.isnan(proportions.proportionality("pharmacies", "commune").move)
    for level in ("bassin", "ols"):
        found = proportions.proportionality("pharmacies", level)
        assert 0 < found.move < found.add
    for id_ in ("lits_hopital", "sites_hospitaliers"):
        shared = proportions.proportionality(id_, "ols")
        assert "seul l’accès est montré" in shared.withheld
        assert math.isnan(shared.move)
        assert shared.zones["rapport"].isna().all()


def test_a_unit_added_raises_its_zone_and_lowers_the_others():
    before = proportions.proportionality("pharmacies", "ols").zones["rapport"]
    after = proportions.proportionality("pharmacies", "ols", added={"10": 5}).zones["rapport"]
    assert after["10"] > before["10"]
    assert (after.drop("10") < before.drop("10")).all()
    plain = gradients.gradient("pharmacies", "ols")
    more = gradients.gradient("pharmacies", "ols", added={"10": 5})
    assert more.sii < plain.sii  # the territory 10 is one of least need
    for added, says in (
        ({"99": 1}, "Zone inconnue"),
        ({"10": -1_000}, "moins de zéro"),
        ({"10": math.nan}, "moins de zéro"),
    ):
        with pytest.raises(DataError, match=says):
            proportions.proportionality("pharmacies", "ols", added=added)


def test_the_part_of_each_ols_is_that_of_its_communes():
    weights = proportions.weighted_people(2021, need.default_weights())
    zones = proportions.proportionality("pharmacies", "ols").zones
    assert zones["besoin"].sum() == pytest.approx(weights.sum())


def test_denominators_are_the_year_nearest_to_the_resource():
    years = {r.id: r.population_year for r in resources.resources().values()}
    assert years["pharmacies"] == 2021
    assert years["kines"] == 2024
    assert years["lits_hopital"] == 2020
    assert years["clps"] == 2026


def test_every_resource_says_whether_it_is_local_or_shared():
    assert {r.usage for r in resources.resources().values()} == set(catalogue.USAGES)
    for card in catalogue.available().values():
        if card.block == "ressources" and card.aggregation == "somme":
            assert card.usage in catalogue.USAGES, card.id


def test_a_card_with_an_unknown_usage_is_refused():
    from tests.unit.test_catalogue import GIVEN

    with pytest.raises(DataError, match="usage inconnu"):
        catalogue.parse(GIVEN | {"usage": "commun"}, "essai.toml")
    assert catalogue.parse(GIVEN | {"usage": "local"}, "essai.toml").usage == "local"
    assert catalogue.parse(GIVEN, "essai.toml").usage == ""


# --- The floor ----------------------------------------------------------------------------------


def test_the_floor_names_communes_without_pharmacy_and_counts_who_lives_there(plain):
    floor = resources.floor(territory.zoning("ols"))
    rows = floor[floor["element"] == "pharmacies"]
    german = {r["refnis"] for r in plain("communes.csv") if r["germanophone"] == "1"}
    without = {
        r["refnis"]
        for r in plain("pharmacies.csv")
        if float(r["pharmacies_active_2022"]) == 0 and r["refnis"] not in german
    }
    names = {r["nom"] for r in plain("communes.csv") if r["refnis"] in without}
    assert {n for text in rows["noms_sans"] for n in text.split(" ; ") if n} == names
    people = tables.load().totaux[2021]
    assert rows["habitants_sans"].sum() == pytest.approx(people[sorted(without)].sum())


def test_the_floor_keeps_the_guard_of_structures():
    floor = resources.floor(territory.zoning("ols"))
    closed = resources.not_in_the_floor()
    assert "cercle_mg" in closed
    assert not set(floor["element"]) & set(closed)
    assert {"clps", "reseau_sm_jeunes"} <= set(floor["element"])
    assert not floor.loc[floor["element"] == "pfcsm", "complet"].any()
    assert not floor["element"].isin(["lits_hopital", "sites_hospitaliers"]).any()


def test_the_floor_counts_the_inhabitants_of_the_ols_only(plain):
    """A type that covers every commune of the OLS covers all of them, whoever lives beside."""
    (row,) = (
        r
        for _, r in resources.floor(territory.zoning("wallonie")).iterrows()
        if r["element"] == "clps"
    )
    german = {r["refnis"] for r in plain("communes.csv") if r["germanophone"] == "1"}
    people = tables.load().totaux[2026]
    assert row["habitants"] == pytest.approx(people.sum() - people[sorted(german)].sum())
    assert (row["communes_sans"], row["part_min"], row["part_max"]) == (0, 1.0, 1.0)


def test_the_floor_is_not_said_to_be_everywhere_where_nothing_is_known():
    said = phrases.plain(phrases.floor(territory.find("03")))
    assert said.startswith("4 éléments du socle sur 5 sont recensés dans chaque commune.")
    assert "liste incomplète : plates-formes de concertation" in said
    assert "15 communes sur 16" in said
    assert "9 communes germanophones" in phrases.floor(territory.find("wallonie"))


# --- What is said and drawn ---------------------------------------------------------------------


def test_the_example_adds_up_to_the_index_that_it_gives():
    weights = Weights.of({"pct_80p_2021": 3, "income_median_admin_2023": 1})
    here = scope(territory.find("06"), "commune")
    said = phrases.plain(phrases.need_example(weights, here)).replace(",", ".")
    terms, total = said.partition(" : ")[2].split(" = ")
    pairs = [re.findall(r"[\d.]+", term) for term in terms.split(" + ")]
    assert len(pairs) == 2
    index = sum(float(share) / 100 * float(centile) for share, centile in pairs)
    assert index == pytest.approx(float(re.findall(r"\d+\.\d", total)[0]), abs=0.15)


def test_the_limits_that_are_said_cut_the_inhabitants_in_three():
    weights = need.default_weights()
    low, high = map(float, re.findall(r"\d+\.\d", phrases.need_limits(weights).replace(",", ".")))
    index = need.by_commune(weights)
    people = tables.load().totaux.loc[index.index, need.YEAR]
    for limit, third in ((low, 1 / 3), (high, 2 / 3)):
        assert people[index <= limit + 0.05].sum() / people.sum() == pytest.approx(third, abs=0.03)


@pytest.mark.parametrize(("zone", "level"), [("06", "bassin"), ("wallonie", "ols")])
def test_the_map_of_shares_has_the_ratios_of_the_table_and_its_words_count_them(zone, level):
    found = proportions.proportionality("pharmacies", level)
    here = scope(territory.find(zone), level)
    drawn = cartography.ratio_table(found, territory.find(zone))
    unit = members(territory.zoning_of(level)) if level == "bassin" else None
    for id_, value in drawn["valeur"].items():
        mine = id_ if unit is None else unit[id_]
        assert value == found.zones.at[mine, "rapport"]
    shades = cartography.ratio_shades(drawn)
    assert set(shades.rank.index) == set(drawn.index[drawn["valeur"].notna()])
    ratios = found.zones.loc[list(here.ids), "rapport"]
    said = phrases.plain(phrases.ratios(found, here.ids))
    assert f"{(ratios < 1 / 1.1).sum()} sous leur part" in said
    assert f"{(ratios > 1.1).sum()} au-dessus" in said


def test_a_ratio_of_nothing_is_written_zero_and_a_missing_one_in_words():
    zones = pd.DataFrame({"rapport": [0.0, 1.0, np.nan]}, index=["01", "02", "03"])
    kind = resources.resource("pharmacies")
    found = proportions.Proportionality(kind, "ols", "", zones, 0.0, 0.0, "")
    said = phrases.plain(phrases.ratios(found, ("01", "02", "03")))
    assert "1 sous leur part du besoin (moins de 0,91), dont 1 à 0 (rien de recensé)" in said
    assert said.endswith("1 non disponible.")


def test_distances_are_the_embedded_ones_and_count_nobody_in_a_cut_bassin():
    found = resources.distances(territory.zoning("bassins"))
    cut = territory.zoning("bassins").coverage < territory.WHOLE
    assert found.loc[cut, "urgences_loin"].isna().all()
    assert found["pharmacie_km"].notna().all()
    whole = resources.distances(territory.zoning("wallonie")).iloc[0]
    assert whole["urgences_loin"] <= tables.load().totaux[2024].sum()


# --- Law ----------------------------------------------------------------------------------------


def test_every_precedent_has_its_article_and_says_what_it_does_or_lacks():
    found = laws.precedents()
    assert len(found) == 10
    for one in found:
        assert one.article
        assert one.why
        assert one.preset.partition(":")[0] in ("", laws.DOUBLE, laws.PER_HEAD, laws.THRESHOLD)


def test_people_aged_60_and_over_count_twice(plain):
    ages = [r for r in plain("population_age_sexe.csv") if r["annee"] == "2021"]
    older = sum(
        int(r["population"])
        for r in ages
        if r["refnis"] == "92094" and int(r["age"].split("-")[0].rstrip("+")) >= 60
    )
    everyone = sum(int(r["population"]) for r in ages if r["refnis"] == "92094")
    assert laws.weighted_people(laws.DOUBLE, 2021)["92094"] == pytest.approx(everyone + older)
    found = proportions.proportionality(
        "pharmacies", "ols", people=laws.weighted_people(laws.DOUBLE, 2021), convention="60+"
    )
    assert found.zones["part_besoin"].sum() == pytest.approx(1)
    assert found.convention == "60+"
    with pytest.raises(DataError, match="ne pondère pas"):
        laws.weighted_people("seuil:150", 2021)


def test_rural_thresholds_are_those_of_the_density_of_2026():
    columns = figures.commune_columns()
    density = columns["pop_total_2026"] / columns["area_km2_2026"]
    rural = laws.below_threshold(150)
    assert len(rural) == 252
    assert rural.sum() == sum(density[c] < 150 for c in rural.index)
    assert [p.threshold for p in laws.precedents() if p.preset.startswith("seuil")] == [150, 150]
