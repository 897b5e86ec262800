"""Access to care against oracle numbers, PySAL's `access`, naive counts and invariants."""

from __future__ import annotations

import math
from collections import defaultdict

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from access import Access as Reference
from hypothesis import given, settings
from hypothesis import strategies as st

from olsdata import access, catalogue, figures, tables, territory
from olsdata.tables import DataError

RESOURCES = sorted(access.RESOURCES)
NAMUR, BRUSSELS = (4.867, 50.464), (4.3517, 50.8466)
MALONNE = "92094D"
CARD_NUMBERS = {
    "pharmacies": ("pharmacies.csv", "pharmacies_active_2022"),
    "physios": ("indicateurs.csv", "physio_derived_2025"),
    "hospital_beds": ("indicateurs.csv", "hospital_beds_2020"),
}

problems = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))


def drawn(problem: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Supply, demand and cost of a random small problem; some of them zero."""
    places, people, seed = problem
    rng = np.random.default_rng(seed)
    supply = rng.integers(0, 20, places).astype(float)
    demand = rng.integers(0, 1_000, people).astype(float)
    return supply, demand, rng.uniform(0, 30, (people, places))


def by_pysal(supply, demand, cost, weight_fn, cap) -> np.ndarray:
    """The same, by PySAL."""
    pairs = [(i, j, c) for i, row in enumerate(cost) for j, c in enumerate(row) if c < cap]
    if not pairs:
        return np.zeros(len(demand))
    found = Reference(
        demand_df=pd.DataFrame({"people": demand}).rename_axis("geoid"),
        demand_value="people",
        supply_df=pd.DataFrame({"units": supply}).rename_axis("geoid"),
        supply_value="units",
        cost_df=pd.DataFrame(pairs, columns=["origin", "dest", "cost"]),
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    ).enhanced_two_stage_fca(name="e", max_cost=cap, weight_fn=weight_fn)
    return found["e_units"].reindex(range(len(demand))).fillna(0).to_numpy()


def points(*rows: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["lon", "lat", "amount"])


def imported(*rows: tuple[float, float, float], **options) -> access.Access:
    return access.by_sector(
        "pharmacies", supply_points=points(*rows), source="liste de test", year="2026", **options
    )


THREE_ZONES = np.array([[1, 80, 40], [80, 1, 40], [40, 40, 1]], dtype=float)


def test_three_zones_give_the_published_access():
    found = access.two_step([15, 20, 100], [100, 50, 10], THREE_ZONES, lambda c: 1 / c, cap=61)
    assert found == pytest.approx([0.3314441, 0.5798281, 7.2864182], abs=5e-8)


def test_three_zones_are_those_of_pysal():
    expected = by_pysal([15, 20, 100], [100, 50, 10], THREE_ZONES, lambda c: 1 / c, 61)
    assert expected == pytest.approx([0.3314441, 0.5798281, 7.2864182], abs=5e-8)


@settings(max_examples=15, deadline=None)
@given(problems)
def test_two_step_is_that_of_pysal(problem):
    supply, demand, cost = drawn(problem)
    demand += 1  # PySAL divides by the demand in reach, even by none
    weight = access.gaussian_decay(12)
    found = access.two_step(supply, demand, cost, weight)
    assert found == pytest.approx(by_pysal(supply, demand, cost, weight, 12), rel=1e-9)


@given(problems, st.floats(0.5, 40))
def test_every_unit_of_supply_that_someone_reaches_is_given_out_once(problem, catchment):
    supply, demand, cost = drawn(problem)
    found = access.two_step(supply, demand, cost, access.gaussian_decay(catchment))
    reached = ((cost < catchment) & (demand > 0)[:, None]).any(axis=0)
    assert (found >= 0).all()
    assert found @ demand == pytest.approx(supply[reached].sum(), rel=1e-9)


@given(problems)
def test_where_all_reach_all_access_is_the_plain_density(problem):
    supply, demand, cost = drawn(problem)
    found = access.two_step(supply, demand + 1, cost, np.ones_like)
    assert found == pytest.approx(supply.sum() / (demand + 1).sum())


@pytest.mark.parametrize(
    ("supply", "demand", "cost", "weight", "named"),
    [
        ([1, 2], [3], [[1]], np.ones_like, "shapes"),
        ([[1]], [3], [[1]], np.ones_like, "shapes"),
        ([-1], [3], [[1]], np.ones_like, "supply"),
        ([1], [math.nan], [[1]], np.ones_like, "demand"),
        ([1], [3], [[-1]], np.ones_like, "cost"),
        ([1], [3], [[math.nan]], np.ones_like, "cost"),
        ([1], [3], [[1]], np.negative, "weights"),
    ],
)
def test_a_problem_without_sense_is_refused(supply, demand, cost, weight, named):
    with pytest.raises(ValueError, match=named):
        access.two_step(supply, demand, cost, weight)


@given(st.floats(0.1, 200), st.floats(0, 1), st.floats(0, 1))
def test_the_weight_falls_from_one_to_nothing_at_the_edge(catchment, one, other):
    weight = access.gaussian_decay(catchment)
    near, far = sorted((one, other))
    at = weight(np.array([0, near * catchment, far * catchment, catchment, 2 * catchment]))
    assert at[0] == 1
    assert at[0] >= at[1] >= at[2] >= at[3] == at[4] == 0


def test_the_weight_has_the_shape_of_a_gaussian():
    # By hand: (e^(-1/8) - e^(-1/2)) / (1 - e^(-1/2)).
    assert access.gaussian_decay(8)(np.array([4.0])) == pytest.approx(0.7013666, abs=1e-7)


@pytest.mark.parametrize("catchment", [0, -1, math.nan, math.inf])
def test_a_weight_without_catchment_is_refused(catchment):
    with pytest.raises(ValueError, match="catchment"):
        access.gaussian_decay(catchment)


@pytest.fixture(scope="module")
def naive(plain):
    """Sectors and, per commune, the population-weighted centre, in km, by geopandas."""
    rows = plain("secteurs.csv")
    frame = pd.DataFrame(
        {
            "refnis": [r["refnis"] for r in rows],
            "people": [float(r["population_2024"]) for r in rows],
        },
        index=[r["secteur"] for r in rows],
    )
    at = gpd.points_from_xy([float(r["lon"]) for r in rows], [float(r["lat"]) for r in rows])
    flat = gpd.GeoSeries(at, index=frame.index, crs=4326).to_crs(3812)
    frame["x"], frame["y"] = flat.x / 1000, flat.y / 1000
    centres = {
        code: (np.average(part.x, weights=part.people), np.average(part.y, weights=part.people))
        for code, part in frame.groupby("refnis")
    }
    return frame, centres


@pytest.mark.parametrize("resource", RESOURCES)
def test_access_in_wallonia_is_that_of_pysal(resource, naive, plain):
    sectors, centres = naive
    file, column = CARD_NUMBERS[resource]
    supply = {r["refnis"]: float(r[column]) for r in plain(file) if float(r[column])}
    cost = np.array(
        [np.hypot(sectors.x - centres[code][0], sectors.y - centres[code][1]) for code in supply]
    ).T
    expected = by_pysal(
        np.array(list(supply.values())),
        sectors.people.to_numpy(),
        cost,
        access.gaussian_decay(10),
        10,
    )
    found = access.by_sector(resource, 10)
    assert list(found.sectors.index) == list(sectors.index)
    assert found.sectors["acces"].to_numpy() / found.per == pytest.approx(expected, rel=1e-6)
    people = {code: sectors.people[cost[:, j] < 10].sum() for j, code in enumerate(supply)}
    assert found.places["habitants"].to_dict() == people
    assert found.sectors["plus_proche_km"].to_numpy() == pytest.approx(cost.min(axis=1), rel=1e-6)
    units = (cost < 10) @ np.array(list(supply.values()))
    assert found.sectors["offre_a_portee"].to_numpy() == pytest.approx(units)


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("catchment", [5, 17.5, 100])
def test_the_whole_supply_of_wallonia_is_given_out(resource, catchment, plain):
    file, column = CARD_NUMBERS[resource]
    found = access.by_sector(resource, catchment)
    given_out = (found.sectors["acces"] * found.sectors["population"]).sum() / found.per
    assert found.out_of_reach == 0
    assert given_out == pytest.approx(sum(float(r[column]) for r in plain(file)))


@pytest.mark.parametrize("resource", RESOURCES)
def test_access_has_the_unit_of_the_density_beside_it(resource):
    kind = access.RESOURCES[resource]
    card = catalogue.card(kind.density)
    digits = "".join(c for c in card.unit if c.isdigit())
    assert int(digits) == kind.per
    if card.rule.type == "rapport":
        assert (card.rule.column, card.rule.factor) == (kind.column, kind.per)


def test_a_larger_catchment_never_takes_a_place_out_of_reach():
    small, large = (access.by_sector("pharmacies", km) for km in (8, 15))
    assert (small.places["habitants"] <= large.places["habitants"]).all()
    assert (small.sectors["offre_a_portee"] <= large.sectors["offre_a_portee"]).all()
    assert (small.sectors["plus_proche_km"] == large.sectors["plus_proche_km"]).all()


@pytest.mark.parametrize("name", ["wallonie", "ols", "bassins", "communes"])
def test_the_mean_of_a_zone_weighs_its_sectors_by_their_inhabitants(name):
    zoning = territory.zoning(name)
    found = access.by_sector("pharmacies")
    table = access.by_zone(found, zoning)
    assert list(table.columns) == list(figures.COLUMNS)
    assert list(table.index) == list(zoning.zones.index)
    top, below = defaultdict(float), defaultdict(float)
    for sector, row in found.sectors.iterrows():
        zone = zoning.sectors.get(sector)
        top[zone] += row["acces"] * row["population"]
        below[zone] += row["population"]
    whole = table[table["couverture"] >= 0.9]
    assert set(whole["agregation"]) == {"moyenne_ponderee"}
    assert whole["valeur"].to_numpy() == pytest.approx([top[z] / below[z] for z in whole.index])


def test_access_of_the_region_is_its_supply_over_its_located_inhabitants(plain):
    people = sum(int(r["population_2024"]) for r in plain("secteurs.csv"))
    found = access.by_zone(access.by_sector("pharmacies"), territory.zoning("wallonie"))
    assert found["valeur"].item() == pytest.approx(1_613 / people * 10_000)


def test_a_zone_cut_out_of_a_commune_has_the_value_of_the_commune():
    zoning = territory.zoning("bassins")
    found = access.by_sector("pharmacies")
    table = access.by_zone(found, zoning)
    communal = access.by_zone(found, territory.zoning("communes"))["valeur"]
    cut = table[table["couverture"] < 0.9]
    assert len(cut) > 10
    assert set(cut["agregation"]) == {"valeur_communale"}
    alone = 0
    for zone, row in cut.iterrows():
        codes = zoning.people.columns[zoning.people.loc[zone] > 0]
        if len(codes) == 1:
            alone += 1
            assert row["valeur"] == pytest.approx(communal[codes[0]])
    assert alone > 10


def test_exact_points_give_a_zone_cut_out_of_a_commune_its_own_value():
    zoning = territory.zoning("bassins")
    table = access.by_zone(imported((*NAMUR, 10)), zoning)
    assert set(table["agregation"]) == {"moyenne_ponderee"}
    only = access.by_zone(imported((*NAMUR, 10), complete_for=["92094"]), zoning)
    inside = zoning.people.loc[:, "92094"] == zoning.people.sum(axis=1)
    cut = (only["couverture"] < 0.9) & (only["agregation"] == "valeur_communale")
    assert not cut[inside & (zoning.people["92094"] > 0)].any()
    assert cut.sum() > 10


def test_people_of_a_territory_reach_the_supply_of_its_neighbours():
    # 05 Namur-Ouest has few beds of its own; those of Namur stand next door, in 06.
    found = access.by_sector("hospital_beds")
    zoning = territory.zoning("ols")
    density = figures.by_zone("hospital_beds_per_1000_2020", zoning)["valeur"]
    assert access.by_zone(found, zoning).at["05", "valeur"] > 2 * density["05"]


def test_many_points_are_the_sum_of_each():
    rows = [(4.2 + i / 100, 50.2 + i / 500, float(i % 5)) for i in range(150)]
    found = imported(*rows, catchment_km=12)
    x, y = access.plane([r[0] for r in rows], [r[1] for r in rows])
    sectors = tables.load().secteurs
    east, north = access.plane(sectors["lon"], sectors["lat"])
    cost = np.hypot(east[:, None] - x, north[:, None] - y)
    expected = access.two_step(
        [r[2] for r in rows], sectors["population_2024"], cost, access.gaussian_decay(12)
    )
    assert found.sectors["acces"].to_numpy() / found.per == pytest.approx(expected)


def test_a_point_that_nobody_reaches_is_given_to_nobody():
    found = imported((*NAMUR, 3), (*BRUSSELS, 7), catchment_km=2)
    assert found.out_of_reach == 7
    assert list(found.places["atteint"]) == [True, False]
    given_out = (found.sectors["acces"] * found.sectors["population"]).sum() / found.per
    assert given_out == pytest.approx(3)


def test_a_list_complete_for_some_communes_replaces_their_counts_only():
    communal = access.by_sector("pharmacies")
    found = imported((*NAMUR, 40), complete_for=["92094"])
    assert "92094" in communal.places.index
    assert "92094" not in found.places.index
    others = communal.places.drop("92094")["offre"]
    assert found.places.loc[~found.places["exact"], "offre"].to_dict() == others.to_dict()
    assert found.places.loc[found.places["exact"], "offre"].tolist() == [40]
    assert "liste de test" in found.source
    assert "AFMPS" in found.source
    assert found.by_points
    assert not communal.by_points


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([(4.8, 50.4, 1), (50.4, 4.8, 1)], "ligne 2, colonne « lon »"),
        ([(4.8, 52.4, 1)], "ligne 1, colonne « lat »"),
        ([(4.8, 50.4, -1)], "ligne 1, colonne « amount »"),
        ([(4.8, 50.4, 1), (4.8, 50.4, math.nan)], "ligne 2, colonne « amount »"),
        ([("4,8", 50.4, 1)], "« 4,8 » lu"),
        ([], "aucune ligne"),
    ],
)
def test_a_wrong_point_is_refused_with_its_row(rows, named):
    with pytest.raises(DataError, match=named):
        imported(*rows)


def test_a_list_without_column_source_or_known_commune_is_refused():
    with pytest.raises(DataError, match="colonne lat, amount"):
        access.checked_points(pd.DataFrame({"lon": [4.8]}))
    with pytest.raises(DataError, match="source"):
        access.by_sector("pharmacies", supply_points=points((*NAMUR, 1)))
    with pytest.raises(DataError, match="99999"):
        imported((*NAMUR, 1), complete_for=["92094", "99999"])


def test_points_keep_the_name_that_the_list_gives_them():
    given = points((*NAMUR, 1), (*NAMUR, 2)).assign(label=["Pharmacie du Pont", None])
    assert access.checked_points(given)["label"].tolist() == ["Pharmacie du Pont", "point 2"]


@pytest.mark.parametrize("catchment", [0, -3, 4.9, 101, math.nan, math.inf])
def test_a_catchment_without_sense_on_communal_counts_is_refused(catchment):
    with pytest.raises(DataError, match="comptages communaux"):
        access.by_sector("pharmacies", catchment)
    with pytest.raises(DataError, match="comptages communaux"):
        imported((*NAMUR, 1), catchment_km=catchment, complete_for=["92094"])


def test_an_unknown_resource_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match="pharmacies"):
        access.by_sector("dentistes")


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("name", ["ols", "bassins", "communes"])
def test_a_zone_is_listed_when_density_and_access_lie_on_opposite_sides(resource, name):
    zoning, region = territory.zoning(name), territory.zoning("wallonie")
    found = access.by_sector(resource)
    card = access.RESOURCES[resource].density
    plain, plain_region = (figures.by_zone(card, z)["valeur"] for z in (zoning, region))
    shared, shared_region = (access.by_zone(found, z)["valeur"] for z in (zoning, region))
    expected = {}
    for zone in zoning.zones.index[zoning.coverage >= 0.9]:
        one = plain[zone] / plain_region.item()
        other = shared[zone] / shared_region.item()
        if one < 0.9 and other > 1.1:
            expected[zone] = "acces_plus_haut"
        if one > 1.1 and other < 0.9:
            expected[zone] = "acces_plus_bas"
    listed = access.disagreements(found, zoning, 0.1)
    assert listed["sens"].to_dict() == expected
    assert list(listed.index) == [z for z in zoning.zones.index if z in expected]
    if name == "communes":
        assert expected


def test_a_wider_margin_lists_fewer_zones():
    found, zoning = access.by_sector("hospital_beds"), territory.zoning("communes")
    counts = [len(access.disagreements(found, zoning, margin)) for margin in (0, 0.1, 0.3, 10)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[1] > counts[-1] == 0


def test_density_is_not_compared_with_an_imported_list():
    with pytest.raises(DataError, match="liste importée"):
        access.disagreements(imported((*NAMUR, 1)), territory.zoning("ols"))
    with pytest.raises(ValueError, match="margin"):
        access.disagreements(access.by_sector("pharmacies"), territory.zoning("ols"), -0.1)
