"""« Comparer pour apprendre » through AppTest: choices, links, one territory, none."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import compare, structures
from olsdata.ui import menu
from tests.pages.test_pages import APP, alerts

PAGE = f"""
import runpy
import streamlit as st
from olsdata.ui import state
st.session_state[state.MARK] = True
state.read()
runpy.run_path({str(APP.parent / menu.path("comparer"))!r})
"""


def opened(**query: str) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def html(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html")).replace("\xa0", " ")


def query(app: AppTest, name: str) -> str:
    value = dict(app.query_params).get(name, "")
    return value[0] if isinstance(value, list) else value


def test_ten_territories_and_a_handful_of_measures_open_without_a_choice():
    app = opened()
    assert alerts(app) == []
    assert len(app.multiselect(key="zones").value) == 10
    assert app.multiselect(key="indicateurs").value == list(compare.START)
    text = html(app)
    assert "D’abord le contexte" not in text, "a title is no HTML"
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)
    assert "zones" not in dict(app.query_params)


def test_a_link_brings_back_every_choice():
    app = opened(
        zones="08,05", indicateurs="pct_65p_2021,besoin", repere="05", ordre="nom", territoire="05"
    )
    assert alerts(app) == []
    assert app.multiselect(key="zones").value == ["08", "05"]
    assert app.selectbox(key="repere").value == "05"
    (table,) = [t for t in html(app).split("<table")[1:] if "ecarts" in t[:40]]
    columns = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)</th>", table)
    assert columns == ["Indicateur", "08 Liège", "05 Namur-Ouest"], "by name: Liège, Namur"
    assert "repère" in table


def test_choosing_writes_the_address():
    app = opened()
    app.multiselect(key="zones").set_value(["01", "09"]).run()
    assert query(app, "zones") == "01,09"
    app.multiselect(key="zones").set_value([]).run()
    assert query(app, "zones") == "aucun"
    assert "Aucun territoire n’est choisi" in html(app)


def test_one_territory_alone_is_a_sentence_and_still_read():
    app = opened(zones="05")
    assert alerts(app) == []
    assert "Un seul territoire" in html(app)
    assert "ecarts" in html(app)


@pytest.mark.parametrize("part", ["tableau", "cartes", "parmi", "ressemblance"])
@pytest.mark.parametrize("level", ["ols", "bassin"])
def test_every_part_opens_at_both_levels(part, level):
    app = opened(vue=part, maille=level, territoire="03")
    assert alerts(app) == []
    assert not re.search(r"\bnan\b", html(app), re.IGNORECASE)


def test_a_territory_without_data_is_hatched_with_a_word():
    app = opened(maille="bassin", zones="03-52011A,01-51004", indicateurs="hospital_sites_2020")
    assert alerts(app) == []
    assert re.search(r'<td class="hachuree">non disponible</td>', html(app))


def test_every_measure_can_be_shown_at_once():
    app = opened(indicateurs=",".join(compare.measures()))
    assert alerts(app) == []
    assert html(app).count('<tr><th scope="row"><span class="aide"') == len(compare.measures())


def test_likeness_gives_reasons_and_says_that_it_is_no_ranking():
    text = html(opened(vue="ressemblance", pour="05"))
    assert "Presque pareil" in text
    assert "ce n’est ni un classement" in text
    assert "comparer?maille=ols&amp;zones=05%2C" in text


def test_the_history_of_the_structures_stands_with_the_context():
    app = opened(zones="05,06")
    assert "Histoire des structures" in [fold.label for fold in app.expander]
    app.session_state["fold-histoire"] = True
    text = html(app.run())
    shown = text.partition("<ul><li><b>Cercles")[2].partition("</ul>")[0]
    assert shown.count("</li>") == len(structures.types())
    assert "Arrêté royal du 19 juin 1997" in shown
    assert "origine non documentée." in shown
    here = compare.recorded("ols").loc[["05", "06"]]
    assert shown.count("Recensé partout ici") == int((here > 0).all().sum())
    assert shown.count("Aucun recensé ici") == int((here == 0).all().sum())


def test_no_word_of_ranking_is_on_the_page():
    for part in ("tableau", "parmi"):
        assert not re.search(r"\b(meilleur|pire|premier|dernier|podium)", html(opened(vue=part)))


def test_no_measure_chosen_is_a_sentence():
    assert "Choisissez au moins un indicateur" in html(opened(indicateurs="aucun"))


def test_what_the_link_asks_for_and_does_not_exist_is_said():
    app = opened(zones="05,99", indicateurs="pct_65p_2021,rien", repere="ailleurs")
    (said,) = alerts(app)
    assert all(part in said for part in ("99", "rien", "ailleurs"))
    assert app.multiselect(key="zones").value == ["05"]
    assert app.selectbox(key="repere").value == "wallonie"
    app.multiselect(key="zones").set_value(["05", "06"]).run()
    assert alerts(app) == []
    app.button_group(key="maille").set_value("bassin").run()
    assert alerts(app) == []
