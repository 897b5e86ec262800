"""Zonings: what each zone holds, and the files that are refused."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from olsdata import tables, territory
from olsdata.tables import DataError, Facts
from olsdata.territory import Zoning

NAMUR, ANHEE = "92094", "91005"
ABOUT = {
    "id": "essai",
    "label": "Essai",
    "niveau": "ols",
    "statut": "atelier",
    "source": "essai",
    "date": "2026",
    "version": "1",
}


def with_rows(name: str, rows: pd.DataFrame) -> Facts:
    """The embedded facts with other rows for one zoning; nothing is read again."""
    facts = tables.load()
    about = facts.decoupages[name][1]
    return dataclasses.replace(facts, decoupages={**facts.decoupages, name: (rows, about)})


def any_zoning(codes: pd.Series, seed: int, count: int) -> Zoning:
    """Each unit (commune, section or sector) in a zone drawn at random."""
    facts = tables.load()
    units = codes.unique()
    drawn = np.random.default_rng(seed).integers(0, count, len(units)).astype(str)
    sectors = codes.map(dict(zip(units, drawn, strict=True)))
    names = pd.DataFrame({"label": sorted(set(drawn)), "ols": ""}, index=sorted(set(drawn)))
    return territory.build(sectors, names, facts, ABOUT)


@pytest.mark.parametrize("name", ["ols", "bassins", "communes", "wallonie"])
def test_no_inhabitant_and_no_hectare_is_held_twice(name):
    zoning = territory.zoning(name)
    for shares in (zoning.people, zoning.land):
        held = shares.sum()
        assert np.allclose(held[held > 0], 1, atol=1e-12)
        assert (held == 0).sum() == (9 if name in ("ols", "bassins") else 0)


@given(
    unit=st.sampled_from(["refnis", "section", "sector"]),
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 60),
)
@settings(max_examples=12, deadline=None)
def test_any_zoning_keeps_every_inhabitant_and_every_hectare(unit, seed, count):
    secteurs = tables.load().secteurs
    codes = secteurs.index.to_series() if unit == "sector" else secteurs[unit]
    zoning = any_zoning(codes, seed, count)
    assert np.allclose(zoning.people.sum(), 1, atol=1e-12)
    assert np.allclose(zoning.land.sum(), 1, atol=1e-12)
    assert zoning.coverage.between(0, 1).all()
    if unit == "refnis":
        assert set(np.unique(zoning.people)) <= {0.0, 1.0}
        assert zoning.coverage.eq(1).all()


@pytest.mark.parametrize("name", ["ols", "bassins"])
@pytest.mark.parametrize(("weight", "kept"), [("population_2024", "people"), ("hectares", "land")])
def test_shares_are_those_counted_sector_by_sector(naive_shares, name, weight, kept):
    shares = getattr(territory.zoning(name), kept).T
    for zone, communes in naive_shares(name, weight).items():
        found = shares[zone]
        assert found[found > 0].to_dict() == pytest.approx(communes, abs=1e-12)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=5, deadline=None)
def test_the_order_of_the_rows_of_a_file_changes_nothing(seed):
    rows = tables.load().decoupages["ols"][0]
    mixed = rows.sample(frac=1, random_state=seed).reset_index(drop=True)
    found = territory.from_file("ols", with_rows("ols", mixed))
    expected = territory.zoning("ols")
    pd.testing.assert_frame_equal(found.zones, expected.zones)
    pd.testing.assert_frame_equal(found.people, expected.people)
    pd.testing.assert_series_equal(found.coverage, expected.coverage)


def test_renaming_the_zones_moves_no_inhabitant():
    ols = territory.zoning("ols")
    ids = list(ols.zones.index)
    new = dict(zip(ids, [*ids[3:], *ids[:3]], strict=True))
    found = territory.build(ols.sectors.map(new), ols.zones, tables.load(), ABOUT)
    pd.testing.assert_frame_equal(
        found.people.rename(index={v: k for k, v in new.items()}).sort_index(),
        ols.people,
        check_names=False,
    )


def test_only_namur_and_anhee_are_cut_and_05_with_06_hold_them_exactly_once():
    people = territory.zoning("ols").people
    cut = people.loc[:, ((people > 0) & (people < 1)).any()]
    assert set(cut.columns) == {NAMUR, ANHEE}
    assert set(cut.index[(cut > 0).any(axis=1)]) == {"05", "06"}
    assert cut.loc["05"].to_dict() == pytest.approx({NAMUR: 0.0500, ANHEE: 0.4884}, abs=5e-5)
    assert np.allclose(cut.loc["05"] + cut.loc["06"], 1, atol=1e-12)


def test_coverage_is_below_one_only_where_sections_were_moved():
    coverage = territory.zoning("ols").coverage
    assert coverage.round(3)[["05", "06"]].tolist() == [0.961, 0.987]
    assert coverage.drop(["05", "06"]).eq(1).all()


def test_an_ols_lists_its_communes_the_cut_ones_included(plain):
    communes = territory.zoning("communes")
    whole = Counter(r["zone"] for r in plain("decoupages/ols.csv") if not r["section"])
    for zone_id in territory.zoning("ols").zones.index:
        inside = communes.inside(territory.find(zone_id))
        assert len(inside) == whole[zone_id] + (2 if zone_id == "05" else 0)
    assert {NAMUR, ANHEE} <= set(communes.inside(territory.find("05")))
    assert len(communes.inside(territory.find("wallonie"))) == 261


def test_a_commune_belongs_to_the_ols_that_holds_most_of_it():
    owner = territory.zoning("communes").zones["ols"]
    assert owner[[NAMUR, ANHEE, "25005", "62063"]].tolist() == ["06", "06", "04", "08"]
    assert owner.eq("").sum() == 9
    assert owner["63023"] == ""


def test_the_communes_outside_are_the_nine_german_speaking_ones(plain):
    german = {row["refnis"] for row in plain("communes.csv") if row["germanophone"] == "1"}
    assert set(territory.outside().index) == german
    assert len(german) == 9


def test_bassins_nest_in_the_ols_sector_by_sector():
    ols, bassins = territory.zoning("ols"), territory.zoning("bassins")
    pd.testing.assert_index_equal(ols.sectors.index, bassins.sectors.index)
    owners = ols.sectors.groupby(bassins.sectors).agg(set)
    assert owners.map(len).eq(1).all()
    assert owners.map(min).to_dict() == bassins.zones["ols"].to_dict()
    held = [b for zone in ols.zones.index for b in bassins.inside(ols.zone(zone))]
    assert held == list(bassins.zones.index)


@pytest.mark.parametrize(
    ("zone_id", "level", "title"),
    [
        ("wallonie", "wallonie", "Wallonie"),
        ("05", "ols", "05 Namur-Ouest"),
        ("25005", "commune", "Beauvechain"),
        ("63023", "commune", "Eupen"),
    ],
)
def test_a_territory_is_found_by_its_id_alone(zone_id, level, title):
    zone = territory.find(zone_id)
    assert (zone.level, zone.title) == (level, title)


def test_a_bassin_is_found_and_knows_its_ols():
    bassins = territory.zoning("bassins").zones
    zone = territory.find(bassins.index[-1])
    assert (zone.level, zone.ols) == ("bassin", "10")


@pytest.mark.parametrize("zone_id", ["", "5", "11", "99999", "05-", "Namur", "../ols"])
def test_an_unknown_territory_is_refused_with_its_name(zone_id):
    with pytest.raises(DataError, match=f"Territoire inconnu : « {zone_id} »"):
        territory.find(zone_id)
    with pytest.raises(DataError, match=f"« {zone_id} »"):
        territory.zoning("ols").zone(zone_id)


def test_an_unknown_level_is_refused_with_those_that_exist():
    with pytest.raises(DataError, match=r"« canton ».* wallonie, ols, bassin, commune"):
        territory.zoning_of("canton")
    with pytest.raises(DataError, match="Découpage inconnu : « canton »"):
        territory.zoning("canton")


def test_the_communes_that_a_zone_cuts_are_named_with_their_share():
    assert set(territory.split_communes(territory.find("05")).index) == {NAMUR, ANHEE}
    assert territory.split_communes(territory.find("08")).empty
    whole = territory.split_communes(territory.find("05")) + territory.split_communes(
        territory.find("06")
    )
    assert np.allclose(whole, 1)


def test_four_sections_go_from_06_to_05():
    moved = territory.moved_sections()
    assert dict(moved["commune"]) == {
        "92094D": "Namur",
        "91005D": "Anhée",
        "91005C": "Anhée",
        "91005B": "Anhée",
    }
    assert set(moved["de"]) == {"06"}
    assert set(moved["vers"]) == {"05"}


def edited(name: str, *added: tuple[str, str, str, str | None], drop: str = "") -> pd.DataFrame:
    rows = tables.load().decoupages[name][0]
    if drop:
        rows = rows[rows["refnis"] != drop].reset_index(drop=True)
    more = pd.DataFrame(list(added), columns=list(rows.columns))
    return pd.concat([rows, more], ignore_index=True)


GERMAN = ("63001", "63012", "63013", "63023", "63040", "63048", "63061", "63067", "63087")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ((("01", "Wallonie-Picarde", "51999", None),), ["ligne 258", "51999"]),
        ((("10", "Luxembourg", "51004", None),), ["ligne 258", "51004", "deux fois"]),
        ((("10", "Luxembourg", NAMUR, "92094D"),), ["ligne 258", "92094D", "deux fois"]),
        ((("10", "Luxembourg", "51004", "92094C"),), ["ligne 258", "92094C", "Ath (51004)"]),
        ((("10", "Luxembourg", NAMUR, "92094Z"),), ["ligne 258", "92094Z", "Namur"]),
        ((("10", "Ardenne", NAMUR, "92094C"),), ["ligne 258", "zone 10", "deux noms"]),
        (
            tuple(("09", "Est-francophone", code, None) for code in GERMAN[:-1]),
            ["Burg-Reuland (63087)"],
        ),
    ],
    ids=[
        "unknown commune",
        "commune twice",
        "section twice",
        "section elsewhere",
        "unknown section",
        "two names",
        "260 communes",
    ],
)
def test_a_zoning_file_that_is_wrong_is_refused_with_its_row(rows, says):
    with pytest.raises(DataError) as refused:
        territory.from_file("ols", with_rows("ols", edited("ols", *rows)))
    message = str(refused.value)
    assert message.startswith("decoupages/ols.csv")
    assert all(word in message for word in says), message


@pytest.mark.parametrize(("code", "name"), [("51009", "Bernissart"), (ANHEE, "Anhée")])
def test_a_zoning_that_forgets_a_commune_or_part_of_one_names_it(code, name):
    rows = edited("ols", drop="51009" if code == "51009" else "")
    if code == ANHEE:
        rows = rows[(rows["refnis"] != ANHEE) | rows["section"].notna()].reset_index(drop=True)
    with pytest.raises(DataError, match=rf"{name} \({code}\)"):
        territory.from_file("ols", with_rows("ols", rows))


def test_a_zoning_may_hold_all_261_communes():
    rows = edited("ols", *(("09", "Est-francophone", code, None) for code in GERMAN))
    assert territory.from_file("ols", with_rows("ols", rows)).people.sum().round(9).eq(1).all()


def test_a_bassin_across_two_ols_is_refused_with_the_commune_that_strays():
    rows = tables.load().decoupages["bassins"][0].copy()
    rows.loc[rows["refnis"] == "51004", ["zone", "label"]] = ["02-53028", "Frameries"]
    rows.loc[rows["zone"] == "02-53028", "label"] = "Frameries"
    with pytest.raises(DataError, match=r"02-53028 .*\(01, 02\) ; Frameries \(53028\)"):
        territory.from_file("bassins", with_rows("bassins", rows))


def test_a_bassin_outside_every_ols_is_refused():
    rows = edited("bassins", *(("09-63023", "Eupen", code, None) for code in GERMAN))
    with pytest.raises(DataError, match="n’est dans aucune OLS"):
        territory.from_file("bassins", with_rows("bassins", rows))
