"""The maps under a pointer: a click opens a territory, hovering tells the value and its source."""

from __future__ import annotations

import re

import pytest

from olsdata import contours, figures, territory, words
from tests.browser.conftest import Visit, Visitor

MAP = ".js-plotly-plot:has(.maplibregl-map)"
WHERE = """([box, lonlat]) => {
  const plot = document.querySelector(box);
  plot.scrollIntoView({block: "center"});
  const {x, y} = plot._fullLayout.map._subplot.map.project(lonlat);
  const corner = plot.getBoundingClientRect();
  return [corner.x + x, corner.y + y];
}"""
"""Where a place of the map stands in the window, pixels."""

TOLD = """() => [...document.querySelectorAll(".hoverlayer .hovertext")]
  .map((box) => [...box.querySelectorAll("text")].map((t) => t.textContent).join(" ")).join()"""
"""What the pointer's box says."""


def point_at(visit: Visit, level: str, zone_id: str) -> None:
    """Put the pointer on a zone, away from its limits, and wait for the box."""
    visit.page.locator(MAP).wait_for()
    visit.settle()
    x, y = visit.page.evaluate(WHERE, [MAP, list(contours.point(level, zone_id))])
    visit.page.mouse.move(x - 4, y - 4)
    visit.page.mouse.move(x, y, steps=4)
    visit.page.locator(".hoverlayer .hovertext").first.wait_for()


def click_on(visit: Visit, level: str, zone_id: str, then: str) -> None:
    """Click on a zone, and wait until the address holds ``then``."""
    point_at(visit, level, zone_id)
    visit.page.mouse.down()
    visit.page.mouse.up()
    visit.page.wait_for_function("word => location.href.includes(word)", arg=then)
    visit.settle()


def told(visit: Visit) -> str:
    return re.sub(r"\s+", " ", str(visit.page.evaluate(TOLD)))


def test_a_click_on_the_home_map_opens_the_population_of_a_territory(reader: Visitor) -> None:
    visit = reader.open("/accueil")
    click_on(visit, "ols", "10", "territoire=10")
    assert "/population?" in visit.address()
    assert territory.find("10").title in visit.title()


@pytest.mark.parametrize(
    ("level", "clicked", "opened"),
    [("commune", "82032", "10"), ("bassin", "", "04")],
)
def test_a_click_on_the_map_of_wallonia_opens_the_territory_of_the_zone(
    reader: Visitor, level: str, clicked: str, opened: str
) -> None:
    clicked = clicked or territory.zoning("bassins").inside(territory.find(opened))[0]
    visit = reader.open(f"/population?territoire=wallonie&niveau={level}")
    click_on(visit, level, clicked, f"territoire={opened}")
    assert territory.find(opened).title in visit.title()


def test_a_click_on_a_neighbour_opens_it_and_a_click_inside_stays(reader: Visitor) -> None:
    visit = reader.open("/population?territoire=06")
    point_at(visit, "commune", "91034")
    visit.page.mouse.down()
    visit.page.mouse.up()
    visit.settle()
    assert "territoire=06" in visit.address()
    click_on(visit, "commune", "93090", "territoire=05")
    assert "Namur-Ouest" in visit.title()


def test_the_pointer_reads_value_unit_year_and_source(reader: Visitor) -> None:
    visit = reader.open("/population?territoire=06&indicateur=pct_65p_2021")
    point_at(visit, "commune", "91030")
    value = figures.by_zone("pct_65p_2021", territory.zoning("communes")).at["91030", "valeur"]
    said = told(visit)
    assert "Ciney" in said
    assert re.sub(r"\s+", " ", words.quantity(value, "%", 1)) in said
    assert "Statbel, 1/1/2021" in said


def test_a_bassin_inside_a_city_says_that_its_value_is_the_communes(reader: Visitor) -> None:
    bassins = territory.zoning("bassins")
    city = [i for i in bassins.inside(territory.find("03")) if bassins.coverage[i] < 0.9]
    visit = reader.open("/population?territoire=03&niveau=bassin&indicateur=pct_65p_2021")
    point_at(visit, "bassin", city[-1])
    assert "(commune entière)" in told(visit)
    visit = reader.open("/population?territoire=03&niveau=bassin&indicateur=pop_65p_2021")
    point_at(visit, "bassin", city[-1])
    assert "non disponible à cette échelle" in told(visit)


def test_every_territory_has_its_name_on_the_home_map(reader: Visitor) -> None:
    """The engine drops texts that come close to each other: here none may go.

    It places them frame by frame, so they are awaited; a dropped one never comes.
    """
    for path in ("/accueil", "/accueil?ecran=partage"):
        visit = reader.open(path)
        named: set[str] = set()
        for _ in range(40):
            shown = visit.page.evaluate(
                """box => {
                  const map = document.querySelector(box)._fullLayout.map._subplot.map;
                  const texts = map.getStyle().layers.filter((l) => l.type === "symbol");
                  const layers = texts.map((l) => l.id);
                  return map.queryRenderedFeatures({layers}).map((f) => f.properties.text);
                }""",
                MAP,
            )
            named = {text[:2] for text in shown}
            if len(named) == 10:
                break
            visit.page.wait_for_timeout(500)
        assert sorted(named) == [f"{n:02}" for n in range(1, 11)], path
