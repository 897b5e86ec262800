"""What the pages say once a zoning was adopted on this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import figures, local, standing, tables, territory, words

APP = Path(__file__).resolve().parents[2] / "app.py"
META = {"label": "Arrêté modifié", "source": "essai", "date": "2026-11-20"}


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app if page == "accueil" else app.switch_page(f"pages/{page}.py").run()


def shown(app: AppTest) -> str:
    return " ".join(str(box.body) for box in app.get("html"))


def with_gembloux_in_06():
    rows = tables.shipped().decoupages["ols"][0].copy()
    rows.loc[rows["refnis"] == "92142", ["zone", "label"]] = ["06", "Namur-Dinant"]
    return rows


def test_the_population_page_follows_the_adopted_territories():
    before = opened("population", territoire="06")
    assert "Territoire officiel" in shown(before)
    local.adopt("ols", with_gembloux_in_06(), META | {"statut": "atelier"})
    after = opened("population", territoire="06")
    people = words.number(figures.value("pop_total_2026", territory.find("06")))
    assert people in shown(after)
    assert people not in shown(before)
    assert "Territoires proposés en atelier" in shown(after)
    assert "Découpage local « Arrêté modifié »" in shown(after)
    assert "données locales" in " ".join(str(box.value) for box in after.sidebar.caption)
    assert not after.exception


def test_the_status_of_the_bassins_is_said_wherever_they_are_named():
    rows = tables.shipped().decoupages["bassins"][0]
    local.adopt("bassin", rows, META | {"statut": "validé"})
    page = shown(opened("population", territoire="05", niveau="bassin"))
    assert "Bassins validés par l’OLS" in page
    assert "bassins validés par l’OLS" in page
    assert "Bassins provisoires" not in page
    home = shown(opened("accueil"))
    assert "* Validé par l’OLS." in home
    assert "adopté ici le" in home
    box = opened("coherence").selectbox(key="decoupage")
    assert "Bassins de vie (validés par l’OLS)" in box.options


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("ols", "officiel", "Territoire officiel"),
        ("ols", "validé", "Territoires validés par l’OLS"),
        ("bassins", "officiel", "Bassins officiels"),
        ("bassins", "provisoire", "Bassins provisoires"),
    ],
)
def test_each_status_has_its_words(name, status, said):
    assert standing.badge(replace(territory.zoning(name), status=status)).text == said


def test_a_link_of_before_says_that_the_data_changed():
    version = tables.load().version
    local.adopt("ols", with_gembloux_in_06(), META | {"statut": "officiel"})
    app = opened("population", territoire="06", donnees=version)
    assert any(version in str(box.value).replace("\\", "") for box in app.warning)
    assert not opened("population", territoire="06", donnees=tables.load().version).warning
