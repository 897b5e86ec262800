"""A facilitator draws a bassin: by clicks on the map or by the keyboard, then adopts it."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Visit, Visitor

pytestmark = pytest.mark.xdist_group("bassins")

MAP = ".st-key-panneau-bassins .js-plotly-plot:has(.maplibregl-map)"


def started(reader: Visitor, start: str = "La grille calculée", name: str = "Idée 1") -> Visit:
    """A proposal of OLS 05, ready to be drawn."""
    visit = reader.open("/bassins?territoire=05&partie=propositions")
    visit.page.get_by_text(start, exact=True).click()
    visit.settle()
    visit.page.get_by_label("Nom de la proposition").fill(name)
    visit.page.keyboard.press("Tab")
    visit.settle()
    visit.page.get_by_role("button", name="Commencer", exact=True).click()
    visit.page.locator(MAP).wait_for()
    visit.settle()
    return visit


def text(visit: Visit) -> str:
    return re.sub(r"\s+", " ", visit.page.locator("[data-testid=stMain]").inner_text())


def test_a_bassin_is_drawn_with_the_keyboard_alone(first_reader: Visitor) -> None:
    visit = started(first_reader)
    box = visit.page.get_by_label("Communes et sections choisies")
    box.focus()
    visit.page.keyboard.type("Malonne")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text("1 unité choisie").wait_for()
    visit.page.keyboard.press("Escape")
    visit.settle()
    visit.page.keyboard.press("Alt+s")
    visit.page.get_by_text("Dans aucun bassin").first.wait_for()
    visit.settle()
    visit.page.locator("h1").click()
    visit.page.keyboard.press("Control+z")
    visit.page.get_by_text("Dernier changement annulé").wait_for()
    visit.settle()
    assert "Toute l’OLS est dans un bassin" in text(visit)


@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_axe_finds_no_violation_while_drawing(first_reader: Visitor, theme: str) -> None:
    started(first_reader)
    for part in ("dessiner", "propositions", "comparer", "adopter", "fichiers"):
        visit = first_reader.open(f"/bassins?territoire=05&partie={part}", theme)
        found = [
            f"{part} {v['id']} : {node['target']} {node['html'][:160]} {node['failureSummary']}"
            for v in visit.violations()
            for node in v["nodes"]
        ]
        assert found == [], "\n".join(found)
        assert visit.outside() == []
