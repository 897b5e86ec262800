"""Boundaries: built from the points of the sectors and the exact outlines of the cantons.

The limits are *approchées*: each judicial canton is shared out among its statistical sectors by
nearest point (Voronoi cells), then sectors are joined into sections, communes, bassins and OLS.
Canton, province and regional outlines are exact; 95 % of the land falls in its true commune.

``olsdata.build`` writes what the maps read (``static/``) and what is computed from the boundaries
(``geodata/sections.csv``, ``geodata/contiguite.csv``, ``geodata/decoupages/bassins.*``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from olsdata import tables
from olsdata.tables import GEODATA, DataError

OUTLINES_DAY = "2026-11-01"
"""The canton outlines of that day: a fixed date, so that a rebuild gives the same limits."""

METRIC, WORLD = "EPSG:3812", "EPSG:4326"
"""Belgian Lambert 2008 (metres) for every measure; longitude and latitude in the files."""

GAP_WIDTH_M = 5.0
SIMPLIFY_M = 100.0
DECIMALS = 5
ARTEFACT_KM2 = 1.0
"""A detached part smaller than this comes from the approximation, not from the land."""

AREA_KM2, AREA_MARGIN_KM2 = 16_901.2, 0.1
HOLES, HOLES_KM2 = 5, 24.96
"""Wallonia surrounds five pieces of Germany, west of the Vennbahn."""

STRIPE_STEP_M, STRIPE_WIDTH_M = 1800.0, 350.0
STRIPE_LEAST_M2 = 2500.0
"""Shreds of stripes below 50 m × 50 m cannot be seen and weigh in the file."""

Geometries = npt.NDArray[np.object_]


# --- From points to sectors -------------------------------------------------------------------


def canton_outlines(communes: Iterable[str], day: str = OUTLINES_DAY) -> tuple[Any, dict[str, Any]]:
    """Exact outlines of the judicial cantons that hold some communes.

    Parameters
    ----------
    communes : REFNIS codes
    day : date of the outlines, YYYY-MM-DD

    Returns
    -------
    (GeoSeries, index canton id, EPSG:3812; dict commune -> list of its canton ids)

    Raises
    ------
    DataError
        If a commune has no canton, or a canton no outline, on that day.
    """
    import belgica

    held = {
        code: sorted(canton["id"] for canton in belgica.get_cantons_for_municipality(code, on=day))
        for code in sorted(set(communes))
    }
    alone = [code for code, cantons in held.items() if not cantons]
    if alone:
        raise DataError(f"Commune sans canton judiciaire au {day} : {', '.join(alone)}.")
    outlines = {}
    for canton in sorted({canton for cantons in held.values() for canton in cantons}):
        boundary: Any = belgica.get_canton_boundary(canton, on=day)
        if boundary is None:
            raise DataError(f"Canton sans contour au {day} : {canton}.")
        outlines[canton] = shapely.geometry.shape(boundary["geometry"])
    return gpd.GeoSeries(outlines, crs=WORLD).to_crs(METRIC), held


def assign_cantons(points: Any, refnis: pd.Series, outlines: Any, held: dict[str, Any]) -> Any:
    """Canton of each sector.

    A commune in one canton gives it to all its sectors. Six communes lie in several cantons:
    there the sector takes the one whose outline holds its point, or the nearest when the point
    lies on the wrong side of a line (5 decimals of a degree are about a metre).

    Parameters
    ----------
    points : GeoSeries of shape (n,), one point per sector, in the metres of ``outlines``
    refnis : shape (n,), commune of the sector
    outlines : GeoSeries, index canton id
    held : commune -> ids of its cantons

    Returns
    -------
    Series of shape (n,), index of ``refnis``, canton id
    """

    def nearest(code: str, point: Any) -> str:
        own = held[code]
        if len(own) == 1:
            return str(own[0])
        return str(min(own, key=lambda canton: (outlines[canton].distance(point), canton)))

    found = [nearest(code, point) for code, point in zip(refnis, points, strict=True)]
    return pd.Series(found, index=refnis.index)


def canton_rows(secteurs: pd.DataFrame, day: str = OUTLINES_DAY) -> pd.DataFrame:
    """The judicial cantons as a zoning, sector by sector: they cut six communes.

    Parameters
    ----------
    secteurs : secteur, refnis, lon, lat
    day : date of the outlines, YYYY-MM-DD

    Returns
    -------
    DataFrame, one row per sector, sorted: zone (« canton-… »), label, secteur.
    """
    import belgica

    outlines, held = canton_outlines(secteurs["refnis"], day)
    points = gpd.GeoSeries(gpd.points_from_xy(secteurs["lon"], secteurs["lat"]), crs=WORLD)
    canton = assign_cantons(points.to_crs(METRIC), secteurs["refnis"], outlines, held)
    names = {
        found["id"]: f"{found['name']['fr']} {found.get('number') or ''}".strip()
        for code in held
        for found in belgica.get_cantons_for_municipality(code, on=day)
    }
    rows = pd.DataFrame(
        {
            "zone": "canton-" + canton,
            "label": canton.map(names),
            "secteur": secteurs["secteur"].to_numpy(),
        }
    )
    return rows.sort_values(["zone", "secteur"], ignore_index=True)


def voronoi(points: Any, outline: Any) -> Geometries:
    """Share an outline out among points: the land nearest to each of them.

    Parameters
    ----------
    points : array of shape (n,) of points, all different
    outline : polygon that is shared out

    Returns
    -------
    array of shape (n,), (multi)polygons in the order of the points; their union is the outline

    Examples
    --------
    >>> halves = voronoi(shapely.points([[1, 1], [3, 1]]), shapely.box(0, 0, 4, 2))
    >>> [float(half.area) for half in halves]
    [4.0, 4.0]
    """
    if len(points) == 1:
        return np.array([outline], dtype=object)
    shapely.prepare(outline)
    cells = shapely.voronoi_polygons(
        shapely.multipoints(points), extend_to=shapely.envelope(outline), ordered=True
    )
    return np.asarray(shapely.intersection(shapely.get_parts(cells), outline), dtype=object)


def sector_limits(secteurs: pd.DataFrame, day: str = OUTLINES_DAY) -> Any:
    """Approximate limits of the statistical sectors: a coverage without overlap nor gap.

    Parameters
    ----------
    secteurs : columns secteur, section, refnis, lon, lat (degrees)
    day : date of the canton outlines

    Returns
    -------
    GeoDataFrame secteur, section, refnis, geometry (EPSG:3812), sorted by sector
    """
    frame = secteurs.sort_values("secteur", ignore_index=True)
    points = gpd.GeoSeries(gpd.points_from_xy(frame["lon"], frame["lat"]), crs=WORLD)
    points = points.to_crs(METRIC)
    outlines, held = canton_outlines(frame["refnis"], day)
    cantons = assign_cantons(points, frame["refnis"], outlines, held)
    cells = np.empty(len(frame), dtype=object)
    for canton, members in cantons.groupby(cantons).groups.items():
        rows = members.to_numpy()
        cells[rows] = voronoi(points.to_numpy()[rows], outlines[canton])
    # Without this no border matches across two cantons, and simplification opens 1,300 holes.
    clean: Any = vars(shapely)["coverage_clean"]  # newer than the published types of shapely
    cells = clean(cells, gap_width=GAP_WIDTH_M)
    cells = absorb_fragments(cells, points.to_numpy(), cantons.to_numpy())
    kept = frame[["secteur", "section", "refnis"]]
    return gpd.GeoDataFrame(kept, geometry=cells, crs=METRIC)


def absorb_fragments(
    cells: Geometries, points: Any, groups: Any, smallest_km2: float = ARTEFACT_KM2
) -> Geometries:
    """Give the small detached parts of a cell to the neighbour with the longest shared border.

    The bends of an outline cut pieces off a Voronoi cell, on the far side of another cell. Such a
    piece (without the point of its sector, under ``smallest_km2``) belongs to the land around it.

    Parameters
    ----------
    cells : shape (n,), valid coverage, metres
    points : shape (n,), the point of each cell
    groups : shape (n,), a part only moves to a cell of the same group (canton)
    smallest_km2 : parts at least this large stay

    Returns
    -------
    array of shape (n,), valid coverage of the same land
    """
    parts, owner = shapely.get_parts(cells, return_index=True)
    area = shapely.area(parts)
    holds = shapely.contains_xy(parts, shapely.get_x(points)[owner], shapely.get_y(points)[owner])
    # A cell whose point lies outside all its parts keeps the largest.
    order = np.lexsort((-area, ~holds, owner))
    main = np.zeros(len(parts), dtype=bool)
    main[order[np.r_[True, np.diff(owner[order]) > 0]]] = True
    loose = set(np.flatnonzero(~main & (area < smallest_km2 * 1e6)).tolist())
    tree = shapely.STRtree(parts)
    touched: set[int] = set()
    settled = True
    while loose and settled:
        settled = False
        for part in sorted(loose):
            near = [
                other
                for other in sorted(tree.query(parts[part], predicate="intersects").tolist())
                if other not in loose and groups[owner[other]] == groups[owner[part]]
            ]
            shared = shapely.length(shapely.intersection(parts[part], parts[near]))
            if not len(near) or shared.max() == 0:
                continue
            touched |= {int(owner[part]), int(owner[near[int(shared.argmax())]])}
            owner[part] = owner[near[int(shared.argmax())]]
            loose.discard(part)
            settled = True
    result = cells.copy()
    for cell in sorted(touched):
        result[cell] = shapely.coverage_union_all(parts[owner == cell])
    return result


# --- From sectors to zones --------------------------------------------------------------------


def dissolve(limits: Any, by: pd.Series) -> Any:
    """Join the polygons of a coverage that belong to the same zone.

    Parameters
    ----------
    limits : GeoDataFrame or GeoSeries of shape (n,), a valid coverage
    by : shape (n,), zone of each polygon, in the same order; missing = in no zone

    Returns
    -------
    GeoSeries, index zone id in order
    """
    zones = pd.Series(by.to_numpy())
    shapes = limits.geometry.to_numpy()
    joined = {
        str(zone): shapely.coverage_union_all(shapes[rows.to_numpy()])
        for zone, rows in sorted(zones.groupby(zones).groups.items())
    }
    return gpd.GeoSeries(joined, crs=limits.crs)


def zone_of_sections(sections: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Zone of each section: the row with its section, else the row of its whole commune.

    Parameters
    ----------
    sections : columns section, refnis
    rows : a zoning file: zone, label, refnis, section (empty = the rest of the commune)

    Returns
    -------
    Series, index section, zone id; missing where no row holds the section

    Examples
    --------
    >>> sections = pd.DataFrame({"section": ["92094A", "92094D"], "refnis": "92094"})
    >>> rows = pd.DataFrame({"zone": ["06", "05"], "refnis": "92094", "section": [None, "92094D"]})
    >>> zone_of_sections(sections, rows).to_dict()
    {'92094A': '06', '92094D': '05'}
    """
    part = rows["section"].notna() & rows["section"].ne("")
    by_section = dict(zip(rows["section"][part], rows["zone"][part], strict=True))
    by_commune = dict(zip(rows["refnis"][~part], rows["zone"][~part], strict=True))
    found = [
        by_section.get(section, by_commune.get(commune))
        for section, commune in zip(sections["section"], sections["refnis"], strict=True)
    ]
    return pd.Series(found, index=sections["section"].to_numpy(), name="zone", dtype="str")


def holes(limits: Any) -> list[float]:
    """Areas (km²) of the holes inside the land that a coverage fills, smallest first."""
    land = shapely.coverage_union_all(limits.geometry.to_numpy())
    rings = [ring for part in shapely.get_parts(land) for ring in part.interiors]
    return sorted(float(shapely.Polygon(ring).area) / 1e6 for ring in rings)


def check_limits(limits: Any) -> None:
    """Refuse sector limits that overlap, leave gaps, or do not fill Wallonia exactly.

    Parameters
    ----------
    limits : GeoDataFrame of the sectors, EPSG:3812

    Raises
    ------
    DataError
        Says what is wrong.
    """
    if not shapely.coverage_is_valid(limits.geometry.to_numpy()):
        raise DataError("Limites : des secteurs se chevauchent ou leurs bords ne coïncident pas.")
    area = float(limits.area.sum()) / 1e6
    if abs(area - AREA_KM2) > AREA_MARGIN_KM2:
        raise DataError(f"Limites : {area:.1f} km² au lieu de {AREA_KM2} km².")
    found = holes(limits)
    if len(found) != HOLES or abs(sum(found) - HOLES_KM2) > 0.01:
        raise DataError(
            f"Limites : {len(found)} trous ({sum(found):.2f} km²) au lieu des {HOLES} enclaves "
            f"allemandes ({HOLES_KM2} km²)."
        )


def simplified(limits: Any, tolerance: float = SIMPLIFY_M) -> Any:
    """Fewer vertices; borders shared by two zones stay shared.

    Parameters
    ----------
    limits : GeoSeries, a valid coverage in metres
    tolerance : metres; details smaller than a square of this side go

    Returns
    -------
    GeoSeries, same index
    """
    shapes = shapely.coverage_simplify(limits.to_numpy(), tolerance)
    return gpd.GeoSeries(shapes, index=limits.index, crs=limits.crs)


def in_degrees(shapes: Any) -> Any:
    """Longitude and latitude with five decimals (about a metre).

    Two zones that share a vertex still share it: both round the same numbers.
    """
    world = shapes.to_crs(WORLD)
    rounded = shapely.transform(world.to_numpy(), lambda xy: np.round(xy, DECIMALS))
    return gpd.GeoSeries(rounded, index=shapes.index, crs=WORLD)


# --- Which sections touch ---------------------------------------------------------------------


def adjacency(limits: Any, smallest_km2: float = ARTEFACT_KM2) -> pd.DataFrame:
    """Pairs of zones that share a border of some length.

    Parts under ``smallest_km2`` are artefacts of the approximate limits and do not count, except
    the largest part of each zone.

    Parameters
    ----------
    limits : GeoSeries, index zone id, a valid coverage in metres

    Returns
    -------
    DataFrame section_a, section_b with section_a < section_b, sorted
    """
    names = limits.index.to_numpy()
    parts, owner = shapely.get_parts(limits.to_numpy(), return_index=True)
    area = shapely.area(parts)
    largest = pd.Series(area).groupby(owner).transform("max").to_numpy()
    keep = (area >= smallest_km2 * 1e6) | (area == largest)
    parts, owner = parts[keep], owner[keep]
    lines, line_of = shapely.get_parts(shapely.boundary(parts), return_index=True)
    xy, at = shapely.get_coordinates(lines, return_index=True)
    inside = at[1:] == at[:-1]
    start, end = xy[:-1][inside], xy[1:][inside]
    swap = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[swap], end[swap] = end[swap], start[swap]
    # In a valid coverage a shared border is made of the very same segments on both sides.
    segments = pd.DataFrame(np.hstack([start, end]), columns=list("abcd"))
    segments["zone"] = owner[line_of[at[:-1][inside]]]
    segments = segments.sort_values([*"abcd", "zone"], ignore_index=True)
    same = segments[[*"abcd"]].eq(segments[[*"abcd"]].shift()).all(axis=1)
    first = segments["zone"].shift()[same].astype(int).to_numpy()
    second = segments["zone"][same].to_numpy()
    pairs = {
        tuple(sorted((str(names[a]), str(names[b]))))
        for a, b in zip(first, second, strict=True)
        if a != b
    }
    return pd.DataFrame(sorted(pairs), columns=["section_a", "section_b"])


def contiguity(folder: Path = GEODATA) -> pd.DataFrame:
    """The pairs of sections that touch: ``contiguite.csv``, or those of imported limits."""
    if folder == GEODATA:
        from olsdata.local import shapes

        if (found := shapes.contiguity()) is not None:
            return found
    return tables.read("contiguite.csv", folder)


def components(zone_sections: Iterable[str], pairs: pd.DataFrame | None = None) -> list[list[str]]:
    """Split the sections of a zone into groups that hold together.

    Parameters
    ----------
    zone_sections : section codes
    pairs : section_a, section_b that touch; the embedded graph when absent

    Returns
    -------
    list of sorted lists of sections, the longest first

    Examples
    --------
    >>> touch = pd.DataFrame({"section_a": ["A", "C"], "section_b": ["B", "D"]})
    >>> components(["A", "B", "C"], touch)
    [['A', 'B'], ['C']]
    """
    graph = contiguity() if pairs is None else pairs
    links: dict[str, set[str]] = {section: set() for section in zone_sections}
    for a, b in zip(graph["section_a"].tolist(), graph["section_b"].tolist(), strict=True):
        if a in links and b in links:
            links[a].add(b)
            links[b].add(a)
    groups, seen = [], set[str]()
    for section in sorted(links):
        if section in seen:
            continue
        group, ahead = {section}, [section]
        while ahead:
            new = links[ahead.pop()] - group
            group |= new
            ahead.extend(new)
        seen |= group
        groups.append(sorted(group))
    return sorted(groups, key=lambda group: (-len(group), group))


# --- Points, stripes, files -------------------------------------------------------------------


def poles(shapes: Any, tolerance: float = 20.0) -> pd.DataFrame:
    """Where to write the name of each zone: the point of its largest part farthest from a border.

    Parameters
    ----------
    shapes : GeoSeries in metres
    tolerance : metres

    Returns
    -------
    DataFrame, index of ``shapes``: x, y (metres), rayon_m (distance to the nearest border)
    """
    parts, owner = shapely.get_parts(shapes.to_numpy(), return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    largest = parts[order[np.r_[True, np.diff(owner[order]) > 0]]]
    radii = shapely.maximum_inscribed_circle(largest, tolerance=tolerance)
    centre = shapely.get_point(radii, 0)
    return pd.DataFrame(
        {"x": shapely.get_x(centre), "y": shapely.get_y(centre), "rayon_m": shapely.length(radii)},
        index=shapes.index,
    )


def stripe_step(radius: float) -> float:
    """Step of the stripes (metres): 1.8 km, halved until a small zone shows two of them.

    >>> [stripe_step(radius) for radius in (9000, 1500, 700, 100)]
    [1800.0, 900.0, 450.0, 225.0]
    """
    step = STRIPE_STEP_M
    while step > STRIPE_STEP_M / 8 and 2 * radius < 2.5 * step:
        step /= 2
    return step


def stripes(shapes: Any, radii: pd.Series) -> Any:
    """The oblique stripes of each zone: Plotly's choropleth has no pattern of its own.

    Parameters
    ----------
    shapes : GeoSeries in metres
    radii : radius of the inscribed circle of each zone, metres; small zones get finer stripes

    Returns
    -------
    GeoSeries, same index, the part of each zone that lies under a stripe
    """
    result = []
    for shape, radius in zip(shapes, radii, strict=True):
        step = stripe_step(float(radius))
        width = step * STRIPE_WIDTH_M / STRIPE_STEP_M * np.sqrt(2)
        gap = step * np.sqrt(2)
        west, south, east, north = shape.bounds
        # Lines x + y = k · gap, the same grid for every zone, so that neighbours go on.
        ks = np.arange(np.floor((west + south) / gap), np.ceil((east + north) / gap) + 1)
        bands = [
            shapely.Polygon(
                [
                    (k * gap - south, south),
                    (k * gap + width - south, south),
                    (k * gap + width - north, north),
                    (k * gap - north, north),
                ]
            )
            for k in ks
        ]
        cut = shapely.get_parts(shapely.intersection(np.array(bands, dtype=object), shape))
        surfaces = [
            part for part in cut if part.geom_type == "Polygon" and part.area >= STRIPE_LEAST_M2
        ]
        result.append(shapely.multipolygons(surfaces))
    return gpd.GeoSeries(result, index=shapes.index, crs=shapes.crs)


def rounded_parts(shapes: Any) -> Any:
    """Longitude and latitude with five decimals, each part made valid alone (nothing is shared)."""
    world = shapes.to_crs(WORLD)
    parts, owner = shapely.get_parts(world.to_numpy(), return_index=True)
    valid = shapely.set_precision(shapely.make_valid(parts), 10.0**-DECIMALS)
    pieces, piece_of = shapely.get_parts(valid, return_index=True)
    flat = shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON
    owner = owner[piece_of]
    result = [shapely.multipolygons(pieces[flat & (owner == zone)]) for zone in range(len(shapes))]
    return gpd.GeoSeries(result, index=shapes.index, crs=WORLD)


def _rings(polygon: Any) -> list[list[list[float]]]:
    rings = shapely.get_rings(polygon)
    return [np.round(shapely.get_coordinates(ring), DECIMALS).tolist() for ring in rings]


def geojson(shapes: Any, names: dict[str, str]) -> bytes:
    """GeoJSON of zones: properties ``id`` and ``nom``, the same bytes for the same zones.

    Parameters
    ----------
    shapes : GeoSeries in degrees, index zone id
    names : zone id -> name

    Returns
    -------
    UTF-8 text, features sorted by id
    """
    features = []
    for zone, shape in sorted(shapes.items()):
        canonical = shapely.orient_polygons(shapely.normalize(shape))
        polygons = [_rings(part) for part in shapely.get_parts(canonical)]
        kind = "Polygon" if len(polygons) == 1 else "MultiPolygon"
        coordinates: Any = polygons[0] if len(polygons) == 1 else polygons
        features.append(
            {
                "type": "Feature",
                "properties": {"id": zone, "nom": names[zone]},
                "geometry": {"type": kind, "coordinates": coordinates},
            }
        )
    return as_json({"type": "FeatureCollection", "features": features})


def as_json(value: Any) -> bytes:
    """Compact JSON, the same bytes for the same value."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return (text + "\n").encode("utf-8")


def write_hashed(folder: Path, name: str, content: bytes) -> str:
    """Write ``<name>-<hash8>.geojson`` and remove older versions; give the file's name."""
    target = f"{name}-{hashlib.sha256(content).hexdigest()[:8]}.geojson"
    version = re.compile(re.escape(name) + r"-[0-9a-f]{8}\.geojson")
    for old in folder.glob(f"{name}-*.geojson"):
        if version.fullmatch(old.name) and old.name != target:
            old.unlink()
    (folder / target).write_bytes(content)
    return target


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a fact table: UTF-8, comma, LF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(frame.to_csv(index=False, lineterminator="\n"), "utf-8", newline="")


def write_level(
    folder: Path, level: str, metric: Any, degrees: Any, names: dict[str, str], hatched: bool
) -> dict[str, Any]:
    """Write the files of one level; give its entry of ``contours.json``.

    Parameters
    ----------
    metric, degrees : GeoSeries, the same zones in metres and in rounded degrees
    hatched : also write the twin file of stripes
    """
    centres = poles(metric)
    points = gpd.GeoSeries(gpd.points_from_xy(centres["x"], centres["y"]), crs=METRIC)
    points = points.to_crs(WORLD)
    bounds = degrees.bounds
    zones = {
        zone: {
            "nom": names[zone],
            "point": [round(point.x, DECIMALS), round(point.y, DECIMALS)],
            "rayon_km": round(radius / 1000, 2),
            "bbox": [round(edge, DECIMALS) for edge in box],
        }
        for zone, point, radius, box in zip(
            degrees.index, points, centres["rayon_m"], bounds.to_numpy().tolist(), strict=True
        )
    }
    name = write_hashed(folder, level, geojson(degrees, names))
    twin = None
    if hatched:
        bands = rounded_parts(stripes(metric, centres["rayon_m"]))
        twin = write_hashed(folder, f"{level}-hachures", geojson(bands, names))
    whole = [round(float(edge), DECIMALS) for edge in degrees.total_bounds]
    return {"fichier": name, "hachures": twin, "bbox": whole, "zones": zones}
