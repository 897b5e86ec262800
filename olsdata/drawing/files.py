"""Proposals out and in: CSV in the shape of a zoning file, GeoJSON for a mapping program.

What is read was made by anyone: names are tolerated in any spelling, everything that is wrong is
named line by line, and with a single fault nothing is taken.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from olsdata import contours, tables, words
from olsdata.decoupages import reading
from olsdata.decoupages.names import gazetteer
from olsdata.drawing.plan import Plan, checked_name, make, new_id
from olsdata.drawing.units import sections_of
from olsdata.local import remembered, shapes, zonings
from olsdata.registry.files import MOST_BYTES, read_bytes
from olsdata.tables import DataError
from olsdata.words import folded

COLUMNS = ("zone", "label", "refnis", "commune", "section", "nom_section", "habitants_2024")
MOST_FAULTS, MOST_REMARKS = 20, 5
NAMES = ("nom", "label", "name", "bassin")
"""Properties of a GeoJSON feature that may hold its name."""


@dataclass
class Report:
    """What a file holds; with a fault, no plan.

    Attributes
    ----------
    plan : what was read, None when there is a fault
    notices : what was understood in a way that has to be said
    faults : one French sentence per thing that is wrong
    """

    plan: Plan | None = None
    notices: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


# --- Out ----------------------------------------------------------------------------------------


def export_frame(plan: Plan) -> pd.DataFrame:
    """The plan as a table: index zone; label, refnis, commune, section, nom_section, habitants.

    A row without a section is a whole commune; of a commune shared out, each section has a row.
    """
    facts = tables.load()
    people = sections_of(plan.ols)["population"]
    found = zonings.rows_of(pd.Series(plan.of, dtype=object), plan.names).fillna("")
    by_commune = people.groupby(facts.sections["refnis"].reindex(people.index)).sum()
    found["commune"] = found["refnis"].map(facts.communes["nom"])
    found["nom_section"] = found["section"].map(facts.sections["nom"]).fillna("")
    found["habitants_2024"] = [
        int(people[section]) if section else int(by_commune[code])
        for code, section in found[["refnis", "section"]].itertuples(index=False)
    ]
    return found[list(COLUMNS)].set_index("zone")


@remembered(maxsize=1)
def outlines() -> pd.Series:
    """Outline of each section as the maps draw it: index section, polygons in degrees."""
    raw = json.loads(shapes.file(shapes.contours()["sections"]["fichier"]).read_text("utf-8"))
    return pd.Series(
        {f["properties"]["id"]: shapely.geometry.shape(f["geometry"]) for f in raw["features"]}
    )


def export_geojson(plan: Plan, status: str) -> bytes:
    """The bassins as GeoJSON (longitude, latitude), each with its sections.

    Parameters
    ----------
    status : what the proposal is, in French
    """
    import geopandas as gpd

    from olsdata import geometry

    limits = outlines()
    joined = gpd.GeoSeries(
        {
            bassin: shapely.coverage_union_all(limits[sections].to_numpy())
            for bassin, sections in plan.by_bassin.items()
        },
        crs=geometry.WORLD,
    )
    people = sections_of(plan.ols)["population"]
    content = json.loads(geometry.geojson(joined, plan.names))
    for feature in content["features"]:
        mine = plan.by_bassin[feature["properties"]["id"]]
        feature["properties"] |= {
            "ols": plan.ols,
            "statut": status,
            "habitants_2024": int(people[mine].sum()),
            "sections": mine,
            "limites": contours.label(),
        }
    return geometry.as_json(content)


# --- In -----------------------------------------------------------------------------------------


def read_file(data: bytes | Path, ols: str) -> Report:
    """What a CSV or GeoJSON file says of an OLS; nothing is kept.

    Parameters
    ----------
    data : the file, or its content
    ols : whose bassins are read; rows of other OLS are left aside, and said
    """
    report = Report()
    try:
        raw = read_bytes(data, MOST_BYTES)
        if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            _read_geojson(raw, ols, report)
        else:
            _read_csv(raw, ols, report)
    except DataError as error:
        report.faults += str(error).splitlines()
    if report.faults:
        left = len(report.faults) - MOST_FAULTS
        if left > 0:
            report.faults = [*report.faults[:MOST_FAULTS], f"… et {left} autres."]
        report.plan = None
        return report
    assert report.plan is not None
    missing = sections_of(ols).loc[report.plan.nowhere]
    if len(missing):
        names = [f"{n} ({s})" for s, n in missing["nom"].items()]
        report.notices.append(
            f"{words.plural(len(missing), 'section')} de l’OLS {ols} dans aucun bassin : "
            f"{words.listing(names, most=8)}."
        )
    return report


@dataclass
class _Zones:
    """Bassins of a file as they are met: their ids, made when the file gives none that fits."""

    ols: str
    names: dict[str, str] = field(default_factory=dict)
    """Key of the file → name."""
    sections: dict[str, list[str]] = field(default_factory=dict)

    def add(self, key: str, name: str, sections: list[str]) -> None:
        kept = checked_name(name or key)
        if self.names.setdefault(key, kept) != kept:
            raise DataError(f"le bassin « {key[:40]} » porte deux noms.")
        if any(folded(n) == folded(kept) for k, n in self.names.items() if k != key):
            raise DataError(f"deux bassins s’appellent « {kept} ».")
        self.sections.setdefault(key, []).extend(sections)

    def plan(self) -> Plan:
        """The plan; ids of other OLS, or made of other signs, are made anew."""
        ids: dict[str, str] = {}
        for key, sections in self.sections.items():
            fits = re.fullmatch(rf"{self.ols}-[A-Za-z0-9-]{{1,40}}", key)
            if sections:
                taken = {*ids.values(), *(k for k in self.sections if k != key)}
                ids[key] = key if fits else new_id(self.ols, sections, taken)
        of = {section: ids[key] for key in ids for section in self.sections[key]}
        return make(self.ols, {ids[key]: self.names[key] for key in ids}, of)


def _read_csv(raw: bytes, ols: str, report: Report) -> None:
    listed = reading.gathered(raw, "bassin")
    report.faults += listed.wrong
    if report.faults:
        return
    here = listed.zone_of.reindex(sections_of(ols).index).dropna()
    if here.empty:
        raise DataError(f"Aucune ligne de ce fichier n’est dans l’OLS {ols}.")
    zones = _Zones(ols)
    for key, inside in here.groupby(here):
        zones.add(str(key), listed.labels[str(key)], list(inside.index))
    report.plan = zones.plan()
    report.notices += listed.remarks[:MOST_REMARKS]
    if len(listed.remarks) > MOST_REMARKS:
        report.notices.append(f"… et {len(listed.remarks) - MOST_REMARKS} autres remarques.")
    known = gazetteer()
    places = [claim.place for claim in listed.claims]
    aside = [known.named(p) for p in places if here.index.intersection(p.sections).empty]
    if aside:
        report.notices.append(
            f"{words.plural(len(aside), 'ligne')} d’autres OLS, "
            f"{'laissées' if len(aside) > 1 else 'laissée'} de côté : "
            f"{words.listing(list(dict.fromkeys(aside)), most=8)}."
        )


def _read_geojson(raw: bytes, ols: str, report: Report) -> None:
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DataError("GeoJSON : enregistrez le fichier en UTF-8.") from None
    except (ValueError, RecursionError):
        raise DataError("Ce fichier commence comme un GeoJSON, mais il est mal formé.") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise DataError("GeoJSON : une liste de bassins (« FeatureCollection ») est attendue.")
    frame = sections_of(ols)
    zones = _Zones(ols)
    surfaces: dict[str, Any] = {}
    every = [_properties(feature) for feature in features]
    listed = all(isinstance(p.get("sections"), list) for p in every)
    seen: set[str] = set()
    for number, (feature, properties) in enumerate(zip(features, every, strict=True), 1):
        try:
            name = next((str(properties[k]) for k in NAMES if properties.get(k)), "")
            key = str(properties.get("id") or folded(name) or number)
            sections: list[str] = []
            if listed:
                sections = [str(s) for s in properties["sections"]]
                _known(sections, seen)
                seen |= set(sections)
                sections = [s for s in sections if s in frame.index]
            else:
                if key in surfaces:
                    raise DataError(f"« {key[:40]} » figure deux fois.")
                surfaces[key] = _shape(feature)
            zones.add(key, name or f"Bassin {number}", sections)
        except DataError as error:
            report.faults.append(f"Bassin {number} : {error}")
    if report.faults:
        return
    if not listed:
        cut = _by_points(zones, surfaces, frame)
        report.notices.append(
            "Les sections ont été attribuées d’après les points de leurs secteurs"
            + (
                f" ; {words.plural(len(cut), 'section')} à cheval sur des limites, chacune donnée "
                f"au bassin qui tient le plus de ses habitants : {words.listing(cut, most=8)}."
                if cut
                else "."
            )
        )
    if not any(zones.sections.values()):
        raise DataError(f"Aucun bassin de ce fichier n’est dans l’OLS {ols}.")
    report.plan = zones.plan()


def _properties(feature: Any) -> dict[str, Any]:
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def _known(sections: list[str], seen: set[str]) -> None:
    facts = tables.load().sections
    for section in sections:
        if section not in facts.index:
            raise DataError(f"section inconnue, « {section[:20]} ».")
        if section in seen or sections.count(section) > 1:
            raise DataError(f"la section {section} figure deux fois.")


def _shape(feature: Any) -> Any:
    """The surface of a feature, in degrees."""
    geometry: Any = feature.get("geometry") if isinstance(feature, dict) else None
    try:
        shape = shapely.geometry.shape(geometry)
        surface = shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty
    except Exception:  # shapely raises whatever the content makes it stumble on
        raise DataError("sa géométrie est illisible.") from None
    if not surface:
        raise DataError("une surface est attendue (« Polygon » ou « MultiPolygon »).")
    west, south, east, north = shape.bounds
    if not (2 < west <= east < 7 and 49 < south <= north < 52):
        raise DataError(
            "ses coordonnées ne sont pas des degrés en Wallonie (longitude, latitude, EPSG:4326)."
        )
    return shape if shape.is_valid else shapely.make_valid(shape)


def _by_points(zones: _Zones, surfaces: dict[str, Any], frame: pd.DataFrame) -> list[str]:
    """Give each section to the bassin that holds most of its people; names of those cut."""
    sectors = tables.load().secteurs
    sectors = sectors[sectors["section"].isin(frame.index)]
    points = shapely.points(sectors["lon"], sectors["lat"])
    keys = list(surfaces)
    tree = shapely.STRtree(points)
    shape_of = np.full(len(points), -1)
    for place, key in enumerate(keys):
        inside = tree.query(surfaces[key], predicate="intersects")
        shape_of[inside[shape_of[inside] < 0]] = place
    table = sectors.assign(place=shape_of, weight=sectors["population_2024"] + 1e-6)
    held = table.groupby(["section", "place"])["weight"].sum().reset_index()
    held = held.sort_values(["section", "weight", "place"], ascending=[True, False, True])
    best = held.drop_duplicates("section").set_index("section")["place"]
    for section, place in best.items():
        if place >= 0:
            zones.sections[keys[place]].append(str(section))
    several = held["section"].value_counts()
    return [str(frame.at[s, "nom"]) for s in several.index[several > 1].sort_values()]


def file_name(name: str, ols: str) -> str:
    """A file name made of letters, figures and dashes.

    >>> file_name("Idée n° 2 / été", "05")
    'bassins-05-idee-n-2-ete'
    """
    plain = re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")
    return f"bassins-{ols}-{plain}"[:80].rstrip("-")
