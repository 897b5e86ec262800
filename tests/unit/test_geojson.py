"""Zones with their values as GeoJSON: valid, complete, missing values null."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest

from olsdata import figures, tables, territory
from olsdata.exports import geojson, workbook

INDICATOR = "pct_65p_2021"
ABOUT = workbook.of_cards([INDICATOR], "65 ans et plus")


def zones(level: str, indicator: str = INDICATOR) -> dict:
    frame = figures.by_zone(indicator, territory.zoning_of(level))
    return json.loads(geojson.of_zones(frame, level, ABOUT))


@pytest.mark.parametrize("level", ["ols", "bassin", "commune"])
def test_every_zone_has_its_outline_and_its_value(level: str) -> None:
    found = zones(level)
    frame = figures.by_zone(INDICATOR, territory.zoning_of(level))
    assert [f["id"] for f in found["features"]] == frame.index.tolist()
    values = [f["properties"]["valeur"] for f in found["features"]]
    assert values == pytest.approx(frame["valeur"].tolist())
    read = gpd.GeoDataFrame.from_features(found["features"], crs="EPSG:4326")
    assert read.geometry.is_valid.all()
    west, south, east, north = read.total_bounds
    assert 2.8 < west < east < 6.5
    assert 49.4 < south < north < 50.9


def test_what_is_missing_is_null_and_never_nan() -> None:
    found = zones("bassin", "pop_total_2026")
    counts = zones("bassin", "households_private_2019")
    assert all(f["properties"]["valeur"] is not None for f in found["features"])
    assert any(f["properties"]["valeur"] is None for f in counts["features"])


def test_the_file_says_its_source_its_limits_and_its_version() -> None:
    found = zones("ols")
    assert found["source"] == ABOUT.source
    assert found["licence"] == ABOUT.licence
    assert "approchées" in found["contours"]
    assert found["version"] == tables.load().version


def test_what_has_no_outline_is_refused_by_name() -> None:
    with pytest.raises(tables.DataError, match="« wallonie »"):
        zones("wallonie")
    frame = figures.by_zone(INDICATOR, territory.zoning("ols")).rename(index={"05": "99"})
    with pytest.raises(tables.DataError, match="99"):
        geojson.of_zones(frame, "ols", ABOUT)
