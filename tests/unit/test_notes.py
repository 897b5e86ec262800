"""Notes: kept whole, revised and never overwritten, read only by those who may."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from olsdata import store, territory
from olsdata.equity import shared
from olsdata.notes import actors, board, book, content, demo, drafts, files, guard, lists, places
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.notes.content import Content
from olsdata.store import StoreError, database
from olsdata.tables import DataError

pytestmark = pytest.mark.both_stores
ROOT = Path(__file__).resolve().parents[2]
TODAY = date.today()

FIVE = Actor("facilitateur", "05")
SIX = Actor("facilitateur", "06")
IWPL = Actor("iwpl")
PARTICIPANT = Actor("participant", "05")
READER = Actor("lecteur", "05")
STRANGERS = [Actor("inconnu", "05"), Actor("", ""), Actor("facilitateur"), Actor("lecteur")]


def note(text: str = "Le dernier bus part trop tôt", **changes: object) -> Content:
    start = Content(text=text, place="05", theme="acces", kind="soft", direction="plus")
    return replace(start, **changes)


def need(**changes: object) -> Content:
    bassin = places.inside("05")[1]
    start = Content(sort="besoin", text="Pas de répit", place=bassin, missing="offre")
    return replace(start, **changes)


def days_ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def path() -> Path:
    found = store.file()
    assert found is not None
    return found


# --- What may be written ------------------------------------------------------------------------


def test_a_note_comes_back_as_it_was_written():
    kept = book.add(FIVE, note())
    again = book.get(FIVE, kept.id)
    assert again == kept
    assert (again.ols, again.revision, again.place_label) == ("05", 1, places.find("05").label)
    assert again.content.date == TODAY.isoformat()
    assert again.content.review_by == content.later(TODAY.isoformat(), 1)
    assert not again.to_review


REFUSED = {
    "empty": ({"text": " \n\u200b "}, "Texte : manquant"),
    "control characters only": ({"text": "\x00\x07"}, "Texte : manquant"),
    "100,000 characters": ({"text": "é" * 100_000}, "100000 caractères, 1000 au plus"),
    "1,001 characters": ({"text": "a" * 1_001}, "1001 caractères"),
    "a date in 1800": ({"date": "1800-01-01"}, "avant le 1/1/1900"),
    "a date to come": ({"date": days_ago(-1)}, "après le"),
    "no date": ({"date": "hier"}, "n’est pas une date"),
    "31 February": ({"date": "31/02/2026"}, "n’est pas une date"),
    "review before the note": ({"review_by": "2001-01-01"}, "À revoir le"),
    "an unknown place": ({"place": "99999"}, "Lieu inconnu"),
    "a place of another country": ({"place": "63023"}, "Lieu inconnu"),
    "an unknown indicator": ({"indicator": "bonheur"}, "Indicateur inconnu"),
    "an unknown theme": ({"theme": "sport"}, "Thème"),
    "an unknown kind": ({"kind": "hard"}, "Genre"),
    "no kind": ({"kind": ""}, "Genre : manquant"),
    "an unknown direction": ({"direction": "haut"}, "Sens"),
    "a strength of 4": ({"strength": 4}, "Force"),
    "an unknown visibility": ({"visibility": "tous"}, "Visibilité"),
    "a name for a role": ({"author": "Jean Dupont"}, "Rôle"),
    "about nothing": ({"place": "", "theme": ""}, "un lieu, un indicateur ou un thème"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_note_is_refused_with_a_french_sentence_and_nothing_is_kept(case):
    changes, message = REFUSED[case]
    with pytest.raises(DataError, match=message):
        book.add(LOCAL, note(**changes))
    assert book.find(LOCAL).total == 0


KEPT = {
    "script": "<script>alert(1)</script>",
    "markdown": "**gras** [lien](javascript:alert(1))",
    "emoji": "Réunion 👩‍👩‍👧‍👦 réussie 🙂",
    "lines": "un\n\ndeux",
    "1,000 characters": "é" * 1_000,
    "formula": '=HYPERLINK("http://exemple.be";"x")',
    "minus": "-3 lits",
    "quotes": "'; drop table note; --",
    "percent": "100 % _ d’accord",
}


@pytest.mark.parametrize("case", KEPT)
def test_text_is_only_text(case):
    kept = book.add(LOCAL, note(KEPT[case]))
    assert book.get(LOCAL, kept.id).content.text == KEPT[case]


def test_what_cannot_be_seen_leaves_the_text():
    kept = book.add(LOCAL, note("\u202eAttente\x00\u200f\r\ntrop\tlongue\ufeff\ud800"))
    assert kept.content.text == "Attente\ntrop longue"


def test_every_fault_is_named_at_once():
    with pytest.raises(DataError) as wrong:
        book.add(LOCAL, note("", place="xx", kind="hard"))
    assert {line.split(" ")[0] for line in str(wrong.value).splitlines()} == {
        "Texte",
        "Lieu",
        "Genre",
    }


def test_each_sort_has_its_own_fields_and_no_other():
    assert book.add(LOCAL, need(kind="soft", strength=3)).content.kind == ""
    with pytest.raises(DataError, match="Ce qui manque"):
        book.add(LOCAL, need(missing=""))
    with pytest.raises(DataError, match="bassin de vie"):
        book.add(LOCAL, need(place="92094"))
    with pytest.raises(DataError, match="Niveau"):
        book.add(LOCAL, Content(sort="signal", text="x"))
    signal_ = book.add(LOCAL, Content(sort="signal", text="x", level="region"))
    assert (signal_.status, signal_.waiting) == ("attente", 0)
    for sort in ("opportunite", "victoire"):
        with pytest.raises(DataError, match="Lieu : manquant"):
            book.add(LOCAL, Content(sort=sort, text="x"))
    later = book.add(LOCAL, Content(sort="opportunite", text="x", place="05", date=days_ago(-40)))
    assert later.content.date == days_ago(-40)
    with pytest.raises(DataError, match="Sorte"):
        book.add(LOCAL, Content(sort="rumeur", text="x"))


def test_the_lists_hold_what_the_reform_names():
    assert len(lists.THEMES) == 5 + 7 + 3 + 2
    assert list(lists.STATUS["besoin"]) == [
        "releve",
        "consolide",
        "transmis",
        "presente",
        "repondu",
        "clos",
    ]
    assert set(lists.CONFIDENCE_HELP) == set(lists.CONFIDENCE)


def test_the_guard_stands_before_the_store():
    for text in ("85.07.30-033.28", "Mme Dupont"):
        with pytest.raises(guard.RefusedError):
            book.add(LOCAL, note(text), confirmed=[text])
    with pytest.raises(guard.RefusedError):
        book.add(LOCAL, note("Vu par le Dr Martin"))
    with pytest.raises(guard.RefusedError):
        book.add(LOCAL, need(for_whom="Mme Dupont"))
    kept = book.add(LOCAL, note("Vu par le Dr Martin"), confirmed=["Dr Martin"])
    with pytest.raises(guard.RefusedError):
        book.revise(LOCAL, kept.id, note("tél. 081 23 45 67"), kept.revision)
    asked = book.add(LOCAL, need())
    with pytest.raises(guard.RefusedError):
        book.advance(LOCAL, asked.id, "repondu", asked.revision, reply="Appeler le 081 23 45 67")
    assert book.find(LOCAL).total == 2


# --- Places -------------------------------------------------------------------------------------


def test_a_place_holds_the_smaller_places_that_touch_it():
    known = places.known()
    assert len([p for p in known.values() if p.level == "commune"]) == 252
    assert known["92094"].ols == ("05", "06")
    bassin = known[places.inside("05")[1]]
    assert bassin.level == "bassin"
    for wide in ("05", bassin.id, "92094"):
        for id_ in places.inside(wide):
            assert wide in known[id_].within
    assert set(places.inside(bassin.id)) < set(places.inside("05"))
    assert "05" not in places.inside(bassin.id)


def test_a_list_of_a_place_takes_what_is_inside_and_not_what_is_around():
    for place in ("05", places.inside("05")[1], "92094", "92094A", "07"):
        book.add(LOCAL, note(place, place=place))
    found = {n.content.text for n in book.find(LOCAL, place="92094").notes}
    assert found == {"92094", "92094A"}
    assert book.find(LOCAL, place="wallonie").total == 5
    assert "07" not in {n.content.text for n in book.find(LOCAL, place="05").notes}
    with pytest.raises(DataError):
        book.find(LOCAL, place="xx")


def test_a_place_that_the_zoning_no_longer_has_keeps_its_note(monkeypatch):
    kept = book.add(FIVE, note(place=places.inside("05")[1]))
    gone = kept.content.place
    left = {id_: p for id_, p in places.known().items() if id_ != gone}
    with places.fictional(left):
        again = book.get(FIVE, kept.id)
        assert again.lost
        assert book.find(FIVE, lost=True).total == book.find(FIVE).total == 1
        assert book.lost_places(FIVE) == {gone: kept.place_label}
        said = book.revise(FIVE, kept.id, replace(again.content, text="Autrement"), 1)
        assert (said.content.place, said.place_label) == (gone, kept.place_label)
        with pytest.raises(DataError, match="Lieu inconnu"):
            book.add(FIVE, note(place=gone))
    assert book.find(FIVE, lost=True).total == 0


def bassins_of(ols: str) -> list[str]:
    return [i for i in places.inside(ols) if places.known()[i].level == "bassin"]


def without(*gone: str) -> dict[str, places.Place]:
    """The places of today, less some."""
    return {id_: p for id_, p in places.known().items() if id_ not in gone}


@pytest.mark.parametrize("sort", lists.SORTS)
def test_what_lost_its_place_is_put_on_one_of_today_and_remembers_the_old_one(sort):
    gone, today = bassins_of("05")[:2]
    start = need() if sort == "besoin" else note(sort=sort, level="ols")
    kept = book.add(FIVE, replace(start, place=gone))
    with places.fictional(without(gone)):
        moved = book.relocate(FIVE, kept.id, today, kept.revision)
        assert not moved.lost
        assert book.find(FIVE, lost=True).total == 0
        assert [n.id for n in book.find(FIVE, place=today).notes] == [kept.id]
        told = book.history(FIVE, kept.id)
    assert moved.content == replace(kept.content, place=today)
    assert moved.steps == kept.steps
    assert (moved.ols, moved.place_label) == ("05", places.find(today).label)
    assert [c.changed.get("place") for c in told] == [("", gone), (gone, today)]
    assert [c.place_label for c in told] == [kept.place_label, moved.place_label]


def test_a_doubt_that_its_author_settled_does_not_stop_a_note_from_being_put_back():
    gone, today = bassins_of("05")[:2]
    said = "Rue de la Station 12, la rampe manque"
    doubts = guard.doubtful([said])
    kept = book.add(FIVE, note(said, place=gone), doubts)
    with places.fictional(without(gone)):
        assert book.relocate(FIVE, kept.id, today, 1).content.text == said


def test_only_who_may_revise_puts_a_note_back_and_only_in_its_own_ols():
    gone, today = bassins_of("05")[:2]
    kept = book.add(FIVE, note(place=gone, visibility="iwpl"))
    whole = book.add(FIVE, note())
    with places.fictional(without(gone)):
        for actor in (PARTICIPANT, READER, IWPL, *STRANGERS):
            with pytest.raises(DeniedError):
                book.relocate(actor, kept.id, today, 1)
        with pytest.raises(DataError, match="Note inconnue"):
            book.relocate(SIX, kept.id, today, 1)
        for actor in (FIVE, LOCAL):
            with pytest.raises(DataError, match="autre OLS"):
                book.relocate(actor, kept.id, "06", 1)
        for place in ("", gone, "xx"):
            with pytest.raises(DataError, match="Lieu inconnu"):
                book.relocate(FIVE, kept.id, place, 1)
        with pytest.raises(DataError, match="existe toujours"):
            book.relocate(FIVE, whole.id, today, 1)
        assert book.get(FIVE, kept.id) == kept
        book.revise(FIVE, kept.id, replace(kept.content, text="deux"), 1)
        with pytest.raises(book.ConflictError):
            book.relocate(FIVE, kept.id, today, 1)


def test_a_need_is_put_back_in_a_bassin_or_an_ols():
    gone = bassins_of("05")[0]
    kept = book.add(FIVE, need(place=gone))
    with places.fictional(without(gone)):
        with pytest.raises(DataError, match="bassin de vie ou une OLS"):
            book.relocate(FIVE, kept.id, "92094", 1)
        assert book.relocate(FIVE, kept.id, "05", 1).content.place == "05"


def test_a_note_of_an_ols_that_is_gone_goes_with_its_new_place():
    kept = book.add(LOCAL, note(place="05"))
    with places.fictional(without("05")):
        moved = book.relocate(LOCAL, kept.id, "06", 1)
        assert (moved.ols, book.find(SIX).total) == ("06", 1)


# --- Revisions ----------------------------------------------------------------------------------


def test_a_revision_is_appended_and_says_what_changed():
    kept = book.add(FIVE, note("un"))
    kept = book.revise(FIVE, kept.id, replace(kept.content, text="deux", strength=3), 1)
    book.withdraw(FIVE, kept.id, kept.revision)
    told = book.history(FIVE, kept.id)
    assert [c.action for c in told] == ["ajout", "modification", "retrait"]
    assert told[1].changed == {"text": ("un", "deux"), "strength": (1, 3)}
    assert told[1].role == "facilitateur"
    assert book.find(FIVE).total == 0
    assert book.find(FIVE, withdrawn=True).total == 1
    with pytest.raises(DataError, match="retirée"):
        book.revise(FIVE, kept.id, note("trois"), 3)


def test_saying_the_same_again_is_no_revision():
    kept = book.add(FIVE, note())
    assert book.revise(FIVE, kept.id, kept.content, 1).revision == 1


def test_two_editors_see_each_other_and_nobody_loses_text():
    kept = book.add(FIVE, note("un"))
    book.revise(FIVE, kept.id, replace(kept.content, text="deux"), 1)
    with pytest.raises(book.ConflictError) as clash:
        book.revise(FIVE, kept.id, replace(kept.content, text="trois"), 1)
    assert (clash.value.current.content.text, clash.value.mine.text) == ("deux", "trois")
    assert clash.value.base == kept.content
    assert clash.value.merged is None
    with pytest.raises(book.ConflictError) as apart:
        book.revise(FIVE, kept.id, replace(kept.content, strength=3), 1)
    merged = apart.value.merged
    assert merged is not None
    assert (merged.text, merged.strength) == ("deux", 3)
    assert book.revise(FIVE, kept.id, merged, apart.value.current.revision).content == merged
    with pytest.raises(book.ConflictError):
        book.withdraw(FIVE, kept.id, 1)


def test_another_view_stands_beside_and_is_never_merged():
    kept = book.add(FIVE, note("un", indicator="pct_65p_2021", visibility="atelier"))
    other = book.answer(
        PARTICIPANT, kept.id, Content(text="deux", kind="warm", direction="moins", author="autre")
    )
    assert other.answers_to == kept.id
    assert (other.content.place, other.content.indicator) == ("05", "pct_65p_2021")
    assert book.answers(FIVE, kept.id) == [other]
    assert book.get(FIVE, kept.id) == kept
    with pytest.raises(DataError, match="pas partagée"):
        book.answer(FIVE, kept.id, Content(text="x", kind="soft", visibility="iwpl"))


# --- Besoins and signals ------------------------------------------------------------------------


def test_a_need_goes_its_way_step_by_step_and_counts_its_days():
    kept = book.add(FIVE, need(date=days_ago(40)))
    assert (kept.status, kept.waiting) == ("releve", 40)
    kept = book.advance(FIVE, kept.id, "consolide", kept.revision, days_ago(30))
    assert kept.waiting == 40
    with pytest.raises(DataError, match="partagez d’abord"):
        book.advance(FIVE, kept.id, "transmis", kept.revision)
    kept = book.revise(FIVE, kept.id, replace(kept.content, visibility="iwpl"), kept.revision)
    kept = book.advance(FIVE, kept.id, "transmis", kept.revision, days_ago(20))
    with pytest.raises(DataError, match="reste partagé"):
        book.revise(FIVE, kept.id, replace(kept.content, visibility="ols"), kept.revision)
    with pytest.raises(DataError, match="avant la date"):
        book.advance(FIVE, kept.id, "presente", kept.revision, days_ago(25))
    with pytest.raises(DataError, match="Réponse : manquant"):
        book.advance(FIVE, kept.id, "repondu", kept.revision)
    with pytest.raises(book.ConflictError):
        book.advance(FIVE, kept.id, "presente", 1)
    kept = book.advance(FIVE, kept.id, "repondu", kept.revision, reply="Une offre s’ouvre.")
    assert (kept.waiting, kept.steps[-1].text) == (None, "Une offre s’ouvre.")
    assert [s.status for s in kept.steps] == ["releve", "consolide", "transmis", "repondu"]
    assert [c.action for c in book.history(FIVE, kept.id)].count("étape") == 3


def test_the_board_shows_each_need_once_and_the_consolidated_view_every_ols():
    kept = book.add(FIVE, need(visibility="iwpl"))
    book.add(SIX, need(place=places.inside("06")[1]))
    shown = board.board(LOCAL)
    assert list(shown) == list(lists.STATUS["besoin"])
    assert len(shown["releve"]) == 2
    assert board.board(IWPL)["releve"] == [kept]
    table = board.consolidated(IWPL)
    assert list(table.index) == [f"{i:02}" for i in range(1, 11)]
    assert table["besoins"].sum() == table.at["05", "manque_offre"] == 1
    book.add(FIVE, Content(sort="signal", text="x", level="ols"))
    assert [len(some) for some in board.signals(FIVE).values()] == [0, 1, 0]


# --- Lists and search ---------------------------------------------------------------------------


def test_filters_and_pages():
    book.add(LOCAL, note("un", kind="warm", direction="moins", date=days_ago(3)))
    book.add(LOCAL, note("deux", theme="", indicator="pct_65p_2021", date=days_ago(400)))
    book.add(LOCAL, need())
    texts = {
        key: [n.content.text for n in book.find(LOCAL, **{key: value}).notes]
        for key, value in {
            "kind": "warm",
            "direction": "plus",
            "indicator": "pct_65p_2021",
            "sort": "besoin",
            "to_review": True,
            "theme": "acces",
        }.items()
    }
    assert texts == {
        "kind": ["un"],
        "direction": ["deux"],
        "indicator": ["deux"],
        "sort": ["Pas de répit"],
        "to_review": ["deux"],
        "theme": ["un"],
    }
    first = book.find(LOCAL, limit=1)
    assert (len(first.notes), first.total) == (1, 3)
    assert book.find(LOCAL, limit=1, offset=2).notes[0].content.text == "deux"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("medecin", 1),
        ("MÉDEC", 1),
        ("médecin attente", 1),
        ("médecin bus", 0),
        ("parents", 1),
        ('"médecin" OR *', 0),
        ("l'attente", 1),
        ("!!!", 0),
        ("'; drop table note", 0),
    ],
)
def test_words_are_found_without_capitals_nor_accents(words, found):
    book.add(LOCAL, note("L’attente chez le Médecin est longue"))
    book.add(LOCAL, need(for_whom="Parents seuls"))
    assert book.find(LOCAL, words=words).total == found


def test_search_follows_what_the_note_says_now():
    kept = book.add(LOCAL, note("ancienne phrase"))
    book.revise(LOCAL, kept.id, replace(kept.content, text="nouvelle phrase"), 1)
    assert book.find(LOCAL, words="ancienne").total == 0
    assert book.find(LOCAL, words="nouvelle").total == 1


# --- Rights -------------------------------------------------------------------------------------


@pytest.fixture
def shelf() -> dict[str, book.Note]:
    """A note of each visibility in OLS 05, one shared by OLS 06."""
    made = {v: book.add(FIVE, note(v, visibility=v)) for v in lists.VISIBILITY}
    return made | {"six": book.add(SIX, note("six", place="06", visibility="iwpl"))}


READS = {
    "local": (LOCAL, {"ols", "iwpl", "atelier", "six"}),
    "facilitateur": (FIVE, {"ols", "iwpl", "atelier"}),
    "other facilitateur": (SIX, {"six"}),
    "participant": (PARTICIPANT, {"ols", "iwpl", "atelier"}),
    "lecteur": (READER, {"ols", "iwpl"}),
    "iwpl": (IWPL, {"iwpl", "six"}),
}


@pytest.mark.parametrize("who", READS)
def test_each_role_reads_its_own_and_nothing_else(shelf, who):
    actor, expected = READS[who]
    assert {n.content.text for n in book.find(actor, limit=None).notes} == expected
    assert book.find(actor, words="ols").total == ("ols" in expected)
    for name, kept in shelf.items():
        if name in expected:
            assert book.get(actor, kept.id) == kept
        else:
            for read in (book.get, book.history):
                with pytest.raises(DataError, match="Note inconnue"):
                    read(actor, kept.id)


def test_the_iwpl_does_not_find_a_shared_note_that_was_withdrawn(shelf):
    book.withdraw(FIVE, shelf["iwpl"].id, shelf["iwpl"].revision)
    assert [n.id for n in book.find(FIVE, withdrawn=True).notes] == [shelf["iwpl"].id]
    assert book.find(IWPL, withdrawn=True).total == 0
    assert {n.content.text for n in book.find(IWPL).notes} == {"six"}


@pytest.mark.parametrize("actor", STRANGERS)
def test_a_role_that_is_not_known_or_has_no_ols_may_nothing(shelf, actor):
    kept = shelf["iwpl"]
    tries = [
        lambda: book.add(actor, note()),
        lambda: book.get(actor, kept.id),
        lambda: book.find(actor),
        lambda: book.history(actor, kept.id),
        lambda: board.board(actor),
        lambda: board.consolidated(actor),
        lambda: files.export_json(actor),
        lambda: drafts.kept(actor),
    ]
    for attempt in tries:
        with pytest.raises(DeniedError):
            attempt()


def writes(actor: Actor, kept: book.Note, target: Path) -> dict[str, object]:
    return {
        actors.ADD: lambda: book.add(actor, note()),
        actors.REVISE: lambda: book.revise(actor, kept.id, note("x"), kept.revision),
        actors.WITHDRAW: lambda: book.withdraw(actor, kept.id, kept.revision),
        actors.ERASE: lambda: book.erase(actor, kept.id),
        actors.FOLLOW: lambda: book.advance(actor, kept.id, "repondu", 1, reply="x"),
        actors.DRAFT: lambda: drafts.save(actor, "note", note()),
        actors.IMPORT: lambda: files.import_notes(actor, b"{}"),
        actors.SAVE: lambda: files.backup(actor, target),
        actors.RESTORE: lambda: files.restore(actor, target),
        actors.EXPORT: lambda: files.export_csv(actor),
        actors.WEIGH: lambda: shared.save(actor, shared.Content("x", ())),
    }


@pytest.mark.parametrize("actor", [PARTICIPANT, READER, IWPL, FIVE], ids=lambda a: a.role)
def test_what_a_role_may_not_do_is_refused_and_changes_nothing(shelf, actor, tmp_path):
    kept = shelf["iwpl"]
    before = files.export_json(LOCAL)
    for action, attempt in writes(actor, kept, tmp_path / "x").items():
        if action not in actors.RIGHTS[actor.role]:
            with pytest.raises(DeniedError):
                attempt()
    assert files.export_json(LOCAL) == before
    assert not (tmp_path / "x").exists()


def test_every_right_is_tried():
    tried = set(writes(LOCAL, None, Path())) | {actors.READ}  # type: ignore[arg-type]
    elsewhere = {actors.DRAW, actors.ADOPT}  # tried with the bassins
    elsewhere |= {actors.PROPOSE, actors.KEEP}  # tried with the registry
    elsewhere |= {actors.REFRESH, actors.BRING, actors.REPLACE}  # tried with the data of all
    assert tried == actors.EVERYTHING - elsewhere


def test_a_facilitator_touches_nothing_of_another_ols(shelf):
    kept = shelf["ols"]
    for action, attempt in writes(SIX, kept, Path("x")).items():
        if action in (actors.REVISE, actors.WITHDRAW, actors.ERASE, actors.FOLLOW):
            with pytest.raises(DataError, match="Note inconnue"):
                attempt()
    with pytest.raises(DeniedError, match="autre OLS"):
        book.add(SIX, note(place="05"))
    with pytest.raises(DeniedError, match="autre OLS"):
        book.revise(FIVE, kept.id, note(place="06"), 1)
    with pytest.raises(DataError, match="Note inconnue"):
        book.answer(SIX, kept.id, Content(text="x", kind="soft"))
    assert book.get(FIVE, kept.id) == kept


def test_a_commune_that_is_cut_belongs_to_whoever_writes():
    assert book.add(FIVE, note(place="92094")).ols == "05"
    assert book.add(SIX, note(place="92094")).ols == "06"


def test_who_may_not_speak_for_another_is_refused():
    for actor, author in ((PARTICIPANT, "facilitateur"), (PARTICIPANT, "iwpl"), (FIVE, "iwpl")):
        with pytest.raises(DeniedError, match="en tant que"):
            book.add(actor, note(author=author))
    assert book.find(LOCAL).total == 0
    kept = book.add(LOCAL, note(author="iwpl"))
    changed = book.revise(FIVE, kept.id, replace(kept.content, text="autre"), 1)
    assert changed.content.author == "iwpl"
    assert book.add(PARTICIPANT, note(author="habitant")).content.author == "habitant"


def test_a_participant_does_not_share_with_the_iwpl():
    with pytest.raises(DeniedError, match="décidé par l’OLS"):
        book.add(PARTICIPANT, note(visibility="iwpl", author="autre"))


def test_the_iwpl_does_not_read_what_a_note_said_before_it_was_shared():
    kept = book.add(FIVE, note("avant, entre nous"))
    shared = replace(kept.content, text="après, partagé", visibility="iwpl")
    kept = book.revise(FIVE, kept.id, shared, 1)
    told = book.history(IWPL, kept.id)
    assert "avant" not in repr(told)
    assert len(book.history(FIVE, kept.id)) == 2
    book.withdraw(FIVE, kept.id, kept.revision)
    with pytest.raises(DataError, match="Note inconnue"):
        book.get(IWPL, kept.id)


def test_the_audience_is_said_for_every_visibility():
    for visibility in lists.VISIBILITY:
        assert "IWPL" in actors.audience(FIVE, visibility) or visibility != "iwpl"
        assert actors.audience(LOCAL, visibility).startswith("Visible par toute personne")


# --- Drafts -------------------------------------------------------------------------------------


def test_a_draft_comes_back_until_the_note_is_kept():
    drafts.save(FIVE, "note", note("à moitié"))
    drafts.save(FIVE, "note", note("à moitié écrit", kind="", place="xx"))
    left = drafts.draft(FIVE, "note")
    assert left is not None
    assert (left.content.text, left.content.kind, left.content.place) == (
        "à moitié écrit",
        "",
        "xx",
    )
    assert drafts.kept(SIX) == drafts.kept(replace(FIVE, who="autre")) == []
    assert book.find(FIVE).total == 0
    with pytest.raises(DataError):
        book.add(FIVE, note("", place="05"), form="note")
    assert drafts.draft(FIVE, "note") is not None
    book.add(FIVE, note(), form="note")
    assert drafts.draft(FIVE, "note") is None


def test_a_draft_keeps_what_is_too_long_and_leaves_out_what_designates_a_person():
    drafts.save(FIVE, "note", note("é" * 5_000))
    assert len(drafts.kept(FIVE)[0].content.text) == 5_000
    saved = drafts.save(FIVE, "note", note("Mme Dupont attend"))
    assert [f.kind for f in saved.kept_out] == ["nom"]
    assert drafts.kept(FIVE)[0].content.text == ""
    drafts.drop(FIVE, "note")
    assert drafts.kept(FIVE) == []


# --- Erasure ------------------------------------------------------------------------------------

SECRET = "Xylophonequatorze"


def remains() -> list[str]:
    found = path().parent.glob(f"{path().name}*")
    return [p.name for p in found if SECRET.casefold().encode() in p.read_bytes().lower()]


@pytest.mark.sqlite_only
def test_an_erased_note_leaves_no_text_in_the_file_nor_beside_it():
    for i in range(30):
        book.add(LOCAL, note(f"voisine {i} " * 20))
    kept = book.add(LOCAL, need(text=f"un {SECRET}", for_whom=SECRET))
    said = replace(kept.content, text=f"deux {SECRET} " * 30)
    drafts.save(LOCAL, "revision", said, kept.id)
    kept = book.revise(LOCAL, kept.id, said, 1)
    kept = book.advance(LOCAL, kept.id, "consolide", kept.revision, reply=SECRET)
    with store.reading():
        assert remains()
    left = book.erase(LOCAL, kept.id)
    assert left.clean
    assert left.copies == ()
    assert remains() == []
    with pytest.raises(DataError, match="Note inconnue"):
        book.get(LOCAL, kept.id)
    assert book.find(LOCAL, words=SECRET).total == 0
    assert book.find(LOCAL, limit=None).total == 30
    assert book.find(LOCAL, words="voisine").total == 30
    assert drafts.kept(LOCAL) == []


@pytest.mark.sqlite_only
def test_an_erasure_while_another_reads_says_that_remains_are_left(monkeypatch):
    kept = book.add(LOCAL, note(SECRET))
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(path(), isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("select count(*) from note").fetchone()
        assert not book.erase(LOCAL, kept.id).clean
    assert store.compact()
    assert remains() == []


@pytest.mark.sqlite_only
def test_what_was_erased_stays_erased_when_an_older_backup_comes_back(tmp_path):
    kept = book.add(LOCAL, note(SECRET))
    copy = files.backup(LOCAL, tmp_path / "copie.sqlite")
    book.add(LOCAL, note("après"))
    book.erase(LOCAL, kept.id)
    files.restore(LOCAL, copy)
    assert book.find(LOCAL).total == 0
    assert remains() == []


# --- Load and faults ----------------------------------------------------------------------------

WRITERS, EACH = 8, 100


def _many(writer: int) -> None:
    for i in range(EACH):
        book.add(Actor("facilitateur", "05"), note(f"{writer}-{i}"))


@pytest.mark.sqlite_only
def test_eight_writers_of_a_hundred_notes_lose_none():
    context = multiprocessing.get_context("spawn")
    with context.Pool(WRITERS) as pool:
        pool.map(_many, range(WRITERS), chunksize=1)
    found = book.find(LOCAL, limit=None)
    expected = {f"{w}-{i}" for w in range(WRITERS) for i in range(EACH)}
    assert {n.content.text for n in found.notes} == expected
    assert found.total == WRITERS * EACH


KILLED = """
import sys
sys.path.insert(0, {root!r})
from tests.unit.test_notes import note, need
from olsdata.notes import book
from olsdata.notes.actors import LOCAL
for i in range(10_000):
    kept = book.add(LOCAL, need(text=f"mot{{sys.argv[1]}}n{{i}} " * 40))
    print(kept.id, flush=True)
"""


@pytest.mark.sqlite_only
def test_after_a_kill_every_acknowledged_note_is_there_and_none_is_half_written():
    book.add(LOCAL, note())
    command = [sys.executable, "-c", KILLED.format(root=str(ROOT))]
    running = [
        subprocess.Popen([*command, str(i)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for i in range(3)
    ]
    acknowledged = set()
    for i, process in enumerate(running):
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(0.05 + 0.04 * i)
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        acknowledged |= {id_ for id_ in [first.strip(), *rest.split("\n")] if len(id_) == 33}
    found = book.find(LOCAL, sort="besoin", limit=None).notes
    assert acknowledged <= {n.id for n in found}
    for kept in found:
        assert len(kept.steps) == 1
        assert len(book.history(LOCAL, kept.id)) == kept.revision == 1
    assert book.find(LOCAL, words="mot0n0 ").total == 1
    with closing(sqlite3.connect(path())) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def until_full() -> None:
    for _ in range(200):
        book.add(LOCAL, note("b" * 999))


@pytest.mark.sqlite_only
def test_a_full_disk_is_a_french_sentence_and_leaves_nothing_behind():
    book.add(LOCAL, note("a"))
    engine = database._engine(store.url())

    def small(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # never under the pages that exist

    event.listen(engine, "connect", small)
    try:
        with pytest.raises(StoreError, match=r"disque est plein.*Rien n’a été enregistré"):
            until_full()
    finally:
        event.remove(engine, "connect", small)
    for kept in book.find(LOCAL, limit=None).notes:
        assert len(book.history(LOCAL, kept.id)) == 1


@pytest.mark.sqlite_only
def test_a_read_only_database_is_a_french_sentence(monkeypatch):
    kept = book.add(LOCAL, note("a"))
    engine = database._engine(store.url())

    def reading_only(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(engine, "connect", reading_only)
    try:
        for attempt in (
            lambda: book.add(LOCAL, note("b")),
            lambda: drafts.save(LOCAL, "note", note("b")),
            lambda: book.withdraw(LOCAL, kept.id, 1),
        ):
            with pytest.raises(StoreError, match="lecture seule"):
                attempt()
        assert book.find(LOCAL).total == 1
    finally:
        event.remove(engine, "connect", reading_only)


def twice() -> None:
    same = {"id": "x", "sort": "note", "text": SECRET, "lineage": [], "created": "", "updated": ""}
    with store.writing() as session:
        session.add_all([store.models.Note(**same), store.models.Note(**same)])


def test_what_is_written_is_in_no_error_message():
    with pytest.raises(StoreError) as refused:
        twice()
    assert SECRET not in str(refused.value) + str(refused.value.__cause__)


@pytest.mark.sqlite_only
def test_reading_makes_no_file():
    assert book.find(LOCAL).total == 0
    assert board.board(LOCAL)["releve"] == []
    assert drafts.kept(LOCAL) == []
    assert not store.exists()


@pytest.mark.sqlite_only
def test_importing_the_notes_does_not_import_sqlalchemy():
    code = (
        "import sys; from olsdata.notes import book, board, drafts, files, demo; "
        "book.find(book.actors.LOCAL); sys.exit('sqlalchemy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


# --- Demonstration ------------------------------------------------------------------------------


def test_the_demonstration_is_apart_plainly_fictional_and_can_be_reset():
    book.add(LOCAL, note("la mienne"))
    with demo.open() as here:
        assert all(demo.MARK in p.label for p in here.values())
        first = {n.id: n.content.text for n in book.find(LOCAL, limit=None).notes}
        assert all("fictif" in t.lower() or "fictive" in t.lower() for t in first.values())
        for name in ("Sophie", "Jean", "Giulia"):
            assert book.find(LOCAL, words=name).total == 1
        assert {"note", "besoin", "signal", "opportunite", "victoire"} == {
            n.content.sort for n in book.find(LOCAL, limit=None).notes
        }
        assert len(board.board(LOCAL, place="D1-trois-vallees")["transmis"]) == 1
        assert book.answers(LOCAL, "demo-sophie")
        added = book.add(LOCAL, note("essai", place="D1-ville-haute"))
        book.erase(LOCAL, "demo-jean")
        with pytest.raises(DataError, match="Lieu inconnu"):
            book.add(LOCAL, note(place="05"))
    assert [n.content.text for n in book.find(LOCAL).notes] == ["la mienne"]
    demo.reset()
    with demo.open():
        assert {n.id: n.content.text for n in book.find(LOCAL, limit=None).notes} == first
        with pytest.raises(DataError):
            book.get(LOCAL, added.id)
        exported = files.export_json(LOCAL)
    assert "OLS inconnue" in files.import_notes(LOCAL, exported.encode()).faults[0]


def test_no_note_of_the_demonstration_would_be_refused_by_the_guard():
    with demo.open():
        for kept in book.find(LOCAL, limit=None).notes:
            assert guard.read(kept.content.text) == []
            content.checked(kept.content)


def test_every_ols_of_the_zoning_is_a_place():
    assert places.all_ols() == list(territory.zoning("ols").zones.index)
