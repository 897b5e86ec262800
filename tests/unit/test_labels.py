"""Names on the maps: none over another, near their zone, and never worse than one at a time."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
import shapely

from olsdata import cartography, catalogue, contours, figures, labels, territory
from olsdata.labels import Label, Wish

CARD = "pct_65p_2021"
TYPE_PX, SLACK, OUTSIDE = 14.0, 4.0, 8
OLS = [f"{number:02}" for number in range(1, 11)]
Asked = tuple[list[Wish], tuple[float, float], object]


def asked(ols: str, level: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Label], Asked]:
    """The names of a territory's map as they are placed, and what was asked for."""
    given: list[Asked] = []
    place = labels.place

    def spied(wishes, picture, land, *rest):  # type: ignore[no-untyped-def]
        given.append((wishes, picture, land))
        return place(wishes, picture, land, *rest)

    monkeypatch.setattr(labels, "place", spied)
    zone = territory.zoning("ols").zone(ols)
    table = figures.twin(CARD, zone, level)
    frame = contours.fit(contours.bounds("ols", [ols]), 396, 440, (0.8, 0.9))
    texts = cartography.names(table, catalogue.card(CARD).decimals, level, False)
    shown = tuple((level, str(i)) for i in table.index)
    cartography._places.cache_clear()
    found = cartography.place_names(level, frame, texts, shown, OUTSIDE, SLACK, TYPE_PX)
    return found, given[0]


@pytest.mark.parametrize("level", ["commune", "bassin"])
@pytest.mark.parametrize("ols", OLS)
def test_names_touch_no_other_and_stand_near_their_zone(ols, level, monkeypatch):
    found, (_, picture, land) = asked(ols, level, monkeypatch)
    assert found
    whole = shapely.box(0, 0, *picture)
    lines = {id_: shapely.LineString(n.leader) for n in found if (id_ := n.id) and n.leader}
    for one, other in combinations(found, 2):
        assert not one.box.intersects(other.box), (one.text, other.text)
        if one.id in lines and other.id in lines:
            assert not lines[one.id].intersects(lines[other.id]), (one.text, other.text)
    for name in found:
        assert whole.contains(name.box), name.text
        if name.leader:
            assert name.reach <= cartography.FARTHEST * picture[0], name.text
            assert not name.box.intersects(land), name.text


def one_at_a_time(wishes: list[Wish], picture: tuple[float, float], land: object) -> list[Label]:
    """Each name takes the nearest place that the more important ones left."""
    around = shapely.simplify(land.buffer(4), 1.5)  # type: ignore[attr-defined]
    found: list[Label] = []
    left = []
    for wish in wishes:
        name = labels._inside(wish, found, TYPE_PX, SLACK)
        found.append(name) if name else left.append(wish)
    for wish in left[:OUTSIDE]:
        if name := labels._outside(wish, found, picture, around, TYPE_PX):
            found.append(name)
    return found


@pytest.mark.parametrize("ols", OLS)
def test_choosing_again_leaves_fewer_names_out_or_shortens_their_lines(ols, monkeypatch):
    _, (wishes, picture, land) = asked(ols, "commune", monkeypatch)
    plain = one_at_a_time(wishes, picture, land)
    found = labels.place(wishes, picture, land, TYPE_PX, OUTSIDE, SLACK)
    assert len(found) >= len(plain)
    if len(found) == len(plain):
        assert math.fsum(n.reach**2 for n in found) <= math.fsum(n.reach**2 for n in plain) + 1e-6


def test_a_name_that_needs_too_long_a_line_is_left_out():
    middle = Wish(
        "m", ("Un nom bien trop long",), ("Un nom",), shapely.box(90, 90, 110, 110), (100, 100)
    )
    land = shapely.box(20, 20, 180, 180)
    (far,) = labels.place([middle], (400, 200), land, TYPE_PX, 1)
    assert far.reach > 60
    assert labels.place([middle], (400, 200), land, TYPE_PX, 1, farthest=60) == []
