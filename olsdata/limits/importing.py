"""From a file of sectors or communes to the limits in force, and back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from olsdata import geometry, local, tables, words
from olsdata.limits import reading
from olsdata.limits.reading import File
from olsdata.local import shapes
from olsdata.local.shapes import Limits
from olsdata.notes import actors
from olsdata.notes.actors import LOCAL, Actor
from olsdata.registry import checks as fields
from olsdata.tables import DataError

OVERLAP_KM2, GAP_KM2, AREA_KM2 = 1.0, 1.0, 20.0
"""Most that polygons may share, leave empty, or differ from the outline of the cantons."""

STRAY_SHARE = 0.05
"""Most sectors of unknown code that are put where they lie."""

ROUNDS = 6
"""Attempts to clean what rounding broke; two are enough for the real file."""

Tell = Callable[[str, float], None]


@dataclass
class Report:
    """What an import did.

    Attributes
    ----------
    limits : the limits in force
    remarks : sentences about the file
    moved : index refnis, share of the commune's land that changes hands, 0 to 1
    moved_km2 : land that changes commune, km²
    """

    limits: Limits
    remarks: list[str] = field(default_factory=list)
    moved: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    moved_km2: float = 0.0

    @property
    def sentence(self) -> str:
        """By how much the limits moved."""
        names = tables.shipped().communes["nom"]
        most = self.moved.nlargest(5).index
        share = words.quantity(100 * self.moved_km2 / geometry.AREA_KM2, "%", 1)
        return (
            f"{words.number(self.moved_km2)} km² ({share} du sol) changent de commune ; la moitié "
            f"des communes bougent de moins de "
            f"{words.quantity(100 * float(self.moved.median()), '%', 1)} de leur surface. Celles "
            f"qui bougent le plus : {words.listing(sorted(names[most]))}."
        )


def import_file(
    path: Path, day: str = "", name: str = "", tell: Tell | None = None, actor: Actor = LOCAL
) -> Report:
    """Put the limits of a file in force.

    Parameters
    ----------
    path : GeoPackage, GeoJSON, or a zip of one of them or of a Shapefile; sectors or communes
    day : date of the limits; that of the file when absent
    name : what its user calls it
    tell : receives a French line and the share done, 0 to 1
    actor : who acts; the limits change for everyone

    Raises
    ------
    DeniedError
        If the actor may not.
    DataError
        If the file is refused: nothing changes.
    """
    actors.require(actor, actors.REPLACE)
    say = tell or (lambda line, share: None)
    said = re.sub(r"[^\w .()-]", "_", name or path.name)[-60:]
    say("Lecture du fichier", 0.05)
    file = reading.read(path, said)
    asked = day or file.day
    when = fields.day(asked, "Date des limites") if asked else ""
    facts = tables.shipped()
    remarks: list[str] = []
    say(f"{words.number(len(file.shapes))} polygones", 0.15)
    kept = _mended(_walloon(file, said, remarks), said, remarks)
    _covered(kept, said, remarks)
    say("Bords mis en commun", 0.4)
    clean: Any = _coverage_clean(kept)
    say("Sections et communes", 0.55)
    sections = _sections(clean, file.kind, said, remarks)
    absent = facts.sections.index.difference(sections.index)
    if len(absent):
        names = facts.sections.loc[absent, "nom"].tolist()
        raise DataError(f"{said} : sections sans aucun sol : {words.listing(names, most=8)}.")
    say("Limites simplifiées", 0.7)
    pairs = geometry.adjacency(sections)
    degrees = _served(geometry.simplified(sections))
    moved, land = _moved(degrees)
    content = geometry.geojson(degrees, facts.sections["nom"].to_dict())
    limits = Limits(
        id=f"limites-{hashlib.sha256(content + said.encode() + when.encode()).hexdigest()[:8]}",
        name=said,
        day=when,
        kind=file.kind,
        checksum=_checksum(path),
        imported=date.today().isoformat(),
    )
    say("Cartes de chaque niveau", 0.8)
    with local.writing() as state:
        shapes.keep_limits(limits, content, pairs)
        state.limites = limits.id
        shapes.prepare(state)
    say("En vigueur", 1.0)
    return Report(limits, remarks, moved, land)


def withdraw(actor: Actor = LOCAL) -> None:
    """Go back to the limits that the project ships, for everyone.

    Raises
    ------
    DeniedError
        If the actor may not.
    DataError
        If they are in force already.
    """
    actors.require(actor, actors.REPLACE)
    with local.writing() as state:
        if not state.limites:
            raise DataError("Les limites livrées sont déjà en vigueur.")
        state.limites = ""
        shapes.prepare(state)


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


# --- Checks -------------------------------------------------------------------------------------


def _walloon(file: File, said: str, remarks: list[str]) -> Any:
    """The polygons of Wallonia, with their commune of today and, for sectors, their section."""
    facts = tables.shipped()
    frame = file.shapes.copy()
    twice = frame["code"][frame["code"].duplicated()]
    if file.kind == "communes":
        return _communes(frame, said)
    if len(twice):
        remarks.append(f"{words.plural(len(twice), 'code')} en plusieurs polygones, réunis.")
    table = facts.secteurs["section"]
    section = frame["code"].map(table)
    guess = frame["code"].str[:6]
    section = section.fillna(guess.where(guess.isin(facts.sections.index)))
    former = facts.secteurs.assign(old=facts.secteurs.index.str[:5])
    codes = {*facts.communes.index, *former["old"]}
    walloon = section.notna() | frame["commune"].isin(codes) | frame["code"].str[:5].isin(codes)
    frame["section"] = section
    frame = frame[walloon].reset_index(drop=True)
    strays = frame["section"].isna()
    if strays.sum() > STRAY_SHARE * max(len(frame), 1):
        raise DataError(
            f"{said} : {words.number(int(strays.sum()))} secteurs ont un code inconnu, dont "
            f"« {frame.loc[strays, 'code'].iloc[0]} »."
        )
    if strays.any():
        _place(frame, strays)
        remarks.append(
            f"{words.plural(int(strays.sum()), 'secteur')} de code inconnu, mis dans la section où "
            "ils tombent."
        )
    absent = table.index.difference(frame["code"])
    if len(absent):
        people = int(facts.secteurs.loc[absent, "population_2024"].sum())
        remarks.append(
            f"{words.plural(len(absent), 'secteur')} de la table "
            f"({words.number(people)} habitants) absents du fichier : ils restent dans leur "
            "section."
        )
    missing = facts.sections.index.difference(frame["section"])
    _refuse_missing(missing, said)
    frame["refnis"] = frame["section"].map(facts.sections["refnis"])
    return frame


def _refuse_missing(sections: pd.Index, said: str) -> None:
    """Name the communes, or the sections, that the file lacks."""
    if not len(sections):
        return
    facts = tables.shipped()
    lost = facts.sections.loc[sections]
    whole = lost.groupby("refnis").size() == facts.sections.groupby("refnis").size().reindex(
        sorted(set(lost["refnis"]))
    )
    communes = [f"{facts.communes.at[code, 'nom']} ({code})" for code in whole.index[whole]]
    if communes:
        raise DataError(
            f"{said} : {words.plural(len(communes), 'commune')} sur {len(facts.communes)} "
            f"{'manquent' if len(communes) > 1 else 'manque'} : {words.listing(communes, most=8)}."
        )
    names = [f"{name} ({code})" for code, name in lost["nom"].items()]
    raise DataError(f"{said} : sections manquantes : {words.listing(names, most=8)}.")


def _communes(frame: Any, said: str) -> Any:
    """The communes of Wallonia of today; former ones give their land to the one they form."""
    facts = tables.shipped()
    former = dict(zip(facts.secteurs.index.str[:5], facts.secteurs["refnis"], strict=True))
    refnis = frame["code"].where(
        frame["code"].isin(facts.communes.index), frame["code"].map(former)
    )
    frame = frame.assign(refnis=refnis, section="").dropna(subset=["refnis"])
    held = facts.sections["refnis"].isin(set(frame["refnis"]))
    _refuse_missing(facts.sections.index[~held], said)
    return frame.reset_index(drop=True)


def _place(frame: Any, strays: pd.Series) -> None:
    """Put sectors of unknown code in the section where their middle lies."""
    import geopandas as gpd
    import shapely

    limits = shapes.sections()
    tree = shapely.STRtree(limits.to_numpy())
    middles = gpd.GeoSeries(
        shapely.point_on_surface(frame.geometry.to_numpy()[strays.to_numpy()]), crs=geometry.METRIC
    ).to_crs(geometry.WORLD)
    frame.loc[strays, "section"] = limits.index[tree.nearest(middles.to_numpy())]


def _mended(frame: Any, said: str, remarks: list[str]) -> Any:
    """Repair polygons that cross themselves; refuse those that repair changes."""
    import shapely

    geometries = frame.geometry.to_numpy()
    wrong = ~shapely.is_valid(geometries)
    if wrong.any():
        mended = shapely.make_valid(geometries[wrong], method="structure")
        before = np.abs(shapely.area(geometries[wrong]))
        change = np.abs(shapely.area(mended) - before)
        bad = (change > 0.01 * np.maximum(before, 1.0)) & (change > 1e4)
        if bad.any():
            codes = frame["code"][wrong][bad].tolist()
            raise DataError(
                f"{said} : des polygones se croisent et ne se réparent pas sans changer de "
                f"surface : {words.listing(codes, most=5)}."
            )
        remarks.append(f"{words.plural(int(wrong.sum()), 'polygone réparé', 'polygones réparés')}.")
        parts = [shapely.get_parts(shape) for shape in mended]
        geometries = geometries.copy()
        geometries[wrong] = [
            shapely.union_all(part[np.isin(shapely.get_type_id(part), (3, 6))]) for part in parts
        ]
        frame = frame.set_geometry(
            frame.geometry.__class__(geometries, index=frame.index, crs=geometry.METRIC)
        )
    return frame


def _covered(frame: Any, said: str, remarks: list[str]) -> None:
    """Overlaps, gaps and area against the outline of the cantons."""
    import shapely

    geometries = frame.geometry.to_numpy()
    land = shapely.union_all(geometries)
    area = land.area / 1e6
    overlap = float(shapely.area(geometries).sum()) / 1e6 - area
    rings = [ring for part in shapely.get_parts(land) for ring in part.interiors]
    gaps = sum(float(shapely.Polygon(ring).area) for ring in rings) / 1e6 - geometry.HOLES_KM2
    if overlap > OVERLAP_KM2:
        raise DataError(f"{said} : des polygones se recouvrent ({words.number(overlap, 1)} km²).")
    if gaps > GAP_KM2:
        raise DataError(f"{said} : il y a des trous ({words.number(gaps, 1)} km²).")
    if abs(area - geometry.AREA_KM2) > AREA_KM2:
        raise DataError(
            f"{said} : {words.number(area, 1)} km², alors que le contour des cantons en compte "
            f"{words.number(geometry.AREA_KM2, 1)}."
        )
    remarks.append(
        f"{words.number(area, 1)} km² ({words.number(geometry.AREA_KM2, 1)} d’après les cantons) ; "
        f"recouvrements {words.number(max(overlap, 0) * 100, 1)} ha, trous "
        f"{words.number(max(gaps, 0) * 100, 1)} ha avant nettoyage."
    )


# --- Limits -------------------------------------------------------------------------------------


def _clean(shapes_: Any, gap: float) -> Any:
    import shapely

    clean: Any = vars(shapely)["coverage_clean"]  # newer than the published types of shapely
    return clean(shapes_, gap_width=gap)


def _coverage_clean(frame: Any) -> Any:
    import shapely

    cleaned = _clean(frame.geometry.to_numpy(), geometry.GAP_WIDTH_M)
    if not shapely.coverage_is_valid(cleaned):
        raise DataError("Limites : les bords ne coïncident pas, même après nettoyage.")
    return frame.assign(geometry=cleaned)


def _sections(frame: Any, kind: str, said: str, remarks: list[str]) -> Any:
    """Limits of the sections, in metres: joined sectors, or communes shared out among them."""
    if kind == "secteurs":
        return geometry.dissolve(frame, frame["section"])
    cells = _shared_out(geometry.dissolve(frame, frame["refnis"]))
    remarks.append(
        "Un fichier de communes : les limites des communes sont les siennes, celles des sections "
        "restent approchées à l’intérieur."
    )
    return geometry.dissolve(cells, cells["section"])


def _shared_out(communes: Any) -> Any:
    """Share each commune out among the points of its sectors."""
    import geopandas as gpd

    facts = tables.shipped()
    table = facts.secteurs.sort_index()
    points = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=geometry.WORLD)
    points = points.to_crs(geometry.METRIC).to_numpy()
    cells = np.empty(len(table), dtype=object)
    codes = table["refnis"].to_numpy()
    for code in communes.index:
        rows = np.flatnonzero(codes == code)
        cells[rows] = geometry.voronoi(points[rows], communes[code])
    cells = _clean(cells, geometry.GAP_WIDTH_M)
    cells = geometry.absorb_fragments(cells, points, codes)
    return gpd.GeoDataFrame(
        {"section": table["section"].to_numpy()}, geometry=cells, crs=geometry.METRIC
    )


def _served(metric: Any) -> Any:
    """Longitude and latitude, rounded; where rounding makes a border cross itself, cleaned."""
    import shapely

    degrees = geometry.in_degrees(metric)
    step = 10.0**-geometry.DECIMALS
    for _ in range(ROUNDS):
        found = degrees.to_numpy()
        if shapely.coverage_is_valid(found) and shapely.is_valid(found).all():
            return degrees
        found = shapely.transform(_clean(found, step), lambda xy: np.round(xy, geometry.DECIMALS))
        degrees = degrees.__class__(found, index=degrees.index, crs=geometry.WORLD)
    raise DataError("Limites : l’arrondi des coordonnées fait se croiser des bords.")


def _moved(degrees: Any) -> tuple[pd.Series, float]:
    """Share of each commune's land that is not in it before and after; land that moves, km²."""
    import shapely

    facts = tables.shipped()
    refnis = facts.sections["refnis"]
    before, after = (
        geometry.dissolve(found, refnis.reindex(found.index)).to_crs(geometry.METRIC)
        for found in (shapes.sections(), degrees)
    )
    same = shapely.area(
        shapely.intersection(
            shapely.make_valid(before.to_numpy()),
            shapely.make_valid(after.reindex(before.index).to_numpy()),
        )
    )
    old, new = before.area.to_numpy(), after.reindex(before.index).area.to_numpy()
    share = pd.Series(1 - same / np.maximum(old, new), index=before.index)
    return share, float(np.maximum(new - same, 0).sum()) / 1e6
