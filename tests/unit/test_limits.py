"""Official limits: good files in every format, broken ones refused in French, and the way back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from olsdata import checks, contours, figures, geometry, local, standing, tables, territory
from olsdata.limits import importing, reading
from olsdata.local import shapes
from olsdata.tables import ROOT, DataError

Frame = Any


@pytest.fixture(scope="session")
def small() -> Frame:
    """A synthetic file of sectors that stands in for Statbel's: one polygon per section.

    Each section of the shipped limits bears the code of its first sector, so that the file has
    1,508 polygons, the outline of Wallonia, and limits that are not the shipped ones: a strip of
    each section of even number goes to a neighbour.
    """
    facts = tables.shipped()
    limits = shapes.sections().to_crs(geometry.METRIC)
    first = facts.secteurs.reset_index().drop_duplicates("section").set_index("section")
    held = first.loc[limits.index]
    cells = np.asarray(limits.to_numpy()).copy()
    names = limits.index.to_numpy()
    mover, taker = next(
        (i, j)
        for i, name in enumerate(names)
        for j in [int(np.flatnonzero(names == other)[0]) for other in _beside(name)]
        if held["refnis"].iloc[i] != held["refnis"].iloc[j] and cells[i].area > 2e7
    )
    part = shapely.intersection(cells[i := mover], shapely.buffer(cells[taker], 300))
    cells[i], cells[taker] = shapely.difference(cells[i], part), shapely.union(cells[taker], part)
    frame = gpd.GeoDataFrame(
        {"CD_SECTOR": held["secteur"].to_numpy(), "Cd_Munty_Refnis": held["refnis"].to_numpy()},
        geometry=cells,
        crs=geometry.METRIC,
    )
    frame["DT_SITUATION"] = "2025-01-01"
    return frame


def _beside(section: str) -> list[str]:
    pairs = tables.read("contiguite.csv")
    return [
        *pairs.loc[pairs["section_a"] == section, "section_b"],
        *pairs.loc[pairs["section_b"] == section, "section_a"],
    ]


def written(frame: Frame, path: Path, crs: int = 3812) -> Path:
    """A file in the format of its ending; « .zip » is a Shapefile."""
    projected = frame.to_crs(crs)
    if path.suffix == ".zip":
        folder = path.parent / path.stem
        folder.mkdir()
        names = {name: name[:10] for name in projected.columns if name != "geometry"}
        projected.rename(columns=names).to_file(folder / "sh_statbel_statistical_sectors.shp")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(folder.iterdir()):
                archive.write(part, f"donnees/{part.name}")
        return path
    projected.to_file(path)
    return path


@pytest.mark.parametrize(
    ("name", "crs"), [("s.gpkg", 3812), ("s.geojson", 4326), ("s.zip", 31370), ("s.gpkg", 31370)]
)
def test_every_format_and_projection_gives_the_same_codes_and_land(small, tmp_path, name, crs):
    found = reading.read(written(small, tmp_path / name, crs))
    assert (found.kind, found.crs, found.day) == ("secteurs", crs, "2025-01-01")
    assert sorted(found.shapes["code"]) == sorted(small["CD_SECTOR"])
    assert found.shapes.crs == geometry.METRIC
    # Two geodetic datums: the same land within a metre or two.
    assert found.shapes.area.sum() == pytest.approx(small.area.sum(), rel=1e-5)
    assert found.shapes.total_bounds == pytest.approx(small.total_bounds, abs=3)


def test_imported_limits_are_in_force_named_and_taken_back(small, tmp_path):
    shipped = {path: path.read_bytes() for path in tables.STATIC.glob("*.*")}
    people = figures.population(2026, territory.zoning("ols"))["valeur"]
    before = contours.url("commune")
    said: list[float] = []
    path = written(small, tmp_path / "secteurs_2025.gpkg")
    report = importing.import_file(path, tell=lambda line, share: said.append(share))
    assert said == sorted(said)
    assert said[-1] == 1.0
    assert (report.limits.name, report.limits.day, report.limits.kind) == (
        "secteurs_2025.gpkg",
        "2025-01-01",
        "secteurs",
    )
    assert contours.label() == "Limites du fichier secteurs_2025.gpkg (1/1/2025)"
    assert standing.limits().text == contours.label()
    assert not standing.limits().hatched
    for level in ("ols", "bassin", "commune"):
        assert contours.url(level).startswith("./app/static/local/")
        assert set(contours.shapes(level)) == set(territory.zoning_of(level).zones.index)
    # Exactly two communes changed hands of a strip of land.
    assert (report.moved > 0.001).sum() == 2
    assert 0 < report.moved_km2 < 30
    assert "changent de commune" in report.sentence
    pd.testing.assert_series_equal(
        figures.population(2026, territory.zoning("ols"))["valeur"], people
    )
    assert tables.load().version.endswith(f"~{local.fingerprint()}")
    assert not [line for line in checks.run().wrong if "détaché" in line]
    importing.withdraw()
    assert contours.label() == "Limites approchées"
    assert contours.url("commune") == before
    assert local.fingerprint() == ""
    with pytest.raises(DataError, match="déjà en vigueur"):
        importing.withdraw()
    assert {path: path.read_bytes() for path in tables.STATIC.glob("*.*")} == shipped


def test_a_zoning_adopted_under_imported_limits_is_drawn_with_them(small, tmp_path):
    importing.import_file(written(small, tmp_path / "s.gpkg"))
    rows = tables.shipped().decoupages["ols"][0].copy()
    rows.loc[rows["refnis"] == "92142", ["zone", "label"]] = ["06", "Namur-Dinant"]
    meta = {"label": "x", "statut": "atelier", "source": "x", "date": "2026-11-20"}
    imported = contours.url("ols")
    local.adopt("ols", rows, meta)
    adopted = contours.url("ols")
    assert adopted != imported
    importing.withdraw()
    assert contours.url("ols") not in (adopted, imported)
    assert "local/ols-" in contours.url("ols")
    local.back("ols")
    assert "local" not in contours.url("ols")


def test_a_file_of_communes_draws_the_communes_and_says_what_stays_approximate(small, tmp_path):
    facts = tables.shipped()
    codes = small["Cd_Munty_Refnis"].to_numpy()
    joined = geometry.dissolve(small, pd.Series(codes))
    frame = gpd.GeoDataFrame(
        {"NIS": joined.index, "name": facts.communes["nom"].reindex(joined.index).to_numpy()},
        geometry=joined.to_numpy(),
        crs=geometry.METRIC,
    )
    report = importing.import_file(written(frame, tmp_path / "communes.geojson", 4326), "1/1/2025")
    assert report.limits.kind == "communes"
    assert any("celles des sections restent approchées" in line for line in report.remarks)
    drawn = shapes.sections().to_crs(geometry.METRIC)
    found = geometry.dissolve(drawn, facts.sections["refnis"].loc[drawn.index])
    change = shapely.area(shapely.symmetric_difference(found.to_numpy(), joined.to_numpy()))
    assert change.max() / 1e6 < 3
    assert set(drawn.index) == set(facts.sections.index)


# --- Broken files -------------------------------------------------------------------------------


def without_commune(frame: Frame) -> Frame:
    return frame[frame["Cd_Munty_Refnis"] != "92142"]


def without_section(frame: Frame) -> Frame:
    return frame[~frame["CD_SECTOR"].str.startswith("92094D")]


def in_other_metres(frame: Frame) -> Frame:
    """Coordinates of 1972 that say that they are of 2008."""
    return frame.to_crs(31370).set_crs(3812, allow_override=True)


def crossing(frame: Frame) -> Frame:
    """A polygon turned into a bow tie as large as its box: repair would change its surface."""
    cells = frame.geometry.to_numpy().copy()
    west, south, east, north = cells[0].bounds
    cells[0] = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    return frame.set_geometry(gpd.GeoSeries(cells, index=frame.index, crs=frame.crs))


def overlapping(frame: Frame) -> Frame:
    cells = frame.geometry.to_numpy().copy()
    cells[10] = shapely.buffer(cells[10], 500)
    return frame.set_geometry(gpd.GeoSeries(cells, index=frame.index, crs=frame.crs))


def holed(frame: Frame) -> Frame:
    cells = frame.geometry.to_numpy().copy()
    at = int(np.argmax(shapely.area(cells)))
    cells[at] = shapely.difference(cells[at], shapely.centroid(cells[at]).buffer(900))
    return frame.set_geometry(gpd.GeoSeries(cells, index=frame.index, crs=frame.crs))


def unknown_codes(frame: Frame) -> Frame:
    return frame.assign(CD_SECTOR="92094Q" + frame["CD_SECTOR"].str[6:])


def without_codes(frame: Frame) -> Frame:
    return frame.rename(columns={"CD_SECTOR": "a", "Cd_Munty_Refnis": "b"})


def as_points(frame: Frame) -> Frame:
    return frame.set_geometry(frame.centroid)


BROKEN: dict[str, tuple[Callable[[Frame], Frame], str]] = {
    "a commune missing": (without_commune, "1 commune sur 261 manque : Gembloux"),
    "a section missing": (without_section, "sections manquantes : Malonne"),
    "the projection of another file": (in_other_metres, "la projection est fausse"),
    "a polygon that crosses itself": (crossing, "se croisent"),
    "overlaps": (overlapping, "se recouvrent"),
    "a hole": (holed, "trous"),
    "codes that nobody knows": (unknown_codes, "code inconnu"),
    "no column of codes": (without_codes, "aucune colonne de codes"),
    "points": (as_points, "polygones sont attendus"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused_with_what_is_wrong_and_nothing_changes(small, tmp_path, case):
    change, message = BROKEN[case]
    path = written(change(small), tmp_path / "secteurs.gpkg")
    with pytest.raises(DataError, match=message):
        importing.import_file(path)
    assert local.fingerprint() == ""
    assert contours.label() == "Limites approchées"


def test_a_small_self_intersection_is_repaired_and_said(small, tmp_path):
    """A spike of a few metres, as a digitiser leaves them."""
    cells = small.geometry.to_numpy().copy()
    ring = shapely.get_coordinates(shapely.get_parts(cells[3])[0].exterior)
    x, y = ring[1]
    spiked = np.vstack([ring[:2], [[x + 2, y + 2], [x + 2, y], [x, y + 2], [x, y]], ring[2:]])
    cells[3] = shapely.Polygon(spiked)
    assert not cells[3].is_valid
    frame = small.set_geometry(gpd.GeoSeries(cells, crs=small.crs))
    report = importing.import_file(written(frame, tmp_path / "s.gpkg"))
    assert "1 polygone réparé." in report.remarks


def test_another_projection_is_named_with_those_accepted(small, tmp_path):
    path = written(small, tmp_path / "s.gpkg", 32631)
    with pytest.raises(DataError, match=r"WGS 84 / UTM zone 31N.*EPSG:3812.*31370.*4326"):
        reading.read(path)


@pytest.mark.parametrize(("end", "what"), [(".prj", "la projection"), (".dbf", "les codes")])
def test_a_shapefile_without_one_of_its_files_is_refused(small, tmp_path, end, what):
    whole = written(small, tmp_path / "s.zip")
    path = tmp_path / "incomplet.zip"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.namelist():
            if not entry.endswith(end):
                target.writestr(entry, source.read(entry))
    with pytest.raises(DataError, match=rf"le fichier {end} manque.*{what}"):
        reading.read(path)


def test_a_zip_bomb_is_stopped_while_it_comes_out(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_UNZIPPED", 20_000_000)
    path = tmp_path / "bombe.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("secteurs.gpkg", b"\0" * 60_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(DataError, match="plus de 20 Mo"):
        reading.read(path)


def test_a_zip_of_many_files_or_of_none_that_serves_is_refused(tmp_path):
    many, none = tmp_path / "beaucoup.zip", tmp_path / "rien.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(reading.MOST_ENTRIES + 1):
            archive.writestr(f"{number}.txt", b"")
    with zipfile.ZipFile(none, "w") as archive:
        archive.writestr("lisez.txt", b"rien")
    for path, message in ((many, "plus de 500 fichiers"), (none, "aucun Shapefile")):
        with pytest.raises(DataError, match=message):
            reading.read(path)


def test_a_zip_cannot_write_outside_its_folder(small, tmp_path):
    whole = written(small, tmp_path / "s.gpkg")
    path = tmp_path / "ailleurs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(whole, "../../echappe.gpkg")
    before = {*tmp_path.iterdir(), *tmp_path.parent.iterdir()}
    assert reading.read(path).kind == "secteurs"
    assert {*tmp_path.iterdir(), *tmp_path.parent.iterdir()} == before


def test_a_file_over_200_mb_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "enorme.gpkg"
    with path.open("wb") as stream:
        stream.truncate(reading.MOST_BYTES + 1)  # a sparse file
    with pytest.raises(DataError, match=r"200 Mo au plus\. Rien n’a été lu"):
        reading.read(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("page.gpkg", b"<html>", "ni un GeoPackage"),
        ("coupe.zip", b"PK\x03\x04 rien", "zip illisible"),
        ("coupe.gpkg", b"SQLite format 3\0" + b"x" * 100, "abîmé"),
        ("coupe.geojson", b'{"type": "FeatureCollection", "features": [', "abîmé"),
        ("vide.geojson", b'{"type": "FeatureCollection", "features": []}', "colonne de codes"),
        ("autre.geojson", json.dumps({"a": 1}).encode(), "abîmé"),
    ],
)
def test_what_is_no_file_of_limits_is_refused_in_french(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        reading.read(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match=r"introuvable.*absent\.gpkg"):
        importing.import_file(tmp_path / "absent.gpkg")


# --- The real file ------------------------------------------------------------------------------


@pytest.mark.reference
def test_the_real_sectors_of_statbel_are_imported_by_the_command_line(reference_dir):
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", COMMAND, str(shapes.SERVED), "contours", *arguments],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )

    file = reference_dir / "secteurs_statbel_2021_3812.gpkg"
    done = run("importer", str(file), "--date", "1/1/2021")
    assert done.returncode == 0, done.stderr
    assert "277 secteurs de la table (21\u202f210 habitants) absents du fichier" in done.stdout
    assert "secteurs_statbel_2021_3812.gpkg (1/1/2021)" in done.stdout
    assert "changent de commune" in done.stdout
    local.refresh()
    # The communes are those of an independent file of Statbel, simplified at 100 m like ours.
    true = gpd.read_file(reference_dir / "communes_statbel_2021.geojson").set_index("nis")
    true = true.geometry.to_crs(geometry.METRIC)
    drawn = shapes.sections().to_crs(geometry.METRIC)
    found = geometry.dissolve(drawn, tables.shipped().sections["refnis"].loc[drawn.index])
    same = shapely.area(
        shapely.intersection(shapely.make_valid(found.to_numpy()), true[found.index].to_numpy())
    )
    assert same.sum() / true.area.sum() > 0.995
    assert (same / true[found.index].area.to_numpy()).min() > 0.97
    assert not [line for line in checks.run().wrong if "détaché" in line]
    assert run("retirer").returncode == 0
    assert run("retirer").returncode == 1


COMMAND = """
import sys
from pathlib import Path
from olsdata.local import shapes
shapes.SERVED = Path(sys.argv.pop(1))
from olsdata.cli import main
main()
"""
