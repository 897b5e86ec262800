"""The starting grid of bassins: the search in small, and the grid that is embedded."""

from __future__ import annotations

import pandas as pd
import pytest

from olsdata import geometry, grid, tables
from olsdata.tables import DataError

CITIES = {"52011", "53053", "57081", "58001", "62063", "62096", "92094"}


def lattice(columns: int, rows: int, people: float) -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """Units of one OLS laid out on a lattice, with their neighbours."""
    places = [(x, y) for x in range(columns) for y in range(rows)]
    names = {place: f"01-{place[0]}{place[1]:04}" for place in places}
    links = {
        names[x, y]: {
            names[near]
            for near in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1))
            if near in names
        }
        for x, y in places
    }
    units = pd.DataFrame(
        {
            "ols": "01",
            "population": people,
            "x": [float(x) for x, _ in places],
            "y": [float(y) for _, y in places],
        },
        index=pd.Index(list(names.values()), name="unit"),
    )
    return units, links


def test_groups_hold_together_and_reach_the_threshold() -> None:
    units, links = lattice(4, 3, 6000.0)
    group = grid.solve(units, links, starts=2)
    assert list(group.index) == list(units.index)
    sizes = units["population"].groupby(group).sum()
    assert sizes.min() >= 15_000
    assert 3 <= len(sizes) <= 4
    pairs = pd.DataFrame(
        [(a, b) for a in links for b in links[a] if a < b], columns=["section_a", "section_b"]
    )
    for number in sizes.index:
        assert len(geometry.components(group.index[group == number], pairs)) == 1
    again = grid.solve(units, links, starts=2)
    assert again.tolist() == group.tolist()


def test_a_unit_without_neighbour_is_attached_to_the_nearest() -> None:
    units, links = lattice(4, 3, 6000.0)
    alone = pd.DataFrame(
        {"ols": "01", "population": 4000.0, "x": 9.0, "y": 0.0}, index=["01-90000"]
    )
    group = grid.solve(pd.concat([units, alone]), {**links, "01-90000": set()}, 60, starts=9)
    assert group["01-90000"] == group["01-30000"]


def test_a_search_that_takes_too_long_is_ended_and_names_the_ols() -> None:
    units, links = lattice(3, 2, 16_000.0)
    with pytest.raises(DataError, match="OLS 01 : calcul sans résultat"):
        grid.solve(units, links, limit=0.01)


def test_a_search_that_fails_names_the_ols() -> None:
    units, links = lattice(2, 1, 1000.0)
    with pytest.raises(DataError, match="OLS 01 : calcul sans résultat"):
        grid.solve(units, links, 60, starts=9)


def test_neighbours_never_cross_the_border_of_an_ols() -> None:
    unit_of = pd.Series({"A": "01-1", "B": "01-2", "C": "02-3", "D": "01-1"})
    pairs = pd.DataFrame({"section_a": ["A", "B", "A", "A"], "section_b": ["B", "C", "D", "Z"]})
    found = grid.neighbours(unit_of, pairs)
    assert found == {"01-1": {"01-2"}, "01-2": {"01-1"}, "02-3": set()}


def test_two_bassins_of_the_same_name_are_told_apart() -> None:
    units = pd.DataFrame(
        {
            "ols": ["01", "01", "02"],
            "refnis": ["1", "2", "3"],
            "nom": "Celles",
            "seat": ["01-a", "01-b", "02-c"],
        },
        index=["01-a", "01-b", "02-c"],
    )
    communes = pd.DataFrame({"refnis": ["1", "2", "3"], "nom": ["Houyet", "Faimes", "Celles"]})
    assert grid.labels(units, communes).tolist() == ["Houyet – Celles", "Faimes – Celles", "Celles"]


def test_a_commune_in_two_bassins_takes_one_row_and_its_other_sections_override_it() -> None:
    units = pd.DataFrame(
        {
            "ols": "01",
            "refnis": ["1", "1", "2"],
            "nom": ["Un", "Deux", "Trois"],
            "population": [10.0, 5.0, 20.0],
            "seat": ["01-1A", "01-2", "01-2"],
        },
        index=["01-1A", "01-1B", "01-2"],
    )
    unit_of = pd.Series({"1A": "01-1A", "1B": "01-1B", "2A": "01-2", "2B": "01-2"})
    sections = pd.DataFrame({"section": ["1A", "1B", "2A", "2B"], "refnis": ["1", "1", "2", "2"]})
    communes = pd.DataFrame({"refnis": ["1", "2"], "nom": ["Un", "Trois"]})
    rows = grid.as_rows(units, unit_of, sections, communes)
    assert rows.to_numpy().tolist() == [
        ["01-1A", "Un", "1", ""],
        ["01-2", "Trois", "1", "1B"],
        ["01-2", "Trois", "2", ""],
    ]
    back = geometry.zone_of_sections(sections, rows)
    assert back.to_dict() == {"1A": "01-1A", "1B": "01-2", "2A": "01-2", "2B": "01-2"}


# --- The embedded grid --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sections() -> pd.DataFrame:
    """Each section with its commune, OLS, bassin and inhabitants in 2024, counted afresh."""
    facts = tables.load()
    frame = facts.sections.copy()
    for name in ("ols", "bassins"):
        rows = facts.decoupages[name][0]
        frame[name] = geometry.zone_of_sections(facts.sections.reset_index(), rows)
    located = facts.secteurs.groupby("section")["population_2024"].sum()
    total = facts.secteurs.groupby("refnis")["population_2024"].sum()
    official = facts.totaux[2024] / total
    frame["population"] = located * frame["refnis"].map(official)
    return frame


def test_bassins_share_out_the_ols_and_nothing_else(sections: pd.DataFrame) -> None:
    facts = tables.load()
    outside = sections["bassins"].isna()
    assert (outside == sections["ols"].isna()).all()
    german = facts.communes.loc[sections.loc[outside, "refnis"].unique(), "germanophone"]
    assert len(german) == 9
    assert german.eq(1).all()
    inside = sections[~outside]
    assert (inside["bassins"].str[:2] == inside["ols"]).all()


def test_there_are_about_150_bassins_of_at_least_15_000_inhabitants(sections: pd.DataFrame) -> None:
    people = sections.groupby("bassins")["population"].sum()
    assert 140 <= len(people) <= 160
    assert people.min() >= 15_000
    assert 18_000 < people.median() < 24_000
    assert people.max() < 80_000
    assert people.sum() == pytest.approx(sections.loc[sections["ols"].notna(), "population"].sum())


def test_every_bassin_holds_together_but_for_comines_warneton(sections: pd.DataFrame) -> None:
    pairs = geometry.contiguity()
    for bassin, members in sections.dropna(subset="bassins").groupby("bassins"):
        pieces = geometry.components(
            [code for code in members.index if members.at[code, "refnis"] != "57097"], pairs
        )
        assert len(pieces) <= 1, bassin


def test_only_large_communes_and_those_an_ols_cuts_are_cut(sections: pd.DataFrame) -> None:
    facts = tables.load()
    assert set(facts.totaux.index[facts.totaux[2024] > 60_000]) == CITIES
    bassins = sections.dropna(subset="bassins").groupby("refnis")["bassins"].nunique()
    cut = set(bassins.index[bassins > 1])
    assert cut <= CITIES | {"91005"}
    assert {"91005", "92094"} <= cut


def test_a_bassin_is_named_after_its_most_populous_part(sections: pd.DataFrame) -> None:
    facts = tables.load()
    rows = facts.decoupages["bassins"][0]
    label = rows.drop_duplicates("zone").set_index("zone")["label"]
    inside = sections.dropna(subset="bassins")
    # A commune of the cities counts by section, the others as a whole.
    code = inside["refnis"].where(~inside["refnis"].isin(CITIES), inside.index.to_series())
    people = inside.groupby(["bassins", code.rename("code")])["population"].sum().reset_index()
    first = people.sort_values("population").drop_duplicates("bassins", keep="last")
    for _, row in first.iterrows():
        assert row["bassins"] == f"{row['bassins'][:2]}-{row['code']}"
        known = facts.communes["nom"] if len(row["code"]) == 5 else facts.sections["nom"]
        assert label[row["bassins"]].endswith(known[row["code"]])
    assert "05-92142" in label.index


def test_labels_are_readable_and_unique_inside_an_ols() -> None:
    rows = tables.load().decoupages["bassins"][0]
    label = rows.drop_duplicates("zone").set_index("zone")["label"]
    assert not label.groupby([label.index.str[:2], label.to_numpy()]).size().gt(1).any()
    assert not label.str.contains("section|^$").any()
    assert rows.equals(rows.sort_values(["zone", "refnis", "section"], na_position="first"))


def test_the_grid_says_that_it_is_provisional_and_how_it_was_made() -> None:
    about = tables.load().decoupages["bassins"][1]
    assert about["statut"] == "provisoire"
    assert about["dans"] == "ols"
    assert "aucun arrêté du Gouvernement" in about["source"]
    for words in ("15 000", "sections", "point de départ"):
        assert words in about["methode"]
