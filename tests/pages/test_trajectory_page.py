"""« Trajectoire » through AppTest: each part and each grid is a link, with its items."""

from __future__ import annotations

import pytest

from olsdata.trajectory import grids
from tests.pages.test_pages import alerts, start

PARTS = [("table", "F14 F15"), ("table", "F13"), ("equipe", "F32"), ("budget", "F27")]
PARTS += [(f"grilles&{grid.id}", " ".join(grid.covers)) for grid in grids().values()]


@pytest.mark.parametrize(("part", "items"), PARTS)
def test_each_part_and_each_grid_is_a_link(part: str, items: str) -> None:
    name, _, grid = part.partition("&")
    query = {"territoire": "05", "partie": name} | ({"grille": grid} if grid else {})
    app = start(**query)
    app.run()
    app.switch_page("pages/trajectoire.py").run()
    assert alerts(app) == []
    shown = [str(block.proto.body) for block in app.get("html")]
    assert any(f'data-repere="{items}"' in body for body in shown)
