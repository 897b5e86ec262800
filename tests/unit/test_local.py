"""The local layer: what is adopted here lies over the shipped data, and can be taken back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from olsdata import checks, contours, figures, local, structures, tables, territory
from olsdata.local import shapes, zonings
from olsdata.notes import places
from olsdata.tables import GEODATA, ROOT, DataError

META = {"label": "Essai", "statut": "atelier", "source": "atelier du 20", "date": "2026-11-20"}
GEMBLOUX, NAMUR = "92142", "92094"


def rows(name: str) -> pd.DataFrame:
    return tables.shipped().decoupages[name][0].copy()


def moved(code: str = GEMBLOUX, zone: str = "06") -> pd.DataFrame:
    """The OLS with one commune moved to a neighbour."""
    found = rows("ols")
    label = found.set_index("zone")["label"].to_dict()[zone]
    found.loc[found["refnis"] == code, ["zone", "label"]] = [zone, label]
    return found


def shipped_bytes() -> dict[Path, bytes]:
    kept = [*GEODATA.rglob("*.*"), *tables.STATIC.glob("*.*")]
    return {path: path.read_bytes() for path in kept if path.is_file()}


def test_an_empty_layer_changes_nothing_and_forgets_nothing():
    before = tables.load()
    assert local.fingerprint() == ""
    assert not local.refresh()
    assert "~" not in before.version
    assert tables.load() is before
    assert [v.id for v in local.history("ols")] == [""]
    assert local.in_force("bassin").in_force


def test_another_empty_folder_forgets_nothing(tmp_path, monkeypatch):
    before = tables.load()
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path))
    assert not local.refresh()
    assert tables.load() is before


def test_an_adopted_zoning_is_followed_everywhere_and_the_shipped_files_stay():
    files, people = shipped_bytes(), figures.population(2024, territory.zoning("ols"))["valeur"]
    density = structures.density("clps", territory.zoning("ols"))
    figures.spread("pct_65p_2021", territory.find("06"), territory.find("wallonie"))
    version = local.adopt("ols", moved(), META)
    after = figures.population(2024, territory.zoning("ols"))["valeur"]
    gone = float(tables.load().totaux.at[GEMBLOUX, 2024])
    assert (people - after)["05"] == pytest.approx(gone)
    assert (after - people)["06"] == pytest.approx(gone)
    assert after.sum() == pytest.approx(people.sum())
    assert tables.load().version.endswith(f"~{local.fingerprint()}")
    assert version.in_force
    assert version.about["source"] == "atelier du 20"
    zoning = territory.zoning("ols")
    assert (zoning.status, zoning.label, bool(zoning.adopted)) == ("atelier", "Essai", True)
    assert not structures.density("clps", zoning).equals(density)
    inside = figures.spread("pct_65p_2021", territory.find("06"), territory.find("wallonie"))
    assert inside.count == 22
    assert places.find(GEMBLOUX).ols == ("06",)
    assert shipped_bytes() == files


def test_bassins_are_cut_along_new_ols_and_come_back_with_the_old_ones():
    local.adopt("ols", moved(), META)
    bassins = territory.zoning("bassins")
    assert local.in_force("bassin").about["statut"] == "provisoire"
    assert "recoupés aux limites des OLS du 20/11/2026" in bassins.source
    ols = figures.population(2024, territory.zoning("ols"))["valeur"]
    sums = figures.population(2024, bassins)["valeur"].groupby(bassins.zones["ols"]).sum()
    assert sums.to_numpy() == pytest.approx(ols.reindex(sums.index).to_numpy())
    report = checks.run()
    assert not [line for line in report.wrong if line.startswith("Bassins")]
    local.back("ols")
    assert local.in_force("bassin").id == ""
    assert local.fingerprint() == ""
    assert len(local.history("bassin")) == 2
    assert len(local.history("ols")) == 2


def test_bassins_drawn_here_survive_a_trip_to_other_ols():
    mine = rows("bassins")
    mine.loc[mine["zone"] == "05-92142", "label"] = "Mon bassin"
    drawn = local.adopt("bassin", mine, META | {"statut": "validé"})
    local.adopt("ols", moved(), META)
    assert local.in_force("bassin").about["coupe_de"] == drawn.id
    local.adopt("ols", moved("92048"), META)
    assert local.in_force("bassin").about["coupe_de"] == drawn.id
    with pytest.raises(DataError, match="revenez d’abord"):
        local.back("bassin")
    local.back("ols")
    local.back("ols")
    assert local.in_force("bassin").id == drawn.id
    assert "Mon bassin" in set(territory.zoning("bassins").zones["label"])


def test_back_goes_through_the_versions_and_every_one_is_kept():
    first = local.adopt("bassin", rows("bassins"), META)
    second = local.adopt("bassin", rows("bassins"), META | {"label": "Autre"})
    assert first.id != second.id
    assert local.back("bassin").id == first.id
    assert local.back("bassin").id == ""
    with pytest.raises(DataError, match="déjà en vigueur"):
        local.back("bassin")
    assert {v.id for v in local.history("bassin")} == {"", first.id, second.id}
    assert local.restore("bassin", second.id).about["label"] == "Autre"
    assert local.restore("bassin", "").id == ""


def test_the_same_zoning_adopted_twice_is_one_version_and_one_link():
    first = local.adopt("bassin", rows("bassins"), META)
    version = tables.load().version
    local.back("bassin")
    assert local.adopt("bassin", rows("bassins").sample(frac=1, random_state=1), META) == first
    assert tables.load().version == version


WRONG = {
    "a bassin over two OLS": (
        "bassin",
        lambda f: f.assign(zone=f["zone"].replace("06-91034", "05-92142")),
        "cheval|deux noms",
    ),
    "a bassin that does not carry its OLS": (
        "bassin",
        lambda f: f.assign(zone=f["zone"].replace("05-92142", "04-92142")),
        "Identifiant de zone",
    ),
    "two bassins of one name": (
        "bassin",
        lambda f: f.assign(label=f["label"].where(f["zone"].str[:2] != "05", "Ici")),
        "s’appellent « Ici »",
    ),
    "a name that a heading would take for a link": (
        "bassin",
        lambda f: f.assign(label=f["label"].replace("Gembloux", "[Gembloux](http://x.be)")),
        r"Nom de zone « \[Gembloux.*le signe « \[ »",
    ),
    "a name that a chart would take for a tag": (
        "ols",
        lambda f: f.assign(label=f["label"].replace("Carolo", "<b>Carolo</b>")),
        "le signe « < »",
    ),
    "a missing commune": ("ols", lambda f: f[f["refnis"] != NAMUR], "Namur"),
    "an OLS without number": (
        "ols",
        lambda f: f.assign(zone=f["zone"].replace("05", "cinq")),
        "deux chiffres",
    ),
    "a missing column": ("ols", lambda f: f.drop(columns="refnis"), "refnis"),
    "a wrong code": (
        "ols",
        lambda f: f.assign(refnis=f["refnis"].replace(NAMUR, "9209")),
        "REFNIS",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_zoning_is_refused_and_nothing_changes(case):
    level, change, message = WRONG[case]
    name = zonings.NAMES[level]
    with pytest.raises(DataError, match=message):
        local.adopt(level, change(rows(name)), META)
    assert local.fingerprint() == ""
    assert local.in_force(level).id == ""
    assert tables.load().version == tables.shipped().version


@pytest.mark.parametrize("key", ["label", "statut", "source", "date"])
def test_a_zoning_says_where_it_comes_from(key):
    with pytest.raises(DataError, match=key):
        local.adopt("bassin", rows("bassins"), {k: v for k, v in META.items() if k != key})


def test_a_level_without_zoning_of_its_own_is_refused():
    with pytest.raises(DataError, match="commune"):
        local.adopt("commune", rows("ols"), META)


def test_the_geometry_of_an_adopted_zoning_covers_the_same_land():
    before = shapes.contours()["ols"]
    local.adopt("ols", moved(), META)
    after = shapes.contours()["ols"]
    assert after["fichier"].startswith("local/ols-")
    assert after["fichier"] != before["fichier"]
    assert set(after["zones"]) == set(before["zones"])

    def land(entry):
        raw = json.loads(shapes.file(entry["fichier"]).read_text("utf-8"))
        return {
            f["properties"]["id"]: shapely.geometry.shape(f["geometry"]) for f in raw["features"]
        }

    old, new = land(before), land(after)
    assert shapely.area(shapely.union_all(list(new.values()))) == pytest.approx(
        shapely.area(shapely.union_all(list(old.values()))), rel=1e-6
    )
    assert new["06"].area > old["06"].area
    assert new["05"].area + new["06"].area == pytest.approx(
        old["05"].area + old["06"].area, rel=1e-6
    )
    assert contours.url("ols").startswith("./app/static/local/ols-")
    assert contours.url("ols", stripes=True).startswith("./app/static/local/ols-hachures-")
    assert contours.point("ols", "06") != (0, 0)
    assert set(contours.shapes("ols")) == set(new)
    assert "local" not in contours.url("commune")


def test_geometry_that_was_lost_is_served_again():
    local.adopt("ols", moved(), META)
    served = shapes.file(shapes.contours()["ols"]["fichier"])
    before = served.read_bytes()
    served.unlink()
    shapes.contours.cache_clear()
    shapes.contours()
    assert served.read_bytes() == before


def served() -> set[str]:
    return {path.name for path in shapes.SERVED.iterdir()}


def aged() -> set[str]:
    """Everything that is served becomes old."""
    for path in shapes.SERVED.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return served()


def test_old_geometry_goes_away_but_that_of_the_version_before():
    names = ["Un", "Deux", "Trois"]
    found = []
    for name in names:
        named = rows("bassins")
        named.loc[named["zone"] == named["zone"].iloc[0], "label"] = name
        local.adopt("bassin", named, META)
        found.append(served().difference(*found))
        aged()
    one, two, three = found
    assert all(found)
    assert served() == two | three  # a session may still show the version before
    (shapes.SERVED / "jeune.json").write_text("{}")
    local.back("bassin")
    assert served() == two | three | {"jeune.json"}
    aged()
    local.back("bassin")
    assert served() == one | two


def test_geometry_that_another_folder_took_away_is_served_when_it_is_drawn():
    local.adopt("ols", moved(), META)
    lost = shapes.file(shapes.contours()["ols"]["fichier"])
    before = lost.read_bytes()
    lost.unlink()
    assert contours.url("ols").endswith(lost.name)
    assert lost.read_bytes() == before


def test_a_static_folder_that_cannot_be_written_is_said_and_nothing_changes(tmp_path, monkeypatch):
    (tmp_path / "fichier").write_text("")
    monkeypatch.setattr(shapes, "SERVED", tmp_path / "fichier" / "local")
    with pytest.raises(DataError, match="ne peut pas être écrit"):
        local.adopt("ols", moved(), META)
    assert local.fingerprint() == ""


def test_a_folder_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    (tmp_path / "fichier").write_text("")
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path / "fichier"))
    with pytest.raises(DataError, match="ne peut pas être écrit"):
        local.adopt("ols", moved(), META)


def test_a_damaged_state_is_named_with_the_way_out():
    local.adopt("bassin", rows("bassins"), META)
    (local.folder() / local.STATE).write_text("{")
    with pytest.raises(DataError, match=r"etat\.json.*données livrées"):
        local.refresh()


CHILD = """
import sys
from olsdata import local, tables
rows = tables.shipped().decoupages["bassins"][0]
if sys.argv[1] == "adopt":
    about = dict(statut="atelier", source="s", date="2026-11-20")
    local.adopt("bassin", rows, about | dict(label=sys.argv[2]))
else:
    local.back("bassin")
"""


def child(*arguments: str) -> subprocess.Popen[bytes]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", CHILD, *arguments], env=env, cwd=ROOT)


def test_a_change_made_by_another_process_is_followed_at_the_next_run():
    assert territory.zoning("bassins").label.startswith("Bassins de vie")
    assert child("adopt", "Ailleurs").wait() == 0
    assert territory.zoning("bassins").label.startswith("Bassins de vie")
    assert local.refresh()
    assert not local.refresh()
    assert territory.zoning("bassins").label == "Ailleurs"
    assert child("back").wait() == 0
    assert local.refresh()
    assert territory.zoning("bassins").label.startswith("Bassins de vie")


def test_two_processes_that_adopt_at_once_lose_nothing():
    both = [child("adopt", name) for name in ("un", "deux")]
    assert [process.wait() for process in both] == [0, 0]
    assert len(local.state().decoupages["bassins"]) == 2
    assert {v.about["label"] for v in local.history("bassin")[1:]} == {"un", "deux"}


def test_what_was_being_computed_during_a_change_is_not_kept():
    started, go = threading.Event(), threading.Event()

    @local.remembered(maxsize=4)
    def slow() -> str:
        found = local.fingerprint()
        started.set()
        go.wait(30)
        return found

    thread = threading.Thread(target=slow)
    thread.start()
    started.wait(30)
    local.adopt("bassin", rows("bassins"), META)
    go.set()
    thread.join(30)
    assert slow() == local.fingerprint() != ""


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.integers(0, 1507), st.sampled_from(["05", "06", "09"]), max_size=40))
def test_any_redraw_of_the_ols_keeps_every_inhabitant_and_its_bassins_nest(changes):
    facts = tables.shipped()
    zone_of = zonings.sections_of(rows("ols"), facts)
    held = zone_of.index[zone_of.notna()]
    for place, zone in changes.items():
        zone_of[held[place % len(held)]] = zone
    labels = rows("ols").set_index("zone")["label"].to_dict()
    redrawn = zonings.rows_of(zone_of, labels, facts)
    pd.testing.assert_series_equal(
        zonings.sections_of(redrawn, facts), zone_of, check_names=False, check_dtype=False
    )
    bassins = zonings.cut(rows("bassins"), redrawn, facts)
    inside = zonings.sections_of(bassins, facts)
    assert inside.dropna().index.equals(held)
    assert (inside.dropna().str.split("-").str[0] == zone_of.dropna()).all()
    assert not bassins.drop_duplicates("zone").duplicated(["label", "zone"]).any()
    kept = facts.secteurs["section"].map(inside).notna()
    before = facts.secteurs["section"].map(zone_of).notna()
    people = facts.secteurs["population_2024"]
    assert people[kept].sum() == people[before].sum()
