"""Comparing with a browser: a link brings everything back, the keyboard is enough."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlparse

from tests.browser.conftest import Visit, Visitor


def columns(visit: Visit) -> list[str]:
    return visit.page.locator("table.ecarts thead th").all_inner_texts()[1:]


def test_a_comparison_travels_in_its_link(reader: Visitor) -> None:
    visit = reader.open("/comparer?territoire=05&zones=05,08&repere=05")
    assert columns(visit) == ["05 Namur-Ouest", "08 Liège"]
    visit.page.get_by_role("button", name="Retirer 08 Liège").click()
    visit.page.locator("table.ecarts thead th", has_text="Liège").wait_for(state="detached")
    visit.settle()
    assert parse_qs(urlparse(visit.address()).query)["zones"] == ["05"]
    assert visit.page.get_by_text("Un seul territoire").count() == 1
    other = reader.open(visit.address(), apart=True)
    assert columns(other) == ["05 Namur-Ouest"]
    assert other.page.locator("table.ecarts td", has_text="repère").count() > 0
    assert other.outside() == []


def test_a_territory_is_added_and_the_part_changed_with_the_keyboard(reader: Visitor) -> None:
    visit = reader.open("/comparer?zones=01,02")
    visit.page.get_by_role("combobox", name=re.compile("Territoires")).focus()
    visit.page.keyboard.type("Luxem")
    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("Enter")
    visit.page.locator("table.ecarts thead th", has_text="Luxembourg").wait_for()
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("radio", name="Qui se ressemble").focus()
    visit.page.keyboard.press("Space")
    visit.page.get_by_text("Comparer ces deux").first.wait_for()
    query = parse_qs(urlparse(visit.address()).query)
    assert query["zones"] == ["01,02,10"]
    assert query["vue"] == ["ressemblance"]


def test_the_small_maps_are_drawn_with_their_words(reader: Visitor) -> None:
    visit = reader.open("/comparer?vue=cartes&zones=05,10")
    drawn = visit.page.locator("figure.carte-fixe img")
    assert drawn.count() == 2
    for n in range(2):
        assert drawn.nth(n).evaluate("e => e.naturalWidth") > 100
        assert "selon la commune" in (drawn.nth(n).get_attribute("alt") or "")
    assert visit.violations() == []


def test_a_long_table_scrolls_inside_its_panel_on_a_phone(reader: Visitor) -> None:
    visit = reader.open("/comparer", size="telephone")
    main = visit.page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    box = visit.page.locator(".defile:has(table.ecarts)")
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
