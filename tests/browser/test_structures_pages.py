"""Structures and Cohérence in a real browser: each part, its link, and the list on paper."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from olsdata.ui.structures import VIEWS
from tests.browser.conftest import Visitor
from tests.browser.test_every_page import streamlits_phone_menu

PARTS = [part for part in VIEWS if part != "carte"]
SEEN = [("clair", "bureau"), ("sombre", "telephone")]


@pytest.mark.parametrize(("theme", "size"), SEEN)
@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_accessible_and_as_wide_as_the_screen(
    reader: Visitor, part: str, theme: str, size: str
) -> None:
    visit = reader.open(f"/structures?territoire=05&vue={part}", theme, size)
    assert visit.faults([theme], but=partial(streamlits_phone_menu, visit)) == []
    assert visit.errors == []
    main = visit.page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert f"vue={part}" in visit.address()


@pytest.mark.parametrize(
    "path",
    [
        "/structures?territoire=05&type=cercle_mg",
        "/structures?territoire=02&vue=acces&ressource=hospital_beds&rayon=20&niveau=bassin",
        "/structures?territoire=09&vue=fiches&type=sisd",
        "/coherence?territoire=08&decoupage=secours&type=pfcsm",
    ],
)
def test_a_link_opens_the_same_view_again(reader: Visitor, path: str) -> None:
    first = reader.open(path)
    address = first.address()
    for choice in path.partition("?")[2].split("&"):
        assert choice in address
    again = reader.open(address)
    assert again.address() == address
    text = "e => e.innerText"
    main = "[data-testid=stMain]"
    assert again.page.locator(main).evaluate(text) == first.page.locator(main).evaluate(text)


@pytest.mark.parametrize("theme", ["clair", "sombre"])
def test_the_list_prints_on_a4_in_ink_without_what_surrounds_it(
    reader: Visitor, theme: str, tmp_path: Path
) -> None:
    visit = reader.open("/structures?territoire=05&vue=liste", theme)
    visit.page.emulate_media(media="print")
    for hidden in ("stSidebar", "stHeader", "stButtonGroup", "stDownloadButton"):
        assert not visit.page.locator(f"[data-testid={hidden}]").first.is_visible()
    table = visit.page.locator("table.donnees").first
    ink = table.locator("tbody th").nth(1).evaluate("e => getComputedStyle(e).color")
    assert ink == "rgb(27, 39, 51)"
    text = table.inner_text()
    assert "CLPS Namur" in text
    assert "CRWASS, annexe 143" in text
    assert "habitants concernés" in text
    file = tmp_path / "liste.pdf"
    visit.page.pdf(path=file, prefer_css_page_size=True)
    assert file.read_bytes().count(b"/Type /Page\n") >= 2
