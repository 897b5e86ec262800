"""A geographic file made by anyone: what it holds, and why it is refused.

GeoPackage, GeoJSON, or a zip that holds one of them or a Shapefile. Nothing is trusted: neither
the sizes that a zip declares, nor the projection that a file claims.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from olsdata import geometry, words
from olsdata.tables import DataError

MOST_BYTES = 200_000_000
MOST_UNZIPPED, MOST_ENTRIES = 800_000_000, 500
MOST_SHAPES = 60_000
"""Belgium has some 20,000 statistical sectors."""

CRS = {3812: "Lambert belge 2008", 31370: "Lambert belge 1972", 4326: "longitude et latitude"}
WALLONIA = (2.7, 49.4, 6.5, 50.9)
"""Box around Wallonia, degrees; a file of the whole of Belgium goes beyond it to the north."""

SECTOR = ("cd_sector", r"cs01\d{6}", "c_secteur", "secteur", "sector", "cs012011")
COMMUNE = (
    r"cd_munty_r(efnis)?",  # a Shapefile cuts names after ten letters
    r"cnis5?_?\d{4}",
    "nis",
    "nis5",
    "niscode",
    "refnis",
    "ins",
    "cd_refnis",
)
DAY = (r"dt_situati(on)?", "date", "dt_strt_day")
SHAPEFILE = {".shp": "la géométrie", ".dbf": "les codes", ".prj": "la projection"}
READABLE = (".gpkg", ".geojson", ".json", ".shp")


@dataclass(frozen=True, eq=False)
class File:
    """What a file holds.

    Attributes
    ----------
    kind : "secteurs" or "communes"
    shapes : GeoDataFrame code, commune (REFNIS as written, "" when absent), geometry (EPSG:3812)
    crs : EPSG code of the file
    day : date that the file gives of itself, "" when it gives none
    """

    kind: str
    shapes: Any
    crs: int
    day: str


def read(path: Path, name: str = "") -> File:
    """Read a file of sectors or communes.

    Parameters
    ----------
    path : where it lies
    name : what its user calls it

    Raises
    ------
    DataError
        If it is too large, not one of the formats, or its projection or keys are not those
        expected; names what is wrong.
    """
    said = name or path.name
    try:
        size = path.stat().st_size
    except OSError:
        raise DataError(f"Fichier introuvable ou illisible : « {path} ».") from None
    if not path.is_file():
        raise DataError(f"« {path} » n’est pas un fichier.")
    if size > MOST_BYTES:
        raise DataError(
            f"{said} fait {size / 1e6:.0f} Mo ; {MOST_BYTES / 1e6:.0f} Mo au plus. Rien n’a été lu."
        )
    if not size:
        raise DataError(f"{said} : le fichier est vide.")
    with path.open("rb") as stream:
        start = stream.read(16)
    if start[:4] == b"PK\x03\x04":
        with _unzipped(path, said) as inside:
            return _read(inside, said)
    if not (
        start.startswith(b"SQLite format 3") or start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{"
    ):
        raise DataError(
            f"{said} n’est ni un GeoPackage, ni un GeoJSON, ni un Shapefile dans un zip."
        )
    return _read(path, said)


@contextmanager
def _unzipped(path: Path, said: str) -> Iterator[Path]:
    """The one geographic file of a zip, taken out; what comes out is counted, not believed."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError):
        raise DataError(f"{said} : zip illisible ou tronqué.") from None
    with archive, tempfile.TemporaryDirectory() as folder:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_ENTRIES:
            raise DataError(f"{said} : plus de {MOST_ENTRIES} fichiers dans le zip.")
        wanted = [e for e in entries if Path(e.filename).suffix.lower() in READABLE]
        if not wanted:
            raise DataError(f"{said} : aucun Shapefile, GeoPackage ni GeoJSON dans le zip.")
        wanted.sort(key=lambda e: ("sector" not in e.filename.lower(), e.filename))
        chosen = wanted[0]
        stem = chosen.filename[: -len(Path(chosen.filename).suffix)]
        group = [e for e in entries if e.filename.startswith(f"{stem}.")]
        ends = {e.filename[len(stem) :].lower() for e in group}
        if Path(chosen.filename).suffix.lower() == ".shp":
            for end, what in SHAPEFILE.items():
                if end not in ends:
                    raise DataError(
                        f"{said} : le fichier {end} manque dans le zip ; sans lui, rien ne dit "
                        f"{what}."
                    )
        total = 0
        target = Path(folder) / f"fichier{Path(chosen.filename).suffix.lower()}"
        for entry in group:
            out = target.with_suffix(entry.filename[len(stem) :].lower())
            total = _take(archive, entry, out, total, said)
        yield target


def _take(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, out: Path, total: int, said: str
) -> int:
    """Take one entry out; stop as soon as too much has come out of the zip."""
    try:
        with archive.open(entry) as source, out.open("wb") as stream:
            while block := source.read(1 << 20):
                total += len(block)
                if total > MOST_UNZIPPED:
                    raise DataError(
                        f"{said} : le zip contient plus de {MOST_UNZIPPED / 1e6:.0f} Mo. "
                        "Rien n’a été lu."
                    )
                stream.write(block)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        raise DataError(f"{said} : zip illisible, tronqué ou chiffré.") from None
    return total


def _read(path: Path, said: str) -> File:
    """Codes and polygons of a file, in metres."""
    import geopandas as gpd
    import pyogrio
    import shapely

    try:
        layers = [str(layer) for layer, kind in pyogrio.list_layers(path) if kind is not None]
        found = [(layer, pyogrio.read_info(path, layer=layer)) for layer in layers]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError):
        raise DataError(f"{said} : fichier abîmé, ou d’un autre format.") from None
    known = [(layer, info, keys) for layer, info in found if (keys := _keys(info["fields"]))]
    if not known:
        fields = [str(name) for _, info in found for name in info["fields"]]
        raise DataError(
            f"{said} : aucune colonne de codes connue (cd_sector, cd_munty_refnis, nis…). "
            f"Colonnes lues : {words.listing(fields, most=8) or 'aucune'}."
        )
    layer, info, keys = max(known, key=lambda item: ("sector" in item[2], item[1]["features"]))
    if info["features"] > MOST_SHAPES:
        raise DataError(f"{said} : {words.number(info['features'])} polygones, c’est trop.")
    crs = _crs(info["crs"], said)
    try:
        frame = pyogrio.read_dataframe(
            path, layer=layer, columns=list(keys.values()), force_2d=True
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError, ValueError):
        raise DataError(f"{said} : fichier abîmé, ou d’un autre format.") from None
    frame = gpd.GeoDataFrame(frame)
    shapes = frame.geometry.to_numpy()
    kinds = set(shapely.get_type_id(shapes).tolist()) - {3, 6}
    if len(frame) == 0 or kinds:
        raise DataError(f"{said} : des polygones sont attendus, sans polygone vide.")
    code = frame[keys.get("sector") or keys["commune"]].astype(str)
    code = code.str.replace(r"\.0$", "", regex=True).str.strip().str.upper()
    commune = frame[keys["commune"]].astype(str) if "commune" in keys else ""
    kind = "secteurs" if "sector" in keys else "communes"
    day = str(frame[keys["day"]].dropna().iloc[0])[:10] if _dated(frame, keys) else ""
    metric = gpd.GeoDataFrame(
        {"code": code, "commune": commune},
        geometry=gpd.GeoSeries(shapes, crs=crs).to_crs(geometry.METRIC),
    )
    metric["commune"] = metric["commune"].str.replace(r"\.0$", "", regex=True).str.strip()
    _in_wallonia(metric, crs, said)
    return File(kind, metric, crs, day)


def _dated(frame: Any, keys: dict[str, str]) -> bool:
    return "day" in keys and bool(frame[keys["day"]].notna().any())


def _keys(fields: Any) -> dict[str, str]:
    """Columns of a layer that hold the codes: sector, commune, day of the situation."""
    found = {}
    for role, patterns in (("sector", SECTOR), ("commune", COMMUNE), ("day", DAY)):
        for pattern in patterns:
            same = [str(name) for name in fields if re.fullmatch(pattern, str(name), re.IGNORECASE)]
            if same:
                found[role] = same[0]
                break
    return found if {"sector", "commune"} & found.keys() else {}


def _crs(written: str | None, said: str) -> int:
    """EPSG code of a file, one of ``CRS``."""
    import pyproj

    if not written:
        raise DataError(f"{said} ne dit pas sa projection.")
    try:
        crs = pyproj.CRS.from_user_input(written)
    except pyproj.exceptions.CRSError:
        raise DataError(f"{said} : projection illisible.") from None
    for code in CRS:
        if crs.to_epsg(min_confidence=60) == code or crs.equals(
            pyproj.CRS.from_epsg(code), ignore_axis_order=True
        ):
            return code
    known = words.listing([f"EPSG:{code} ({name})" for code, name in CRS.items()])
    raise DataError(f"{said} : projection « {crs.name[:60]} ». Projections acceptées : {known}.")


def _in_wallonia(shapes: Any, crs: int, said: str) -> None:
    """Refuse coordinates that are not those of the projection that the file claims."""
    import geopandas as gpd
    import shapely

    frame = gpd.GeoSeries([shapely.box(*WALLONIA)], crs=geometry.WORLD).to_crs(geometry.METRIC)
    middle = shapely.centroid(shapely.multipoints(shapely.centroid(shapes.geometry.to_numpy())))
    # Belgium's own middle lies in the north of this box, or just above it.
    if not frame.iloc[0].buffer(60_000).contains(middle):
        raise DataError(
            f"{said} se dit en EPSG:{crs} ({CRS[crs]}), mais ses coordonnées ne sont pas en "
            "Wallonie : la projection est fausse."
        )
