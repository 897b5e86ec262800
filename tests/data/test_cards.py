"""Each indicator card says where its figure comes from, and points at columns that exist."""

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
CARDS = sorted((ROOT / "olsdata" / "catalogue").glob("*.toml"))

BLOCKS = ["territoire", "population et besoins", "ressources", "utilisation", "opportunités"]
GROUPS = [
    "ressources individuelles",
    "ressources du ménage",
    "cadre bâti",
    "systèmes de santé et de protection",
    "expérience vécue",
]
COMMON = {"id", "titre", "aide", "bloc", "ordre", "determinant", "etat", "editeur"}
AVAILABLE = COMMON | {
    "unite",
    "decimales",
    "polarite",
    "jeu",
    "annee",
    "date",
    "licence",
    "lien",
    "limites",
    "grain",
    "agregation",
}
RULES = {
    "somme": {"colonne"},
    "rapport": {"numerateur", "denominateur"},
    "moyenne_ponderee": {"colonne", "poids"},
}
OPTIONS = {"somme": {"partage"}, "rapport": {"facteur", "decalage"}, "moyenne_ponderee": set()}
DEFAULT_NEED = {
    "low_education_pct_2021": "haut",
    "unemployment_rate_15_64_2024": "haut",
    "income_median_admin_2023": "bas",
    "pct_hh_single_parent_2019": "haut",
    "pct_res_buildings_without_central_heating_2025": "haut",
    "pct_80p_2021": "haut",
}


def load(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


ALL = {path.stem: load(path) for path in CARDS}
GIVEN = [card for card in ALL.values() if card["etat"] == "disponible"]
MISSING = [card for card in ALL.values() if card["etat"] == "non disponible"]


def known_columns() -> set[str]:
    names: set[str] = set()
    for table in ("indicateurs.csv", "pharmacies.csv"):
        names |= set(pd.read_csv(ROOT / "geodata" / table, nrows=0).columns) - {"refnis"}
    names |= {f"pop_total_{year}" for year in (*range(2009, 2022), 2024, 2026)}
    groups = ("0_2", "3_11", "0_17", "15_64", "18_64", "60p", "65p", "80p")
    return names | {f"pop_{group}_{year}" for group in groups for year in (2011, 2016, 2021)}


def used_columns(card: dict) -> list[str]:
    keys = ("colonne", "poids", "numerateur", "denominateur")
    return [card["agregation"][key] for key in keys if key in card["agregation"]]


def by_id(cards: list[dict]) -> dict:
    return {"argvalues": cards, "ids": [card["id"] for card in cards]}


def test_there_are_enough_cards_and_each_block_has_one():
    assert len(GIVEN) >= 25
    assert len(GIVEN) + len(MISSING) == len(ALL)
    assert {card["bloc"] for card in ALL.values()} == set(BLOCKS)


def test_each_group_of_determinants_has_a_card_if_only_to_say_what_is_missing():
    assert {card["determinant"] for card in ALL.values()} - {""} == set(GROUPS)


@pytest.mark.parametrize("name", list(ALL))
def test_the_file_is_named_after_its_card(name):
    assert ALL[name]["id"] == name
    assert re.fullmatch(r"[a-z0-9_]+", name)


@pytest.mark.parametrize("card", **by_id(GIVEN))
def test_an_available_card_lacks_nothing(card):
    assert AVAILABLE <= set(card) <= AVAILABLE | {"profil", "usage"}
    texts = AVAILABLE - {"determinant", "decimales", "agregation"}
    assert [key for key in texts if not str(card[key]).strip()] == []
    assert card["polarite"] in {"haut", "bas", "neutre"}
    assert card["decimales"] in range(4)
    assert re.match(r"https?://[\w.-]+", card["lien"])
    assert re.fullmatch(r"20\d\d(–20\d\d)?", card["annee"])
    rule = card["agregation"]["type"]
    keys = set(card["agregation"]) - {"type"}
    assert RULES[rule] <= keys <= RULES[rule] | OPTIONS[rule]


@pytest.mark.parametrize("card", **by_id(GIVEN))
def test_the_columns_of_a_card_exist(card):
    assert set(used_columns(card)) <= known_columns()


@pytest.mark.parametrize("card", **by_id(GIVEN))
def test_only_total_population_claims_to_be_exact_below_the_commune(card):
    is_total = card["id"].startswith("pop_total_")
    assert card["grain"] == ("secteur" if is_total else "commune")


@pytest.mark.parametrize("card", **by_id(MISSING))
def test_a_card_without_figure_says_who_publishes_it_and_how_to_get_it(card):
    required = COMMON | {"obtenir"}
    assert required <= set(card) <= required | {"lien"}
    assert all(str(card[key]).strip() for key in required - {"determinant"})


@pytest.mark.parametrize("card", **by_id(list(ALL.values())))
def test_texts_are_french_sentences_with_french_typography(card):
    for key in ("aide", "limites", "obtenir"):
        text = card.get(key, "Rien.")
        assert text[0].isupper(), key
        assert text.endswith("."), key
        assert "'" not in text, "apostrophe droite"
        assert not re.search(r"[^\u202f][;:?!»%€]", text), "espace fine attendue"
        assert not re.search(r"  |« ", text)
    assert "/work" not in str(card)


MEANS = [card for card in GIVEN if card["agregation"]["type"] == "moyenne_ponderee"]


@pytest.mark.parametrize("card", **by_id(MEANS))
def test_a_weighted_mean_says_so_in_its_limits(card):
    assert re.search(
        r"moyenne (des médianes )?pondérée|poids dans la moyenne", card["limites"], re.I
    )


def test_the_six_indicators_of_need_have_the_polarity_agreed():
    assert {name: ALL[name]["polarite"] for name in DEFAULT_NEED} == DEFAULT_NEED


def test_supply_is_never_a_polarity_of_need():
    supply = [
        card
        for card in GIVEN
        if card["bloc"] == "ressources" and not card["id"].startswith(("dist_", "pct_pop_over"))
    ]
    assert {card["polarite"] for card in supply} == {"neutre"}


def test_utilisation_and_opportunities_have_no_figure_yet():
    assert {card["bloc"] for card in GIVEN} == {"territoire", "population et besoins", "ressources"}


def test_pharmacies_carry_the_licence_of_their_own_file():
    columns = set(pd.read_csv(ROOT / "geodata" / "pharmacies.csv", nrows=0).columns)
    users = [card for card in GIVEN if columns & set(used_columns(card))]
    assert len(users) == 3
    assert all("CC BY-NC-SA" in card["licence"] for card in users)


def test_every_column_of_the_indicator_table_is_used_by_a_card():
    table = set(pd.read_csv(ROOT / "geodata" / "indicateurs.csv", nrows=0).columns) - {"refnis"}
    used = {name for card in GIVEN for name in used_columns(card)}
    assert table - used == set()
