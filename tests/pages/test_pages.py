"""Every page through AppTest: it opens, cold or from another page, with what it must show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from olsdata.ui import home, menu, shell

APP = Path(__file__).resolve().parents[2] / "app.py"


@dataclass(frozen=True)
class Expected:
    """What a page must show at least."""

    title: str
    in_title: bool = True
    html: int = 1


PAGES = {
    "accueil": Expected("Dix territoires", in_title=False, html=2),
    "profil": Expected("Profil"),
    "population": Expected("Population"),
    "structures": Expected("Structures"),
    "coherence": Expected("Cohérence territoriale"),
    "universalisme": Expected("Universalisme proportionné", html=8),
    "notes": Expected("Notes de terrain"),
    "besoins": Expected("Besoins et signaux"),
    "comparer": Expected("Comparer pour apprendre", in_title=False, html=4),
    "remontees": Expected("Ce que les OLS remontent", html=3),
    "atelier": Expected("Atelier"),
    "bassins": Expected("Bassins de vie"),
    "registre": Expected("Corriger le registre", html=4),
    "trajectoire": Expected("Trajectoire"),
    "reperes": Expected("Repères", in_title=False, html=4),
    "glossaire": Expected("Glossaire", in_title=False, html=3),
    "donnees": Expected("Données et méthode", in_title=False),
}
HOSTILE = "![x](http://x.be/x.png)"
SIDEBAR = {"Territoire", "Indicateur de la carte", "Comparer avec"}


def sidebar_of(name: str) -> set[str]:
    """Labels of the boxes beside a page."""
    return {"Territoire"} if name in shell.TERRITORY_ONLY | shell.LEVEL_TOO else SIDEBAR


def start(**query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app


def check_pictures(app: AppTest) -> None:
    """Plotly knows each word of the charts, even of those that were made without its check."""
    for chart in app.get("plotly_chart"):
        go.Figure(json.loads(chart.proto.spec))


def alerts(app: AppTest) -> list[str]:
    return [str(box.value) for box in (*app.error, *app.exception, *app.warning)]


def test_the_table_names_every_page_and_the_menu_every_file() -> None:
    in_menu = [name for section in menu.MENU.values() for name in section]
    files = {path.stem for path in (APP.parent / "pages").glob("*.py")}
    assert set(PAGES) == set(in_menu) == files


def test_the_doors_of_the_home_page_lead_everywhere_in_the_order_of_the_menu() -> None:
    in_menu = [name for section in menu.MENU.values() for name in section if name != menu.HOME]
    doors = [list(pages) for *_, pages in (*home.DOORS, *home.ROOMS)]
    assert sorted(name for pages in doors for name in pages) == sorted(in_menu)
    for pages in doors:
        assert pages == sorted(pages, key=in_menu.index)


@pytest.mark.parametrize("territory", ["wallonie", "05"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_its_title_and_the_sidebar(name: str, territory: str) -> None:
    app = start(territoire=territory).run()
    app.switch_page(menu.path(name)).run()
    assert alerts(app) == []
    title = app.title[0].value
    assert title.startswith(PAGES[name].title)
    if PAGES[name].in_title:
        assert ("Namur-Ouest" if territory == "05" else "Wallonie") in title
    assert {box.label for box in app.sidebar.selectbox} == sidebar_of(name)
    assert [box.label for box in app.sidebar.toggle] == ["Écran partagé"]
    assert len(app.get("html")) >= PAGES[name].html
    assert dict(app.query_params)["territoire"] == territory


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("level", ["ols", "bassin", "commune"])
def test_a_page_opens_at_every_level(name: str, level: str) -> None:
    app = start(territoire="08", niveau=level).run()
    app.switch_page(menu.path(name)).run()
    assert alerts(app) == []
    check_pictures(app)
    assert dict(app.query_params)["niveau"] == level


@pytest.mark.parametrize("name", PAGES)
def test_a_page_run_alone_starts_again_inside_the_shell(name: str) -> None:
    """What Streamlit does with a cold link: the page's file without ``app.py``."""
    app = start(territoire="05").switch_page(menu.path(name)).run()
    assert alerts(app) == []
    assert {box.label for box in app.sidebar.selectbox} == sidebar_of(name)


@pytest.mark.parametrize("name", PAGES)
def test_the_shared_screen_has_no_sidebar_and_a_way_back(name: str) -> None:
    app = start(territoire="05", ecran="partage").run()
    app.switch_page(menu.path(name)).run()
    assert alerts(app) == []
    assert len(app.sidebar.selectbox) == 0
    (back,) = [button for button in app.button if button.label == "Quitter l’écran partagé"]
    back.click().run()
    assert {box.label for box in app.sidebar.selectbox} == sidebar_of(name)
    assert "ecran" not in dict(app.query_params)


@pytest.mark.parametrize("territory", [f"{number:02}" for number in range(1, 11)])
def test_every_territory_can_be_chosen(territory: str) -> None:
    app = start().run()
    app.switch_page(menu.path("population")).run()
    app.sidebar.selectbox(key="territoire").set_value(territory).run()
    assert alerts(app) == []
    assert dict(app.query_params)["territoire"] == territory
    assert dict(app.query_params)["niveau"] == "commune"


@pytest.mark.parametrize("name", PAGES)
def test_what_a_hostile_link_holds_is_shown_as_text(name: str) -> None:
    """Markdown would load the picture from outside, and make a link of the rest."""
    asked = dict.fromkeys(
        ("niveau", "indicateur", "ref", "poids", "lambda", "territoires"), HOSTILE
    )
    app = start(territoire=HOSTILE, **asked).switch_page(menu.path(name)).run()
    assert app.exception == []
    shown = [str(box.value) for box in (*app.warning, *app.error, *app.markdown, *app.caption)]
    assert any("x.be" in text for text in shown)
    assert not any("![x](" in text for text in shown)
