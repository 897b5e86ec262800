"""A real server, a real Chromium, and what they are asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.installer import installed
from tests.server import Server, serve

OUTPUT = Path(__file__).resolve().parent.parent / "output"
SIZES = {"bureau": (1400, 900), "telephone": (390, 844)}
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Mobile Safari/537.36"
)
"""How a phone names itself."""
SCHEMES: dict[str, Any] = {"clair": "light", "sombre": "dark"}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # maps are drawn by WebGL, without a graphics card
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

TWO_SCREENS = 2 * SIZES["bureau"][1]
"""Pixels: no page of reading, and no part of a trajectory, is longer before a fold."""

PATIENCE = 60_000
"""Milliseconds: a busy machine is slow, not wrong."""
expect.set_options(timeout=PATIENCE / 2)

DRAWN = """() => {
  const drawn = (box) => {
    const layout = box.querySelector(".js-plotly-plot")?._fullLayout;
    const map = layout?.map?._subplot?.map;
    return layout && (!layout.map || map?.loaded());
  };
  return !document.querySelector("[data-testid=stSkeleton]")
    && [...document.querySelectorAll("[data-testid=stPlotlyChart]")].every(drawn);
}"""
"""Every block has come, every chart has its drawing, every map its shapes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them as tests that need a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = installed()
    if path is None:
        reason = "aucun Chromium ni Chrome : lancez `python tests/browser/installer.py`"
        if os.environ.get("CI"):
            pytest.fail(f"CI : les tests dans le navigateur doivent tourner ; {reason}")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard, unable to reach anything outside this machine."""
    with serve(tmp_path_factory.mktemp("serveur")) as running:
        yield running
        assert running.attempts() == [], "the server called somebody"


@pytest.fixture
def fresh_server(browser: Browser, tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has visited yet."""
    with serve(tmp_path) as running:
        yield running
        assert running.attempts() == [], "the server called somebody"


def axe(page: Page) -> list[dict[str, Any]]:
    """What axe finds wrong on a page at levels A and AA."""
    page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    return list(page.evaluate("o => axe.run(document, o)", options)["violations"])


@dataclass
class Visit:
    """One page in one browser window, settled, with every request that it made."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        """Requests that left this machine."""
        local = ("localhost", "127.0.0.1", "", None)
        return [url for url in self.requests if urlparse(url).hostname not in local]

    def settle(self) -> None:
        """Wait until the script has run, the files have come and the drawing is done."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        self.page.locator("h1").first.wait_for()
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(DRAWN, polling=100)
        self.page.wait_for_timeout(300)
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        self.page.wait_for_function(DRAWN, polling=100)

    def address(self) -> str:
        """The address bar; ``page.url`` is one navigation late."""
        return str(self.page.evaluate("location.href"))

    def height(self) -> int:
        """Pixels of the page's content, folds as they come."""
        main = self.page.locator("[data-testid=stMain]")
        return int(main.evaluate("e => e.scrollHeight"))

    def title(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def turn(self, theme: str) -> None:
        """The reader's machine goes to the other theme, and the page with it."""
        self.page.emulate_media(color_scheme=SCHEMES[theme])
        app = self.page.locator("[data-testid=stApp]")
        expect(app).to_have_css("color-scheme", SCHEMES[theme])
        expect(app).to_have_css("--theme", theme)
        self.settle()

    def wears(self, theme: str) -> bool:
        """Whether the page is in this theme."""
        app = self.page.locator("[data-testid=stApp]")
        return bool(app.evaluate("e => getComputedStyle(e).colorScheme") == SCHEMES[theme])

    def violations(self) -> list[dict[str, Any]]:
        """What axe finds wrong at levels A and AA."""
        return axe(self.page)

    def faults(
        self,
        themes: Iterable[str] = SCHEMES,
        but: Callable[[str, list[str]], bool] = lambda rule, target: False,
    ) -> list[str]:
        """What axe finds wrong in the theme of the page, then, once the machine turns, in the
        other; but the exceptions, by their rule and the place of what it finds.
        """
        found = []
        for theme in sorted(themes, key=self.wears, reverse=True):
            if not self.wears(theme):
                self.turn(theme)
            found += [
                f"{theme} {rule['id']} : {node['target']} {node['html'][:160]}"
                f" {node['failureSummary']}"
                for rule in self.violations()
                for node in rule["nodes"]
                if not but(rule["id"], node["target"])
            ]
        return found

    def screenshot(self, name: str) -> Path:
        OUTPUT.mkdir(exist_ok=True)
        path = OUTPUT / f"{name}.png"
        self.page.screenshot(path=path)
        return path


def window(browser: Browser, theme: str, size: str) -> BrowserContext:
    """A new reader's browser: nothing kept from another."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=SCHEMES[theme],
        user_agent=PHONE if size == "telephone" else None,
        locale="fr-BE",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(PATIENCE)
    return context


class Visitor:
    """Opens pages in one browser window per theme and screen, which knows the scripts from then on;
    or, ``apart``, as somebody else would: in a window of its own, with nothing kept.
    """

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser, self.url = browser, server.url
        self.windows: dict[tuple[str, str], BrowserContext] = {}
        self.opened: list[BrowserContext | Page] = []

    def page(self, theme: str, size: str, apart: bool) -> Page:
        if apart:
            self.opened.append(own := window(self.browser, theme, size))
            return own.new_page()
        if (theme, size) not in self.windows:
            self.windows[theme, size] = window(self.browser, theme, size)
        self.opened.append(page := self.windows[theme, size].new_page())
        return page

    def open(
        self, path: str, theme: str = "clair", size: str = "bureau", apart: bool = False
    ) -> Visit:
        visit = Visit(self.page(theme, size, apart))
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("websocket", lambda socket: visit.requests.append(socket.url))
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        address = path if path.startswith("http") else f"{self.url}{path}"
        visit.page.goto(address)
        visit.settle()
        return visit

    def close(self) -> None:
        """Close the pages; the windows stay."""
        while self.opened:
            self.opened.pop().close()

    def leave(self) -> None:
        """Close everything."""
        self.close()
        while self.windows:
            self.windows.popitem()[1].close()


@pytest.fixture(scope="session")
def regular(browser: Browser, server: Server) -> Iterator[Visitor]:
    """Somebody who has been here before."""
    visitor = Visitor(browser, server)
    yield visitor
    visitor.leave()


@pytest.fixture
def reader(regular: Visitor) -> Iterator[Visitor]:
    yield regular
    regular.close()


@pytest.fixture
def first_reader(browser: Browser, fresh_server: Server) -> Iterator[Visitor]:
    """The first person ever to open the server."""
    visitor = Visitor(browser, fresh_server)
    yield visitor
    visitor.leave()


@pytest.fixture(scope="module")
def visit(request: pytest.FixtureRequest, regular: Visitor) -> Iterator[Visit]:
    """The visit of ``(page, theme, size)``, one for all its tests; its picture is kept."""
    name, theme, size = request.param
    here = regular.open(f"/{name}?territoire=06", theme, size)
    here.screenshot(f"{name}-{theme}-{size}")
    yield here
    regular.close()
