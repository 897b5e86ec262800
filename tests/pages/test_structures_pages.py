"""Structures and Cohérence: each part of each page, its figures, and its address."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from olsdata import structures
from olsdata.ui import access, links, menu, theme
from olsdata.ui.structures import VIEWS, ZONINGS
from tests.pages.test_pages import alerts, start


def opened(page: str, **query: str) -> AppTest:
    """A page opened from a link."""
    app = start(**query).switch_page(menu.path(page)).run()
    assert alerts(app) == []
    return app


def said(app: AppTest) -> str:
    """Everything the page says as HTML."""
    return "\n".join(str(block.proto.body) for block in app.get("html")).replace("\u202f", " ")


@pytest.mark.parametrize("territory", ["wallonie", "02", "05", "08", "09"])
@pytest.mark.parametrize("part", VIEWS)
def test_each_part_opens_from_its_link_and_keeps_it(part: str, territory: str) -> None:
    app = opened("structures", territoire=territory, vue=part)
    assert app.button_group(key="vue").value == part
    query: dict[str, Any] = dict(app.query_params)
    assert query.get("vue", "carte") == part


@pytest.mark.parametrize("kind", structures.TYPES)
def test_each_type_opens_on_the_map_and_in_coherence(kind: str) -> None:
    for page in ("structures", "coherence"):
        app = opened(page, territoire="05", type=kind)
        assert app.selectbox(key="type").value == kind
        closed = not structures.completeness(kind).open
        assert ("Registre à compléter" in said(app)) == closed
        assert "Cohérence : " not in said(app) or not closed


@pytest.mark.parametrize("zoning", ZONINGS)
def test_coherence_opens_against_every_zoning(zoning: str) -> None:
    app = opened("coherence", territoire="08", decoupage=zoning, type="clps")
    assert app.selectbox(key="decoupage").value == zoning


def test_the_list_names_who_straddles_and_how_many_inhabitants_that_concerns() -> None:
    text = said(opened("structures", territoire="05", vue="liste"))
    assert "<b>17 structures recensées</b>" in text
    assert "<b>14 à cheval</b>" in text
    assert "2 à cheval, 1 099 111 habitants concernés" in text
    assert "CLPS Charleroi-Thuin" in text
    assert "Rien de situé pour" in text


def test_the_rule_of_the_ccsad_names_its_population() -> None:
    text = said(opened("structures", territoire="08", vue="densite"))
    assert "532 680 habitants, dont 134 675 de 60 ans et plus" in text
    assert "<b>5 centres</b>" in text
    assert "1/1/2021" in text


@pytest.mark.parametrize("resource", access.NOUNS)
@pytest.mark.parametrize("level", ["ols", "bassin", "commune"])
def test_access_says_what_it_cannot_know(resource: str, level: str) -> None:
    app = opened("structures", territoire="02", vue="acces", niveau=level, ressource=resource)
    text = said(app)
    assert "À l’intérieur d’une commune, la distance n’est pas connue" in text
    assert "Bruxelles, la Flandre et les pays voisins manquent" in text
    assert "n’ont pas de" not in text
    assert "contredisent" in text


def test_the_catchment_is_in_the_address_and_each_resource_starts_with_its_own() -> None:
    app = opened("structures", territoire="02", vue="acces", rayon="20")
    assert app.select_slider(key="rayon").value == "20"
    app.select_slider(key="rayon").set_value("25").run()
    assert dict(app.query_params)["rayon"] in ("25", ["25"])
    app.selectbox(key="ressource").set_value("hospital_beds").run()
    assert alerts(app) == []
    assert app.select_slider(key="rayon").value == "30"
    assert "rayon" not in dict(app.query_params)


def test_the_level_chosen_beside_access_is_the_one_of_the_view() -> None:
    app = opened("structures", territoire="02", vue="acces", niveau="bassin")
    app.button_group(key="niveau").set_value("commune").run()
    assert dict(app.query_params)["niveau"] in ("commune", ["commune"])
    assert "Boussu" in said(app)


def test_names_around_the_network_have_each_their_own_place() -> None:
    edges = (("b", "c"), ("a", "b"), ("x", "y"), ("c", "d"), ("d", "a"))
    order = links.ordered(edges)
    assert sorted(order) == ["a", "b", "c", "d", "x", "y"]
    assert order == links.ordered(edges[::-1])
    assert abs(order.index("x") - order.index("y")) == 1
    at = links.positions(order)
    assert len(set(at.values())) == 6
    for side in (-1, 1):
        heights = sorted(y for x, y in at.values() if x * side > 0)
        assert all(high - low >= 1 for low, high in itertools.pairwise(heights))
    assert links.positions(["a"]) == {"a": (-1.0, 0.0)}


def test_a_tag_in_a_name_is_drawn_as_text() -> None:
    edges = (("<b>Ici</b>", "L’Aide & Cie", "support"),)
    texts = [t for trace in links._figure(edges, theme.LIGHT, False).data for t in trace.text or ()]
    assert sorted(texts) == ["&lt;b&gt;Ici&lt;/b&gt;", "L’Aide &amp; Cie"]
