"""What holds on every page, on a desk by day then by night, and on a phone by night."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import urlparse

import pytest

from olsdata.reference import glossary
from olsdata.ui import menu
from tests.browser.conftest import Visit

PAGES = [name for section in menu.MENU.values() for name in section]
VIEWS = [view for p in PAGES for view in ((p, "clair", "bureau"), (p, "sombre", "telephone"))]

everywhere = pytest.mark.parametrize(
    "visit",
    [pytest.param(v, marks=pytest.mark.xdist_group("-".join(v)), id="-".join(v)) for v in VIEWS],
    indirect=True,
    scope="module",
)

PHONE_MENU = "[data-testid=stSidebarNavItems]"
"""Streamlit's own menu with sections, on phones: a list that axe refuses."""


def streamlits_phone_menu(visit: Visit, rule: str, target: list[str]) -> bool:
    """The single exception: ``list`` and ``listitem`` inside Streamlit's phone menu."""
    inside = "([node, menu]) => Boolean(document.querySelector(node)?.closest(menu))"
    return rule in ("list", "listitem") and bool(
        visit.page.evaluate(inside, [target[-1], PHONE_MENU])
    )


@everywhere
def test_axe_finds_no_violation_of_wcag_aa(visit: Visit, request: pytest.FixtureRequest) -> None:
    """First of all: what follows holds once the page has turned, too."""
    if "telephone" in request.node.callspec.id:
        found = visit.faults(["sombre"], but=partial(streamlits_phone_menu, visit))
    else:
        found = visit.faults()
    assert found == [], "\n".join(found)


@everywhere
def test_no_request_leaves_the_machine(visit: Visit) -> None:
    assert any(url.startswith("ws://localhost") for url in visit.requests)
    assert visit.outside() == []


@everywhere
def test_no_acronym_is_missing_from_the_glossary(visit: Visit) -> None:
    text = visit.page.locator("[data-testid=stMain]").inner_text()
    assert glossary.unexplained(text) == set()


@everywhere
def test_an_acronym_says_on_hover_what_it_stands_for_in_each_block(visit: Visit) -> None:
    acronyms = {t: said for t, said in glossary.on_hover().items() if t.isalnum()}
    silent = visit.page.evaluate(
        """(acronyms) => [...document.querySelectorAll(".stHtml")].flatMap((shown) => {
          const block = shown.cloneNode(true);
          for (const other of block.querySelectorAll("script, style, svg")) other.remove();
          const words = new Set(block.textContent.split(/[^\\p{L}\\p{N}_-]+/u));
          const marks = [...block.querySelectorAll("abbr")];
          return Object.entries(acronyms)
            .filter(([term, said]) => words.has(term)
              && !marks.some((m) => m.textContent === term && m.title === said))
            .map(([term]) => `${term} : ${block.textContent.slice(0, 80)}`);
        })""",
        acronyms,
    )
    assert silent == []


@everywhere
def test_the_page_says_that_it_is_in_french(visit: Visit) -> None:
    assert visit.page.evaluate("document.documentElement.lang") == "fr"


ENGLISH = (
    "App pages|Choose|Close|Collapse|Fullscreen|Help for|Link to|Map|Navigate|Open|Sidebar|Skip"
    "|Toggle"
)


@everywhere
def test_the_tab_says_which_page_it_is(visit: Visit) -> None:
    page = urlparse(visit.address()).path.strip("/")
    title = {name: t for section in menu.MENU.values() for name, t in section.items()}[page]
    assert visit.page.title() == f"{title} · 06 Namur-Dinant · Territoires OLS"


@everywhere
def test_streamlits_own_words_are_in_french_too(visit: Visit) -> None:
    said = visit.page.evaluate(
        """() => {
          const names = ["aria-label", "placeholder", "alt", "title"];
          const nodes = document.querySelectorAll(names.map((name) => `[${name}]`).join(","));
          const skip = document.querySelector("[data-testid=stSkipToContent]").textContent;
          return [...nodes].flatMap((e) => names.map((name) => e.getAttribute(name) ?? ""))
            .concat(skip);
        }"""
    )
    assert [text for text in said if re.match(rf"(?:{ENGLISH})\b|.* icon$", text)] == []


@everywhere
def test_no_error_box_and_no_script_error(visit: Visit) -> None:
    assert visit.page.locator("[data-testid=stException]").count() == 0
    assert visit.page.locator("[data-testid=stAlertContentError]").count() == 0
    assert visit.errors == []


@everywhere
def test_the_page_is_not_wider_than_the_screen(visit: Visit) -> None:
    main = visit.page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


@everywhere
def test_no_text_is_smaller_than_13_5_px(visit: Visit) -> None:
    """Superscripts and the drawings of maps and charts aside (they are checked as pictures)."""
    small = visit.page.evaluate(
        """() => {
          const found = [];
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const text = walk.currentNode.textContent.trim(), box = walk.currentNode.parentElement;
            if (!text || box.closest("svg, sup, script, style, .js-plotly-plot")) continue;
            const style = getComputedStyle(box);
            if (!box.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
            if (parseFloat(style.fontSize) < 13.49) found.push(`${style.fontSize} ${text}`);
          }
          return found;
        }"""
    )
    assert small == []
