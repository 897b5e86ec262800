"""A card that lacks anything it must say is refused, with the name of what it lacks."""

from __future__ import annotations

import copy
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from olsdata import catalogue
from olsdata.tables import DataError

GIVEN: dict[str, Any] = {
    "id": "essai",
    "titre": "Essai",
    "aide": "Combien d’essais pour 100 habitants.",
    "unite": "%",
    "decimales": 1,
    "polarite": "haut",
    "bloc": "ressources",
    "determinant": "cadre bâti",
    "etat": "disponible",
    "editeur": "Statbel",
    "jeu": "Jeu d’essai",
    "annee": "2021",
    "date": "1/1/2021",
    "licence": "CC BY 4.0",
    "lien": "https://statbel.fgov.be",
    "limites": "Aucune.",
    "grain": "commune",
    "agregation": {
        "type": "rapport",
        "numerateur": "pop_65p_2021",
        "denominateur": "pop_total_2021",
        "facteur": 100,
    },
}
ABSENT: dict[str, Any] = {
    "id": "essai",
    "titre": "Essai",
    "aide": "Ce qui manque.",
    "bloc": "utilisation",
    "determinant": "",
    "etat": "non disponible",
    "editeur": "IWEPS",
    "obtenir": "Le demander.",
}
MAY_LACK = {"determinant"}
RULES: dict[str, dict[str, Any]] = {
    "somme": {"colonne": "pop_total_2021"},
    "rapport": {"numerateur": "pop_65p_2021", "denominateur": "pop_total_2021"},
    "moyenne_ponderee": {"colonne": "mean_age_2026", "poids": "pop_total_2026"},
}


def refusal(raw: dict[str, Any]) -> str:
    with pytest.raises(DataError) as refused:
        catalogue.parse(raw, "essai.toml")
    return str(refused.value)


@pytest.mark.parametrize("key", sorted(GIVEN.keys() - MAY_LACK))
def test_a_card_with_values_that_lacks_one_key_is_refused(key):
    message = refusal({k: v for k, v in GIVEN.items() if k != key})
    assert message.startswith("essai.toml : ")
    assert key in message


@pytest.mark.parametrize("key", sorted(GIVEN.keys() - MAY_LACK - {"decimales", "agregation"}))
def test_a_blank_answer_is_no_answer(key):
    assert key in refusal(GIVEN | {key: "  "})


@pytest.mark.parametrize("key", sorted(ABSENT.keys() - MAY_LACK))
def test_a_card_without_values_says_who_has_them_and_how_to_get_them(key):
    assert key in refusal({k: v for k, v in ABSENT.items() if k != key})


@pytest.mark.parametrize(
    ("kind", "key"), [(kind, key) for kind, keys in RULES.items() for key in keys]
)
def test_an_aggregation_rule_that_lacks_a_column_is_refused(kind, key):
    rule = {"type": kind} | {k: v for k, v in RULES[kind].items() if k != key}
    assert key in refusal(GIVEN | {"agregation": rule})


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("etat", "peut-être"),
        ("bloc", "divers"),
        ("determinant", "la chance"),
        ("polarite", "bon"),
        ("grain", "quartier"),
        ("decimales", "un"),
        ("decimales", -1),
        ("agregation", "somme"),
    ],
)
def test_an_answer_outside_the_closed_list_is_refused(key, wrong):
    assert key in refusal(GIVEN | {key: wrong})


@pytest.mark.parametrize(
    ("key", "wrong"),
    [("type", "médiane"), ("facteur", "cent"), ("decalage", "moins cent"), ("partage", "hasard")],
)
def test_a_rule_that_cannot_be_computed_is_refused(key, wrong):
    raw = copy.deepcopy(GIVEN)
    raw["agregation"][key] = wrong
    assert key in refusal(raw)


def test_the_complete_cards_of_these_tests_are_accepted():
    given, absent = (catalogue.parse(raw, "essai.toml") for raw in (GIVEN, ABSENT))
    assert given.available
    assert given.source == "Statbel, 1/1/2021"
    assert (given.aggregation, given.rule and given.rule.factor) == ("rapport", 100)
    assert not absent.available
    assert absent.rule is None
    assert absent.aggregation == ""


@pytest.fixture
def cards_with(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def copied(name: str, content: bytes) -> Path:
        folder = tmp_path / "fiches"
        shutil.copytree(catalogue.CARDS, folder, ignore=shutil.ignore_patterns("*.py", "__py*"))
        (folder / name).write_bytes(content)
        return folder

    return copied


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'id = "autre', "illisible"),
        ('id = "été"'.encode("latin-1"), "illisible"),
        (b"", "etat"),
    ],
    ids=["cut", "latin-1", "empty"],
)
def test_one_unreadable_card_and_none_is_loaded(cards_with, content, says):
    with pytest.raises(DataError, match=rf"^pct_65p_2021\.toml : .*{says}"):
        catalogue.cards(cards_with("pct_65p_2021.toml", content))


def test_a_card_whose_file_has_another_name_is_refused(cards_with):
    content = (catalogue.CARDS / "pct_65p_2021.toml").read_bytes()
    with pytest.raises(DataError, match=r"copie\.toml.*« pct_65p_2021 »"):
        catalogue.cards(cards_with("copie.toml", content))


def test_every_file_is_a_card_and_the_blocks_come_in_their_order():
    cards = catalogue.cards()
    assert set(cards) == {path.stem for path in catalogue.CARDS.glob("*.toml")}
    order = [
        "territoire",
        "population et besoins",
        "ressources",
        "utilisation",
        "opportunités",
    ]
    assert list(dict.fromkeys(card.block for card in cards.values())) == order


def test_the_available_cards_are_those_whose_file_says_so():
    said = {
        path.stem
        for path in catalogue.CARDS.glob("*.toml")
        if tomllib.loads(path.read_text("utf-8"))["etat"] == "disponible"
    }
    assert set(catalogue.available()) == said
    assert len(said) >= 25


def test_an_unknown_indicator_is_named_in_the_refusal():
    with pytest.raises(DataError, match="Indicateur inconnu : « zzz »"):
        catalogue.card("zzz")


@pytest.mark.parametrize("asked", ["MÉDIAN", "median", "revenu MEDIAN", "median revenu"])
def test_a_search_ignores_accents_case_and_the_order_of_words(asked):
    assert "income_median_admin_2023" in [card.id for card in catalogue.search(asked)]


def test_a_search_keeps_the_cards_that_hold_every_word():
    assert len(catalogue.search("")) == len(catalogue.cards())
    assert catalogue.search("revenu zzzz") == []
