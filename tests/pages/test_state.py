"""The view and its address: every view survives the round trip, nothing unknown gets in."""

from __future__ import annotations

import itertools

import pytest

from olsdata import catalogue, tables
from olsdata.tables import DataError
from olsdata.ui import state
from olsdata.ui.state import View


def every_view() -> list[View]:
    """All territories, levels and references, with some indicators."""
    some = list(catalogue.available())[::20]
    return [
        View(territory, level, indicator, reference, shared)
        for territory, level, indicator, shared in itertools.product(
            state.territories(), state.LEVELS, some, (False, True)
        )
        for reference in state.references(territory)
    ]


def test_every_view_comes_back_from_its_address() -> None:
    views = every_view()
    assert len(views) > 500
    for view in views:
        assert state.from_query(state.to_query(view), View()) == (view, [])


def test_an_address_holds_ids_and_never_labels() -> None:
    written = state.to_query(View("05", "bassin", "pct_80p_2021", "wallonie", shared=True))
    assert written == {
        "territoire": "05",
        "niveau": "bassin",
        "indicateur": "pct_80p_2021",
        "comparer": "wallonie",
        "ecran": "partage",
        "donnees": tables.load().version,
    }


def test_choosing_a_territory_shows_its_communes_beside_wallonia() -> None:
    view, notices = state.from_query({"territoire": "06"}, View())
    assert (view.level, view.reference, notices) == ("commune", "wallonie", [])


def test_a_territory_is_never_compared_with_itself() -> None:
    for territory in state.territories():
        assert territory not in state.references(territory)


@pytest.mark.parametrize("key", ["territoire", "niveau", "indicateur", "comparer", "ecran"])
@pytest.mark.parametrize("value", ["", " ", "Namur-Dinant", "6", "99", "../05", "05;", "é" * 500])
def test_an_unknown_value_is_named_and_replaced(key: str, value: str) -> None:
    view, notices = state.from_query({key: value}, View())
    assert view == View()
    (sentence,) = notices
    assert f"« {value} »" in sentence


def test_an_unavailable_indicator_is_not_mapped() -> None:
    missing = next(id_ for id_, card in catalogue.cards().items() if not card.available)
    view, notices = state.from_query({"indicateur": missing}, View())
    assert view.indicator == state.INDICATOR
    assert len(notices) == 1


def test_a_link_of_another_version_says_both_versions() -> None:
    view, (sentence,) = state.from_query({"donnees": "2020-01-00000000"}, View())
    assert view == View()
    assert "2020-01-00000000" in sentence
    assert tables.load().version in sentence


def test_the_reference_is_a_territory_even_when_it_is_a_year() -> None:
    assert View("05", reference="2011").reference_zone.id == "wallonie"
    assert View("05", reference="08").reference_zone.id == "08"


def test_a_page_cannot_ask_for_what_does_not_exist() -> None:
    with pytest.raises(DataError, match="99"):
        state.ask(territory="99")
    with pytest.raises(DataError, match="couleur"):
        state.ask(couleur="bleu")
