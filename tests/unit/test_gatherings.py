"""What is shared with the IWPL, what a person puts together, and that nothing is ever merged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from olsdata.notes import actors, book, gatherings, lists
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.book import Note
from olsdata.notes.content import Content
from olsdata.tables import DataError

pytestmark = pytest.mark.both_stores

IWPL = Actor("iwpl")
OWNER = Actor("facilitateur", "05")
NIGHT = Content(
    sort="besoin",
    text="Pas de garde infirmière à domicile la nuit",
    place="01",
    missing="offre",
    obstacle="reponse",
    theme="acces",
    level="region",
    visibility="iwpl",
)


def add(text: str, place: str = "05", **changes: str) -> Note:
    return book.add(LOCAL, replace(NIGHT, text=text, place=place, **changes))


@pytest.fixture
def three() -> list[Note]:
    """Two besoins that say the same in other words, in two OLS, and one that does not."""
    return [
        add(NIGHT.text, "01"),
        add("La nuit, aucune infirmière à domicile n’est de garde", "05", level=""),
        add("Les lettres de sortie arrivent trop tard", "08", missing="information"),
    ]


def test_only_what_is_shared_is_here_for_the_iwpl_and_for_this_machine(three):
    add("Gardé pour nous", visibility="ols")
    gone = add("Retiré depuis")
    book.withdraw(LOCAL, gone.id, gone.revision)
    for actor in (IWPL, LOCAL):
        assert {n.id for n in gatherings.shared(actor).needs} == {n.id for n in three}
    assert [n.ols for n in gatherings.shared(OWNER).needs] == ["05"]


def test_who_shares_nothing_is_named_without_a_word_on_why(three):
    found = gatherings.shared(IWPL)
    assert found.sharing == ["01", "05", "08"]
    assert set(found.silent) == {"02", "03", "04", "06", "07", "09", "10"}


def test_a_besoin_stands_once_under_its_obstacle_and_level(three):
    groups = gatherings.by_obstacle(gatherings.shared(IWPL).needs)
    assert list(groups) == list(lists.OBSTACLES)
    placed = [n.id for levels in groups.values() for found in levels.values() for n in found]
    assert sorted(placed) == sorted(n.id for n in three)
    assert [n.id for n in groups["reponse"][""]] == [three[1].id]


def test_the_level_able_to_act_may_stay_unknown_but_not_invented():
    assert add("Sans niveau", level="").content.level == ""
    with pytest.raises(DataError, match="Niveau"):
        add("Faux niveau", level="planete")


def test_two_ways_to_say_the_same_are_proposed_and_nothing_else(three):
    (pair,) = gatherings.propose(IWPL, three)
    assert {pair.one.id, pair.other.id} == {three[0].id, three[1].id}
    assert pair.likeness >= gatherings.LIKE
    assert "même obstacle" in pair.common


def test_alike_words_about_something_else_are_not_proposed():
    one = add("Une liste commune des services manque", "01", obstacle="lisibilite")
    other = add(
        "Une liste commune des services manque",
        "08",
        missing="moyens",
        obstacle="adaptation",
        theme="coordination",
    )
    assert gatherings.propose(IWPL, [one, other]) == []


def test_gathering_changes_no_besoin_and_is_undone(three):
    before = [book.get(LOCAL, n.id) for n in three]
    made = gatherings.gather(IWPL, [three[0].id, three[1].id], "Garde de nuit")
    (group,) = gatherings.listing(IWPL)
    assert (group.title, {n.ols for n in group.needs}) == ("Garde de nuit", {"01", "05"})
    assert [book.get(LOCAL, n.id) for n in three] == before
    assert gatherings.propose(IWPL, three) == []
    gatherings.undo(IWPL, made.id)
    assert gatherings.listing(IWPL) == []
    assert len(gatherings.propose(IWPL, three)) == 1
    with pytest.raises(DataError, match="déjà défait"):
        gatherings.undo(IWPL, made.id)


def test_a_besoin_brings_its_gathering_along(three):
    gatherings.gather(IWPL, [three[0].id, three[1].id], "Garde de nuit")
    gatherings.gather(IWPL, [three[1].id, three[2].id], "La nuit et après")
    (group,) = gatherings.listing(IWPL)
    assert {n.id for n in group.needs} == {n.id for n in three}


def test_distinct_besoins_are_not_proposed_until_asked_again(three):
    gatherings.apart(IWPL, three[0].id, three[1].id)
    assert gatherings.propose(IWPL, three) == []
    assert gatherings.told_apart(IWPL) == 1
    gatherings.forget_apart(IWPL)
    assert len(gatherings.propose(IWPL, three)) == 1


def test_what_an_ols_takes_back_leaves_the_gathering(three):
    gatherings.gather(IWPL, [three[0].id, three[1].id], "Garde de nuit")
    note = book.get(LOCAL, three[1].id)
    book.revise(LOCAL, note.id, replace(note.content, visibility="ols"), note.revision)
    (group,) = gatherings.listing(IWPL)
    assert [n.id for n in group.needs] == [three[0].id]


@pytest.mark.parametrize("role", ["facilitateur", "participant", "lecteur"])
def test_only_the_iwpl_gathers(role, three):
    actor = Actor(role, "05")
    ids = [three[0].id, three[1].id]
    with pytest.raises(actors.DeniedError):
        gatherings.gather(actor, ids, "Garde de nuit")
    with pytest.raises(actors.DeniedError):
        gatherings.apart(actor, *ids)
    made = gatherings.gather(IWPL, ids, "Garde de nuit")
    assert gatherings.listing(actor) == []
    with pytest.raises(actors.DeniedError):
        gatherings.undo(actor, made.id)
    assert len(gatherings.listing(IWPL)) == 1


def test_what_is_not_shared_cannot_be_gathered(three):
    hidden = add("Gardé pour nous", visibility="ols")
    with pytest.raises(DataError, match="partagé"):
        gatherings.gather(LOCAL, [three[0].id, hidden.id], "Ensemble")
    assert gatherings.listing(LOCAL) == []


@pytest.mark.parametrize(
    ("count", "title", "said"), [(1, "Seul", "deux"), (2, "  ", "Titre"), (2, "x" * 300, "Titre")]
)
def test_a_gathering_needs_two_besoins_and_a_title(three, count, title, said):
    with pytest.raises(DataError, match=said):
        gatherings.gather(IWPL, [n.id for n in three[:count]], title)
    assert gatherings.listing(IWPL) == []


def test_a_title_that_designates_a_person_is_refused(three):
    with pytest.raises(DataError):
        gatherings.gather(IWPL, [n.id for n in three[:2]], "Appeler le 0470 12 34 56")
    assert gatherings.listing(IWPL) == []


def test_notes_behind_a_besoin_have_its_theme_and_its_place(three):
    def note(text: str, place: str, theme: str = "acces", visibility: str = "iwpl") -> Note:
        content = Content(text=text, place=place, theme=theme, kind="soft", visibility=visibility)
        return book.add(LOCAL, content)

    inside = note("Là, et du même thème", "92142")
    note("Ailleurs", "62063")
    note("Autre thème", "92142", "coordination")
    note("Pas partagée", "92142", visibility="ols")
    found = gatherings.shared(IWPL)
    assert [n.id for n in gatherings.behind(three[1], found.notes)] == [inside.id]
