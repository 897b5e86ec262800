"""What the maps draw: the served geometry files, and the outlines that labels must respect."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from olsdata.local import remembered
from olsdata.local.shapes import contours, file, limits

Box = tuple[float, float, float, float]
SERVED = "./app/static/"
FILES = {"ols": "ols", "bassin": "bassins", "commune": "communes", "section": "sections"}


def label() -> str:
    """What is said of the limits in force: approximate, or the file that they come from."""
    found = limits()
    return f"Limites du fichier {found.label}" if found else "Limites approchées"


def url(level: str, stripes: bool = False) -> str:
    """Address of a level's geometry, or of its twin made of stripes."""
    name = str(contours()[FILES[level]]["hachures" if stripes else "fichier"])
    file(name)
    return SERVED + name


def mercator(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Longitude and latitude → Web Mercator on the unit square, y downwards; shape (n, 2)."""
    x = (lonlat[:, 0] + 180) / 360
    y = (1 - np.arcsinh(np.tan(np.radians(lonlat[:, 1]))) / np.pi) / 2
    return np.column_stack([x, y])


def unproject(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Inverse of ``mercator``.

    >>> unproject(mercator(np.array([[4.87, 50.47]]))).round(6).tolist()
    [[4.87, 50.47]]
    """
    lon = xy[:, 0] * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * xy[:, 1]))))
    return np.column_stack([lon, lat])


@remembered(maxsize=4)
def outlines(level: str, stripes: bool = False) -> dict[str, Any]:
    """Geometry of each zone of a level, or of its hatching, as GeoJSON (longitude, latitude)."""
    name = str(contours()[FILES[level]]["hachures" if stripes else "fichier"])
    raw = json.loads(file(name).read_text("utf-8"))
    return {feature["properties"]["id"]: feature["geometry"] for feature in raw["features"]}


@remembered(maxsize=8)
def shapes(level: str, stripes: bool = False) -> dict[str, Any]:
    """Outline of each zone of a level, or its hatching, in Web Mercator units."""
    return {
        id_: shapely.transform(shapely.geometry.shape(outline), mercator)
        for id_, outline in outlines(level, stripes).items()
    }


def point(level: str, zone_id: str) -> tuple[float, float]:
    """Pole of inaccessibility of a zone, longitude and latitude: where its label goes."""
    lon, lat = contours()[FILES[level]]["zones"][zone_id]["point"]
    return float(lon), float(lat)


def bounds(level: str, ids: list[str]) -> Box:
    """Box around some zones: west, south, east, north."""
    boxes = np.array([contours()[FILES[level]]["zones"][i]["bbox"] for i in ids])
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


@dataclass(frozen=True)
class Frame:
    """The part of the map that is shown, and how it becomes pixels.

    Attributes
    ----------
    width, height : pixels of the picture
    zoom : MapLibre zoom (512-pixel tiles)
    centre : longitude, latitude
    """

    width: int
    height: int
    zoom: float
    centre: tuple[float, float]

    @property
    def scale(self) -> float:
        """Pixels per Web Mercator unit."""
        return float(512 * 2**self.zoom)

    def pixels(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Web Mercator units → pixels from the top left corner."""
        middle = mercator(np.array([self.centre]))[0]
        return np.asarray((xy - middle) * self.scale + [self.width / 2, self.height / 2])

    def lonlat(self, pixels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Pixels → longitude and latitude."""
        middle = mercator(np.array([self.centre]))[0]
        offset = pixels - np.array([self.width / 2, self.height / 2])
        return unproject(offset / self.scale + middle)


def fit(box: Box, width: int, height: int, room: tuple[float, float]) -> Frame:
    """The frame that shows a box, leaving some room around it for labels.

    Parameters
    ----------
    box : west, south, east, north
    width, height : pixels
    room : share of the width and of the height that the box may fill, in (0, 1]
    """
    corners = mercator(np.array([[box[0], box[3]], [box[2], box[1]]]))
    span = corners[1] - corners[0]
    zoom = np.log2(min(width * room[0] / span[0], height * room[1] / span[1]) / 512)
    lon, lat = unproject(corners.mean(axis=0, keepdims=True))[0]
    return Frame(width, height, float(zoom), (float(lon), float(lat)))
