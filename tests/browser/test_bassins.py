"""A facilitator draws a bassin: by clicks on the map or by the keyboard, then adopts it."""

from __future__ import annotations

import re

import pytest

from olsdata import contours
from tests.browser.conftest import Visit, Visitor
from tests.browser.test_maps import TOLD, WHERE

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


def click(visit: Visit, level: str, unit: str, name: str, then: str, *keys: str) -> None:
    """Click a unit once the pointer reads its name, and wait until the page says ``then``."""
    x, y = visit.page.evaluate(WHERE, [MAP, list(contours.point(level, unit))])
    visit.page.mouse.move(x - 3, y - 3)
    visit.page.mouse.move(x, y, steps=4)
    visit.page.wait_for_function(f"name => ({TOLD})().includes(name)", arg=name)
    for key in keys:
        visit.page.keyboard.down(key)
    visit.page.mouse.down()
    visit.page.mouse.up()
    for key in keys:
        visit.page.keyboard.up(key)
    visit.page.get_by_text(then).first.wait_for()
    visit.settle()


def chosen(reader: Visitor, name: str = "Idée 1") -> Visit:
    """A proposal, with two units chosen on the map."""
    visit = started(reader, name=name)
    click(visit, "section", "92094D", "Malonne", "1 unité choisie")
    click(visit, "commune", "92045", "Floreffe", "2 unités choisies", "Shift")
    return visit


def name_a_new_bassin(visit: Visit, name: str) -> None:
    """Say that what is chosen makes a new bassin; nothing is changed yet."""
    visit.page.get_by_label("Ajouter à").click()
    visit.page.get_by_role("option", name="Un nouveau bassin").click()
    visit.settle()
    visit.page.get_by_label("Nom du nouveau bassin").fill(name)
    visit.page.keyboard.press("Tab")
    visit.settle()


def text(visit: Visit) -> str:
    return re.sub(r"\s+", " ", visit.page.locator("[data-testid=stMain]").inner_text())


VIEW = """(box) => {
  const map = document.querySelector(box)?._fullLayout?.map?._subplot?.map;
  if (!map) return [];
  const {lng, lat} = map.getCenter();
  return [lng, lat, map.getZoom()].map((v) => Math.round(100 * v) / 100);
}"""
"""Centre and zoom of a map, rounded."""


def test_a_bassin_drawn_by_clicks_and_adopted_is_on_the_population_page(
    first_reader: Visitor,
) -> None:
    visit = chosen(first_reader)
    assert "Floreffe" in text(visit)
    name_a_new_bassin(visit, "Basse-Sambre")
    visit.page.get_by_role("button", name=re.compile("^Ajouter")).first.click()
    visit.page.get_by_text("nouveau bassin.").first.wait_for()
    visit.settle()
    row = visit.page.get_by_role("row", name=re.compile("Basse-Sambre"))
    assert row.count() == 1

    visit.page.get_by_text("Adopter", exact=True).click()
    visit.settle()
    visit.page.get_by_label("Qui a décidé, où le lire").fill("Assemblée de l’OLS")
    visit.page.get_by_label("Date de la décision").fill("5/11/2025")
    visit.page.keyboard.press("Tab")
    visit.settle()
    visit.page.get_by_text("Tout le tableau de bord lira ces bassins").click()
    visit.settle()
    visit.page.get_by_role("button", name="Adopter ces bassins").click()
    visit.page.get_by_text("tout le tableau de bord les suit").wait_for()

    visit = first_reader.open("/population?territoire=05&niveau=bassin")
    assert "Basse-Sambre" in text(visit)
    names = visit.page.evaluate(
        """async () => {
          const maps = [...document.querySelectorAll(".js-plotly-plot")];
          const trace = maps.flatMap((m) => m._fullData)
            .find((t) => t.type === "choroplethmap" && t.geojson.includes("bassins"));
          const found = await (await fetch(trace.geojson)).json();
          return found.features.map((f) => f.properties.nom);
        }"""
    )
    assert "Basse-Sambre" in names
    assert visit.errors == []


def test_the_zoom_of_the_reader_outlives_a_redraw(reader: Visitor) -> None:
    visit = started(reader, name="Zoom")
    before = visit.page.evaluate(VIEW, MAP)
    x, y = visit.page.evaluate(WHERE, [MAP, list(contours.point("section", "92094D"))])
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x - 120, y + 60, steps=6)
    visit.page.mouse.up()
    visit.page.locator(f"{MAP} [data-title=Agrandir]").click()
    visit.settle()
    seen = visit.page.evaluate(VIEW, MAP)
    assert seen != before
    click(visit, "section", "92094D", "Malonne", "1 unité choisie")
    visit.page.get_by_role("button", name="Retirer Raccourci : Alt + S").click()
    visit.page.get_by_text("Dans aucun bassin").first.wait_for()
    visit.page.wait_for_function(
        f"([box, seen]) => String(({VIEW})(box)) === String(seen)", arg=[MAP, seen]
    )


def test_a_bassin_is_drawn_with_the_keyboard_alone(reader: Visitor) -> None:
    visit = started(reader, name="Clavier")
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


PARTS = ("dessiner", "propositions", "comparer", "adopter", "fichiers")


def test_axe_finds_no_violation_while_drawing(reader: Visitor) -> None:
    started(reader, name="Axe")
    for part in PARTS:
        reader.close()
        visit = reader.open(f"/bassins?territoire=05&partie={part}")
        found = visit.faults()
        assert found == [], "\n".join([part, *found])
        assert visit.outside() == []
