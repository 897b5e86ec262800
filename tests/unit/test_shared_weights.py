"""Shared weights: what is kept, who reads and writes it, files, bad input."""

from __future__ import annotations

from dataclasses import replace

import pytest

from olsdata import store
from olsdata.equity import need, shared
from olsdata.equity.shared import Content, Line
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.notes.guard import RefusedError
from olsdata.tables import DataError

FIVE, SIX = Actor("facilitateur", "05"), Actor("facilitateur", "06")
IWPL, READER = Actor("iwpl"), Actor("lecteur", "05")
AGE, INCOME = "pct_80p_2021", "income_median_admin_2023"


def start() -> dict[str, Line]:
    """The weights that the page opens with."""
    return {i: Line(i, int(n.use == need.DEFAULT)) for i, n in need.weighable().items()}


def older(name: str = "L’âge d’abord", weight: int = 2, reason: str = "Les aînés attendent"):
    lines = start() | {AGE: Line(AGE, weight, reason)}
    return Content(name, tuple(lines.values()))


# --- What is kept -------------------------------------------------------------------------------


def test_shared_weights_come_back_with_their_reasons_role_and_weights():
    kept = shared.save(FIVE, older())
    (found,) = shared.find(LOCAL)
    assert found == kept
    assert (found.author, found.ols, found.revision) == ("facilitateur", "05", 1)
    assert {x.indicator: x.reason for x in found.content.lines}[AGE] == "Les aînés attendent"
    assert found.content.weights.share(AGE) == pytest.approx(2 / 7)


def test_a_revision_keeps_what_was_said_before_and_a_withdrawal_keeps_the_history():
    kept = shared.save(FIVE, older())
    after = shared.revise(FIVE, kept.id, older(weight=3), kept.revision)
    assert after.revision == 2
    weights = [
        {x.indicator: x.weight for x in shared.from_json(c.content).lines}[AGE]
        for c in shared.history(FIVE, kept.id)
    ]
    assert weights == [2, 3]
    shared.withdraw(FIVE, kept.id, after.revision)
    assert shared.find(LOCAL) == []
    assert [c.action for c in shared.history(LOCAL, kept.id)] == [
        "ajout",
        "modification",
        "retrait",
    ]
    with pytest.raises(DataError, match="déjà retiré"):
        shared.revise(FIVE, kept.id, older(), 3)


def test_saying_the_same_again_is_no_revision():
    kept = shared.save(FIVE, older())
    assert shared.revise(FIVE, kept.id, older(), 1).revision == 1


def test_a_change_in_between_is_told_and_nothing_is_lost():
    kept = shared.save(FIVE, older())
    shared.revise(FIVE, kept.id, older(weight=3), 1)
    for late in (
        lambda: shared.revise(FIVE, kept.id, older(weight=4), 1),
        lambda: shared.withdraw(FIVE, kept.id, 1),
    ):
        with pytest.raises(DataError, match="modifié entre-temps"):
            late()
    (found,) = shared.find(FIVE)
    assert found.content == shared.checked(older(weight=3))


@pytest.mark.parametrize("again", ["L’âge d’abord", "  l'AGE   d’abord "])
def test_a_name_is_taken_once_in_an_ols_until_it_is_withdrawn(again):
    kept = shared.save(FIVE, older())
    other = shared.save(FIVE, older("Autre"))
    with pytest.raises(DataError, match="déjà"):
        shared.save(FIVE, older(again))
    with pytest.raises(DataError, match="déjà"):
        shared.revise(FIVE, other.id, older(again), 1)
    shared.save(SIX, older(again))
    shared.withdraw(FIVE, kept.id, 1)
    shared.save(FIVE, older(again))


def test_reading_makes_no_file():
    assert shared.find(LOCAL) == []
    assert not store.exists()


# --- Rights -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "read"),
    [
        (LOCAL, {"a", "b", "c"}),
        (FIVE, {"a", "b"}),
        (SIX, {"c"}),
        (READER, {"a", "b"}),
        (Actor("participant", "05"), {"a", "b"}),
        (IWPL, {"b", "c"}),
    ],
    ids=lambda a: getattr(a, "role", ""),
)
def test_each_role_lists_its_own_and_what_is_shared(actor, read):
    ids = {
        "a": shared.save(FIVE, older("a")).id,
        "b": shared.save(FIVE, replace(older("b"), visibility="iwpl")).id,
        "c": shared.save(SIX, replace(older("c"), visibility="iwpl")).id,
    }
    assert {s.content.name for s in shared.find(actor)} == read
    for name in set(ids) - read:
        with pytest.raises(DataError, match="inconnus"):
            shared.history(actor, ids[name])


@pytest.mark.parametrize(
    "actor",
    [IWPL, READER, Actor("participant", "05"), Actor("facilitateur"), Actor("inconnu", "05")],
    ids=lambda a: a.role,
)
def test_others_than_the_facilitator_keep_nothing(actor):
    kept = shared.save(FIVE, replace(older(), visibility="iwpl"))
    for attempt in (
        lambda: shared.save(actor, older("x")),
        lambda: shared.revise(actor, kept.id, older("x"), 1),
        lambda: shared.withdraw(actor, kept.id, 1),
    ):
        with pytest.raises(DeniedError):
            attempt()
    assert shared.find(LOCAL) == [kept]


def test_a_facilitator_does_not_touch_another_ols():
    kept = shared.save(FIVE, older())
    with pytest.raises(DataError, match="inconnus"):
        shared.withdraw(SIX, kept.id, 1)


def test_the_iwpl_does_not_read_what_was_said_before_it_was_shared():
    kept = shared.save(FIVE, older(reason="entre nous"))
    shared.revise(FIVE, kept.id, replace(older(reason="pour tous"), visibility="iwpl"), 1)
    told = shared.history(IWPL, kept.id)
    assert "pour tous" in repr(told)
    assert "entre nous" not in repr(told)


# --- Bad input ----------------------------------------------------------------------------------


WRONG = {
    "empty name": (lambda: older("   "), "Nom : manquant"),
    "long name": (lambda: older("a" * 100_000), "100000 caractères, 80 au plus"),
    "long reason": (lambda: older(reason="a" * 100_000), "100000 caractères, 300 au plus"),
    "no reason": (lambda: older(reason=" "), "Raison manquante pour « 80 ans et plus »"),
    "negative": (lambda: older(weight=-1), "négatif"),
    "too much": (lambda: older(weight=5), "dépasse 4"),
    "all zero": (
        lambda: Content("x", tuple(Line(i, 0, "nul") for i in start())),
        "Tous les poids sont nuls",
    ),
    "unknown": (lambda: Content("x", (Line("rien", 1, "x"),)), "Indicateur inconnu : « rien »"),
    "forbidden": (lambda: Content("x", (Line("pct_non_belgian_2021", 1, "x"),)), "nationalité"),
    "twice": (lambda: Content("x", (Line(AGE, 2, "x"), Line(AGE, 3, "y"))), "figure deux fois"),
    "visibility": (lambda: replace(older(), visibility="atelier"), "Visibilité"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_a_sentence_and_nothing_is_kept(case):
    make, says = WRONG[case]
    with pytest.raises(DataError, match=says):
        shared.save(FIVE, make())
    assert shared.find(LOCAL) == []


def test_every_fault_is_named_at_once():
    with pytest.raises(DataError) as caught:
        shared.save(FIVE, older("", 5, ""))
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize("said", ["<script>alert(1)</script>", '=HYPERLINK("x")', "🙂 Ünï", "a\nb"])
def test_text_is_only_text(said):
    kept = shared.save(FIVE, older(said, reason=said))
    assert kept.content.name == said.replace("\n", " ")
    assert {x.indicator: x.reason for x in kept.content.lines}[AGE] == said


def test_the_guard_stands_before_the_store():
    with pytest.raises(RefusedError):
        shared.save(FIVE, older(reason="Rappeler le 0475 12 34 56"))
    assert shared.find(LOCAL) == []


# --- Files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["Les aînés, « eux », attendent ; vite", '=HYPERLINK("x")', "a\nb"]
)
def test_what_is_exported_is_taken_back_and_is_what_the_command_line_takes(said, tmp_path):
    lines = shared.checked(older(reason=said)).lines
    written = shared.export_csv(lines)
    path = tmp_path / "poids.csv"
    path.write_text(written, "utf-8-sig")
    assert shared.read(path) == lines
    assert need.read_weights(path) == Content("x", lines).weights
    assert not any(cell.startswith("=") for row in written.splitlines() for cell in row.split(","))


def test_a_file_without_reasons_is_taken():
    lines = shared.read(f"indicateur;poids\n{AGE};0,5\n{INCOME};0,25\n".encode())
    assert {x.indicator: x.weight for x in lines if x.weight} == {AGE: 2, INCOME: 1}


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ((1, 1), (1, 1)),
        ((2, 2), (2, 2)),
        ((10, 40), (1, 4)),
        ((1 / 3, 1), (1, 3)),
        ((0, 3), (0, 3)),
    ],
)
def test_weights_of_any_scale_become_whole_numbers_of_the_same_ratios(given, whole):
    found = shared.whole(dict(zip((AGE, INCOME), given, strict=True)))
    assert (found[AGE], found[INCOME]) == whole
    assert sum(found.values()) == sum(whole)


FILES = {
    "ratio": (f"indicateur,poids\n{AGE},1\n{INCOME},5\n", "nombres entiers de 0 à 4"),
    "zero": (f"indicateur,poids\n{AGE},0\n", "Tous les poids sont nuls"),
    "negative": (f"indicateur,poids\n{AGE},-2\n", "Ligne 2 : .* négatif"),
    "unknown": ("indicateur,poids\nx,1\n", "Ligne 2 : Indicateur inconnu"),
    "long": (f"indicateur,poids\n{'x' * 100_000},1\n", "inconnu : « x{60} »|Ligne 2"),
    "reason": (f"indicateur,poids,raison\n{AGE},1,{'x' * 1000}\n", "1000 caractères, 300 au plus"),
    "nan": (f"indicateur,poids\n{AGE},nan\n", "pas un nombre"),
    "column": (f"indicateur,poids,note\n{AGE},1,x\n", "colonne inconnue, « note »"),
    "empty": ("", "vide"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_wrong_file_says_what_is_wrong(case):
    text, says = FILES[case]
    with pytest.raises(DataError, match=says) as caught:
        shared.read(text.encode())
    assert len(str(caught.value)) < 500
