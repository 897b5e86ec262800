"""Trajectoire: everything is dated and kept, answers stay apart until shown, nothing is summed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from olsdata import reference, territory
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.tables import DataError
from olsdata.trajectory import (
    CEILINGS,
    FUNCTIONS,
    SECTORS,
    STAFF_LEAST,
    WORDS,
    book,
    grids,
    readings,
    steps,
    team,
)

STEP = {"position": 3, "raison": "le comité se réunit", "essai": "un projet par bassin"}
MEMBER = {"nom": "CLPS", "secteur": "PP", "part": "membre", "niveau": "ols"}


def opened(title: str = "réunion d’équipe", grid: str = "resilience") -> str:
    book.keep(LOCAL, "05", book.ROUND, "t1", {"grille": grid, "titre": title, "etat": book.OPEN})
    return "t1"


def answer(word: str) -> dict[str, str]:
    return {"mot": word, "raison": "on l’a vu", "suite": ""}


def test_the_steps_and_grids_are_those_of_the_documents() -> None:
    assert list(steps()) == ["1", "2", "3", "4", "5.1", "5.2", "5.3", "5.4", "6", "7", "8", "9"]
    assert [len(g.questions) for g in grids().values()] == [7, 5, 17, 5, 8]
    assert len(team()) == len(FUNCTIONS) == 5
    for step in steps().values():
        assert bool(step.alone) != bool(step.one and step.two), step.id
    for grid in grids().values():
        assert not grid.document or grid.document in reference.documents()


def test_a_position_moves_between_two_meetings_and_both_stay() -> None:
    book.keep(LOCAL, "05", book.STEP, "6", STEP, "1/3/2026")
    book.keep(LOCAL, "05", book.STEP, "6", {**STEP, "position": 7}, "1/6/2026")
    found = readings.moves(book.history(LOCAL, "05", book.STEP, "6"))
    assert list(found["date"]) == ["2026-03-01", "2026-06-01"]
    assert list(found["position"]) == [3, 7]
    (now,) = book.latest(LOCAL, "05", book.STEP)
    assert now.content["position"] == 7
    assert book.latest(LOCAL, "06", book.STEP) == []


def test_a_position_without_a_reason_is_accepted() -> None:
    kept = book.keep(LOCAL, "05", book.STEP, "1", {"position": 0})
    assert kept.content == {"position": 0, "raison": "", "essai": ""}
    assert kept.date == date.today().isoformat()


@pytest.mark.parametrize(
    ("sort", "key", "content", "word"),
    [
        (book.STEP, "10", STEP, "Étape inconnue : « 10 »"),
        (book.STEP, "1", {**STEP, "position": 11}, "Position"),
        (book.STEP, "1", {**STEP, "raison": "x" * 1001}, "1001 caractères"),
        (book.STEP, "1", {**STEP, "raison": "93.05.18-223.61"}, "national"),
        (book.STEP, "1", {**STEP, "note": 5}, "Champ inconnu"),
        (book.MEMBER, "m", {**MEMBER, "secteur": None}, "Secteur : manquant"),
        (book.MEMBER, "m", {**MEMBER, "nom": " "}, "manquant"),
        (book.COST, "c", {"poste": "a", "montant": -1, "personnel": True}, "Montant"),
        (book.FUNCTION, "f", {"structure": "a", **dict.fromkeys(FUNCTIONS, 5)}, "inconnu"),
        ("poeme", "p", {}, "Sorte inconnue"),
        (book.STEP, "", STEP, "Clé"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    sort: str, key: str, content: dict[str, Any], word: str
) -> None:
    with pytest.raises(DataError, match=word):
        book.keep(LOCAL, "05", sort, key, content)
    assert all(not book.latest(LOCAL, "05", s) for s in book.SORTS if s != book.ANSWER)


@pytest.mark.parametrize("day", ["1/1/1800", "1/1/2999", "hier"])
def test_a_meeting_has_a_real_day(day: str) -> None:
    with pytest.raises(DataError, match="Date"):
        book.keep(LOCAL, "05", book.STEP, "1", STEP, day)


# --- Answers apart ------------------------------------------------------------


def test_nobody_sees_the_others_before_the_round_is_shown() -> None:
    round_ = opened()
    for holder, word in (("a", "germe"), ("b", "ancre"), ("c", "germe")):
        book.keep(LOCAL, "05", book.ANSWER, "t1/diversite", answer(word), holder=holder)
    assert [e.holder for e in book.answers(LOCAL, "05", round_, "a")] == ["a"]
    assert book.answers(LOCAL, "05", round_) == []
    with pytest.raises(DataError, match="par tour"):
        book.latest(LOCAL, "05", book.ANSWER)
    assert book.history(LOCAL, "05", book.ANSWER, "t1/diversite") == []
    assert not any(r["sort"] == book.ANSWER for r in book.export(LOCAL, "05")["lignes"])
    content = book.latest(LOCAL, "05", book.ROUND)[0].content
    book.keep(LOCAL, "05", book.ROUND, "t1", {**content, "etat": book.SHOWN})
    found = book.answers(LOCAL, "05", round_)
    assert {e.holder for e in found} == {"a", "b", "c"}
    assert readings.spread(found, "diversite") == {
        word: {"germe": 2, "ancre": 1}.get(word, 0) for word in WORDS
    }
    assert not any(readings.spread(found, "participation").values())


def test_an_answer_can_change_until_the_round_is_shown() -> None:
    opened()
    for word in ("loin", "marche"):
        book.keep(LOCAL, "05", book.ANSWER, "t1/diversite", answer(word), holder="a")
    (mine,) = book.answers(LOCAL, "05", "t1", "a")
    assert mine.content["mot"] == "marche"
    content = book.latest(LOCAL, "05", book.ROUND)[0].content
    book.keep(LOCAL, "05", book.ROUND, "t1", {**content, "etat": book.SHOWN})
    with pytest.raises(DataError, match="dévoilé"):
        book.keep(LOCAL, "05", book.ANSWER, "t1/diversite", answer("loin"), holder="a")


@pytest.mark.parametrize(
    ("key", "holder", "word"),
    [("t2/diversite", "a", "n’existe pas"), ("t1/zzz", "a", "Question"), ("t1/diversite", "", "m")],
)
def test_an_answer_has_its_round_question_and_holder(key: str, holder: str, word: str) -> None:
    opened()
    with pytest.raises(DataError, match=word):
        book.keep(LOCAL, "05", book.ANSWER, key, answer("loin"), holder=holder)


def test_an_answer_rests_on_notes_and_figures_that_may_go() -> None:
    opened()
    props = ["chiffre:pct_65p_2021", "note:partie"]
    content = {**answer("germe"), "appuis": props}
    kept = book.keep(LOCAL, "05", book.ANSWER, "t1/diversite", content, holder="a")
    assert kept.content["appuis"] == props
    for wrong in (["65p"], ["poème:x"], ["note:"], "note:x", [f"note:{n}" for n in range(11)]):
        with pytest.raises(DataError, match="chiffre"):
            book.keep(
                LOCAL, "05", book.ANSWER, "t1/diversite", {**content, "appuis": wrong}, holder="a"
            )


# --- Rights ------------------------------------------------------------


def test_a_trajectory_belongs_to_its_ols_and_is_shared_by_choice() -> None:
    own, other, iwpl = Actor("facilitateur", "05"), Actor("facilitateur", "06"), Actor("iwpl")
    book.keep(own, "05", book.STEP, "1", STEP)
    book.keep(own, "05", book.STEP, "2", STEP, visibility="iwpl")
    for actor, ols in ((other, "05"), (iwpl, "05"), (Actor("lecteur", "05"), "05")):
        with pytest.raises(DeniedError):
            book.keep(actor, ols, book.STEP, "1", STEP)
    assert book.latest(other, "05", book.STEP) == []
    assert [e.key for e in book.latest(iwpl, "05", book.STEP)] == ["2"]
    assert [e.key for e in book.shared(iwpl, book.STEP)["05"]] == ["2"]
    with pytest.raises(DeniedError):
        book.keep(Actor("participant", "05"), "05", book.STEP, "3", STEP, visibility="iwpl")
    with pytest.raises(DataError, match="Choisissez une OLS"):
        book.keep(LOCAL, territory.WALLONIE, book.STEP, "1", STEP)
    with pytest.raises(DeniedError):
        book.withdraw(other, "05", book.STEP, "1")


# --- Around the table ------------------------------------------------------------


def test_who_is_missing_is_said() -> None:
    for key, sector in enumerate(("1LSS", "PP", "PP", "autre")):
        book.keep(LOCAL, "05", book.MEMBER, str(key), {**MEMBER, "secteur": sector})
    members = book.latest(LOCAL, "05", book.MEMBER)
    table = readings.around(members)
    assert list(table.index) == list(SECTORS)
    assert table.loc["PP", "membre"] == 2
    assert table.to_numpy().sum() == readings.by_level(members).to_numpy().sum() == 4
    assert "citoyens et usagers" in readings.missing(members)
    book.withdraw(LOCAL, "05", book.MEMBER, "0")
    assert SECTORS["1LSS"] in readings.missing(book.latest(LOCAL, "05", book.MEMBER))
    with pytest.raises(DataError, match="plus dans la liste"):
        book.withdraw(LOCAL, "05", book.MEMBER, "0")


def test_doubled_meetings_are_pairs_in_two_spaces_or_more() -> None:
    for key, (name, sat) in enumerate(
        (("GT 1000 jours", ["A", "B", "C"]), ("Comité", ["B", "A"]), ("AG", ["C", "D"]))
    ):
        book.keep(LOCAL, "05", book.SPACE, str(key), {"nom": name, "membres": sat})
    found = readings.doubles(book.latest(LOCAL, "05", book.SPACE))
    assert found.to_dict("records") == [{"a": "A", "b": "B", "espaces": "GT 1000 jours ; Comité"}]


def test_the_budget_rule_follows_the_real_population() -> None:
    found = {i: readings.ceiling(i)[0] for i in territory.zoning("ols").zones.index}
    assert sorted(i for i, most in found.items() if most == CEILINGS[1]) == ["02", "03", "08"]
    assert readings.staff_share([]) is None
    for key, (amount, staff) in enumerate(((90_000, True), (30_000, False))):
        content = {"poste": f"p{key}", "montant": amount, "personnel": staff}
        book.keep(LOCAL, "05", book.COST, str(key), content)
    share = readings.staff_share(book.latest(LOCAL, "05", book.COST))
    assert share == 75.0
    assert share < STAFF_LEAST


# --- Files ------------------------------------------------------------


def test_export_and_import_are_inverse(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    book.keep(LOCAL, "05", book.STEP, "6", STEP, "1/3/2026")
    book.keep(LOCAL, "05", book.STEP, "6", {**STEP, "position": 9})
    book.keep(LOCAL, "05", book.MEMBER, "m", MEMBER)
    book.withdraw(LOCAL, "05", book.MEMBER, "m")
    raw = json.loads(json.dumps(book.export(LOCAL, "05")))
    assert book.take(LOCAL, raw) == 0
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path / "ailleurs"))
    assert book.latest(LOCAL, "05", book.STEP) == []
    assert book.take(LOCAL, raw) == 4
    assert book.export(LOCAL, "05") == raw


def test_a_broken_file_keeps_nothing() -> None:
    book.keep(LOCAL, "05", book.STEP, "6", STEP)
    raw = json.loads(json.dumps(book.export(LOCAL, "05")))
    raw["lignes"] += [{"ols": "05"}, {**raw["lignes"][0], "moment": "x", "key": "99"}]
    with pytest.raises(DataError, match=r"(?s)Ligne 2 : illisible.*Ligne 3 : Étape inconnue"):
        book.take(LOCAL, raw)
    with pytest.raises(DataError, match="pas un export"):
        book.take(LOCAL, ["autre chose"])
    assert len(book.history(LOCAL, "05", book.STEP, "6")) == 1
