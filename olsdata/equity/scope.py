"""Which units are shown for a territory, in which order, under which name."""

from __future__ import annotations

from dataclasses import dataclass

from olsdata import contours, territory
from olsdata.equity.units import units
from olsdata.local import remembered
from olsdata.territory import WALLONIE, Zone


@dataclass(frozen=True)
class Scope:
    """The units whose lines are shown.

    Attributes
    ----------
    level : "commune", "bassin" (a city is one line) or "ols"
    ids : in geographical order (official order for the OLS)
    fallback : whether the OLS stand in for units too many to be read
    """

    level: str
    ids: tuple[str, ...]
    fallback: bool = False


@remembered(maxsize=64)
def scope(zone: Zone, level: str) -> Scope:
    """Units of a territory at a level, from north to south; the ten OLS for Wallonia."""
    whole = zone.id == WALLONIE
    if level == "ols" or whole:
        return Scope("ols", tuple(units("ols").zones.index), level != "ols")
    zoning = units(level)
    ids = [i for i in zoning.inside(zone) if i not in territory.outside().index]
    return Scope(level, tuple(sorted(ids, key=lambda i: -_latitude(level, i))))


def _latitude(level: str, unit: str) -> float:
    """Of the middle of a unit; a city that stands for its bassins has its commune's."""
    if level == "bassin" and unit not in territory.zoning("bassins").zones.index:
        return contours.point("commune", unit.split("-", 1)[1])[1]
    return contours.point(level, unit)[1]


def named(level: str, unit: str) -> str:
    """Name of a unit; an OLS has its number before it."""
    label = units(level).zone(unit).label
    return f"{unit} {label}" if level == "ols" else label
