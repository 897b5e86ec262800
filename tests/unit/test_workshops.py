"""Workshops: rights, codes, and nothing lost, mixed up or said twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from olsdata import store
from olsdata.exports import document as doc
from olsdata.exports import workshop as exported
from olsdata.notes import book as notes
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.notes.content import Content
from olsdata.notes.guard import RefusedError
from olsdata.tables import DataError
from olsdata.workshops import book, ideas, lists, pictures, voices
from olsdata.workshops.book import Plan, Workshop
from olsdata.workshops.ideas import Hypothesis, Step
from olsdata.workshops.pictures import Picture
from olsdata.workshops.rows import ChangedError

pytestmark = pytest.mark.both_stores

FIVE, SIX = Actor("facilitateur", "05"), Actor("facilitateur", "06")
ROOM = Actor("participant", "06")
OTHERS = [Actor("lecteur", "06"), Actor("iwpl"), FIVE, Actor("participant", "05"), Actor("inconnu")]
MAP = Picture("carte", "pct_65p_2021")
PLAN = Plan("Vieillir ici", "06", pictures=(MAP, Picture("pyramide")))
NATIONAL_NUMBER = "85.07.30-033.28"


def prepared(plan: Plan = PLAN) -> Workshop:
    return book.prepare(SIX, plan)


def opened(plan: Plan = PLAN) -> Workshop:
    return book.open_(SIX, prepared(plan).id)


def bassin() -> str:
    from olsdata.notes import places

    return next(i for i in places.inside("06") if places.find(i).level == "bassin")


# --- Preparing ----------------------------------------------------------------------------------


def test_a_workshop_is_prepared_kept_and_found_by_its_own_ols_alone() -> None:
    made = prepared()
    assert book.get(SIX, made.id) == made
    assert made.plan.date
    assert made.place_label == "OLS Namur-Dinant"
    assert made.code == ""
    assert [w.id for w in book.find(SIX)] == [w.id for w in book.find(LOCAL, ols="06")] == [made.id]
    assert book.find(FIVE) == []
    assert book.find(Actor("iwpl")) == []


def test_who_does_not_lead_neither_prepares_nor_runs() -> None:
    made = opened()
    for actor in (ROOM, *OTHERS):
        with pytest.raises(DataError):
            book.prepare(actor, PLAN)
        for act in (
            lambda actor=actor: book.revise(actor, made.id, PLAN, made.revision),
            lambda actor=actor: book.open_(actor, made.id),
            lambda actor=actor: book.close(actor, made.id),
            lambda actor=actor: book.show(actor, made.id, 1),
            lambda actor=actor: book.attend(actor, made.id, [], []),
            lambda actor=actor: book.erase(actor, made.id),
            lambda actor=actor: voices.show_all(actor, made.id),
            lambda actor=actor: ideas.suppose(actor, made.id, Hypothesis("a", "b")),
            lambda actor=actor: ideas.choose(actor, made.id, STEP),
        ):
            with pytest.raises(DataError):
                act()
    assert book.get(SIX, made.id) == made


def test_each_role_reads_the_states_that_concern_it() -> None:
    reader = Actor("lecteur", "06")
    made = prepared()
    assert book.find(ROOM) == book.find(reader) == []
    book.open_(SIX, made.id)
    assert len(book.find(ROOM)) == 1
    assert book.find(reader) == []
    book.close(SIX, made.id)
    assert len(book.find(reader)) == 1
    with pytest.raises(DataError, match="Atelier inconnu"):
        book.get(FIVE, made.id)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": " "}, "Titre : manquant"),
        ({"place": "92094"}, "OLS ou dans un bassin"),
        ({"place": "99"}, "Lieu inconnu"),
        ({"date": "hier"}, "n’est pas une date"),
        ({"pictures": (MAP,) * 4}, "3 au plus"),
        ({"pictures": (Picture("film"),)}, "Image : « film »"),
        ({"pictures": (Picture("carte", "rien"),)}, "Indicateur inconnu"),
        ({"pictures": (Picture("structures", structure="club"),)}, "Type de structure inconnu"),
    ],
)
def test_what_is_wrong_in_a_plan_is_named_and_nothing_is_kept(
    change: dict[str, object], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        prepared(replace(PLAN, **change))  # type: ignore[arg-type]
    assert book.find(LOCAL) == []


def test_no_text_of_a_workshop_may_designate_a_person() -> None:
    made = opened()
    for act in (
        lambda: prepared(replace(PLAN, title=f"Cas {NATIONAL_NUMBER}")),
        lambda: prepared(replace(PLAN, pictures=(replace(MAP, question=NATIONAL_NUMBER),))),
        lambda: book.attend(SIX, made.id, [], [], present=NATIONAL_NUMBER),
        lambda: voices.say(SIX, made.id, NATIONAL_NUMBER),
        lambda: voices.receive(made.id, made.code, NATIONAL_NUMBER),
        lambda: ideas.suppose(SIX, made.id, Hypothesis("a", NATIONAL_NUMBER)),
        lambda: ideas.choose(SIX, made.id, replace(STEP, who=NATIONAL_NUMBER)),
    ):
        with pytest.raises(RefusedError):
            act()


def test_two_people_who_prepare_do_not_overwrite_each_other() -> None:
    made = prepared()
    book.revise(SIX, made.id, replace(made.plan, title="Un"), made.revision)
    with pytest.raises(ChangedError, match="entre-temps"):
        book.revise(LOCAL, made.id, replace(made.plan, title="Deux"), made.revision)
    assert book.get(SIX, made.id).plan.title == "Un"


# --- Running ------------------------------------------------------------------------------------


def test_each_picture_is_seen_then_spoken_about_and_the_rest_follows() -> None:
    steps = [step for step, _ in prepared().screens]
    assert steps == ["voir", "voir", "dire", "dire", "comprendre", "supposer", "choisir", "garder"]
    without = prepared(replace(PLAN, pictures=()))
    assert [s for s, _ in without.screens] == list(lists.STEPS)


def test_the_code_is_long_readable_unguessable_and_dies_with_the_workshop() -> None:
    codes = set()
    for _ in range(20):
        made = opened(replace(PLAN, pictures=()))
        assert len(made.code) >= 6
        assert set(made.code) <= set(book.ALPHABET)
        codes.add(made.code)
    assert len(codes) == 20
    assert not set("01ILO") & set(book.ALPHABET)
    code = made.code
    assert book.open_(SIX, made.id).code == code
    assert book.close(SIX, made.id).code == ""
    with pytest.raises(DeniedError):
        voices.receive(made.id, code, "Trop tard.")
    with pytest.raises(DataError, match="clos"):
        book.open_(SIX, made.id)


def test_a_code_opens_its_own_workshop_and_no_other() -> None:
    one, two = opened(), opened()
    for workshop, code in (
        (one.id, two.code),
        (two.id, one.code),
        (one.id, ""),
        ("a0", one.code),
        (prepared().id, ""),
        (one.id, "ABCDEF"),
    ):
        with pytest.raises(DeniedError, match="n’ouvre aucun atelier"):
            voices.receive(workshop, code, "Bonjour.")
    said = voices.receive(one.id, one.code.lower(), "Bonjour.")
    assert [v.id for v in voices.find(SIX, one.id)] == [said.id]
    assert voices.find(SIX, two.id) == []


def test_what_a_telephone_sends_is_about_the_picture_on_the_screen() -> None:
    made = opened()
    book.show(SIX, made.id, 3)
    said = voices.receive(made.id, made.code, "Une note.")
    assert (said.picture, said.origin) == (made.plan.pictures[1].id, lists.PHONE)
    book.show(SIX, made.id, 5)
    assert voices.receive(made.id, made.code, "Une autre.").picture == ""


def test_notes_that_are_held_back_wait_until_they_are_shown() -> None:
    made = opened(replace(PLAN, held=True))
    one = voices.receive(made.id, made.code, "Une.")
    voices.receive(made.id, made.code, "Deux.")
    voices.say(SIX, made.id, "Dite dans la salle.")
    assert [v.text for v in voices.find(ROOM, made.id)] == ["Dite dans la salle."]
    with pytest.raises(DataError):
        voices.find(ROOM, made.id, waiting=True)
    voices.sort(SIX, one.id, shown=True)
    assert len(voices.find(ROOM, made.id)) == 2
    voices.show_all(SIX, made.id)
    assert len(voices.find(ROOM, made.id)) == 3


def test_a_participant_speaks_only_while_the_workshop_of_its_ols_is_open() -> None:
    made = prepared()
    with pytest.raises(DataError):
        voices.say(ROOM, made.id, "Trop tôt.")
    book.open_(SIX, made.id)
    assert voices.say(ROOM, made.id, "Maintenant.").shown
    for actor in OTHERS:
        with pytest.raises(DataError):
            voices.say(actor, made.id, "Pas moi.")
    book.close(SIX, made.id)
    with pytest.raises(DataError, match="pas ouvert"):
        voices.say(ROOM, made.id, "Trop tard.")


def test_only_who_leads_sorts_erases_and_keeps() -> None:
    made = opened()
    said = voices.say(ROOM, made.id, "Une note.")
    for actor in (ROOM, *OTHERS):
        for act in (
            lambda actor=actor: voices.sort(actor, said.id, reading="autre"),
            lambda actor=actor: voices.erase(actor, said.id),
            lambda actor=actor: voices.keep(actor, said.id, Content(text="a", place="06")),
        ):
            with pytest.raises(DataError):
                act()
    assert voices.find(SIX, made.id) == [said]
    with pytest.raises(DataError, match="Lecture"):
        voices.sort(SIX, said.id, reading="faux")
    assert voices.sort(SIX, said.id, reading="autre", kind="warm").reading == "autre"
    voices.erase(SIX, said.id)
    assert voices.find(SIX, made.id) == []


def test_a_contribution_becomes_one_note_de_terrain_however_often_it_is_kept() -> None:
    made = opened()
    said = voices.say(SIX, made.id, "Les bus s’arrêtent à 18 h.", "warm")
    content = Content(text=said.text, place="06", kind="warm", source="atelier")
    kept, note = voices.keep(SIX, said.id, content)
    again, same = voices.keep(SIX, said.id, content)
    assert kept.note == again.note == note.id == same.id
    assert [n.content.text for n in notes.find(SIX).notes] == [said.text]


def test_where_the_room_is_and_what_it_saw_survive_and_a_new_plan_keeps_what_was_seen() -> None:
    made = opened()
    book.show(SIX, made.id, 0, "11 communes sur 21", "Statbel, 1/1/2021")
    book.show(SIX, made.id, 0, "une autre phrase", "une autre source")
    book.show(SIX, made.id, 99)
    now = book.get(SIX, made.id)
    seen = now.plan.pictures[0].seen
    assert now.position == len(now.screens) - 1
    assert now.revision == made.revision
    assert seen is not None
    assert seen.sentence == "11 communes sur 21"
    assert seen.version
    forged = replace(now.plan.pictures[0], seen=None)
    after = book.revise(SIX, made.id, replace(now.plan, pictures=(forged,)), now.revision)
    assert after.plan.pictures[0].seen == seen


# --- Supposing and choosing ---------------------------------------------------------------------

STEP = Step("Facilitatrice", "Une tournée d’essai.", "2027-02-01", "horizontal")


def test_a_hypothesis_rests_on_this_workshop_alone_and_is_not_overwritten() -> None:
    one, two = opened(), opened()
    mine = voices.say(SIX, one.id, "Ici.")
    other = voices.say(SIX, two.id, "Ailleurs.")
    picture = one.plan.pictures[0].id
    said = Hypothesis("a", "b", (mine.id, other.id), (picture, "rien"))
    made = ideas.suppose(SIX, one.id, said)
    assert (made.voices, made.pictures) == ((mine.id,), (picture,))
    changed = ideas.suppose(SIX, one.id, replace(made, belief="c"))
    with pytest.raises(ChangedError):
        ideas.suppose(SIX, one.id, replace(made, belief="d"))
    with pytest.raises(DataError):
        ideas.suppose(SIX, two.id, changed)
    assert ideas.hypotheses(ROOM, one.id) == [changed]
    ideas.drop(SIX, made.id)
    assert ideas.hypotheses(SIX, one.id) == []


def test_a_vertical_step_without_a_bassin_is_kept_with_a_warning() -> None:
    made = opened()
    step = ideas.choose(SIX, made.id, replace(STEP, axis="vertical"))
    assert step.rootless
    rooted = ideas.choose(SIX, made.id, replace(step, bassins=(bassin(),)))
    assert not rooted.rootless
    assert rooted.bassin_labels
    assert not ideas.choose(SIX, made.id, STEP).rootless
    with pytest.raises(DataError, match="bassin de vie de cette OLS"):
        ideas.choose(SIX, made.id, replace(STEP, bassins=("05",)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"who": ""}, "Qui : manquant"),
        ({"result": ""}, "Petit résultat : manquant"),
        ({"by_when": ""}, "Pour quand"),
        ({"axis": "oblique"}, "Axe"),
    ],
)
def test_a_step_that_lacks_something_is_refused(change: dict[str, str], said: str) -> None:
    made = opened()
    with pytest.raises(DataError, match=said):
        ideas.choose(SIX, made.id, replace(STEP, **change))  # type: ignore[arg-type]
    assert ideas.steps(SIX, made.id) == []


def test_erasing_a_workshop_leaves_nothing_of_it_but_the_notes_that_were_kept() -> None:
    made = opened()
    said = voices.say(SIX, made.id, "Phrase.")
    voices.keep(SIX, said.id, Content(text="Note gardée.", place="06", kind="soft"))
    ideas.suppose(SIX, made.id, Hypothesis("a", "b"))
    ideas.choose(SIX, made.id, STEP)
    book.erase(SIX, made.id)
    assert book.find(LOCAL) == []
    assert [n.content.text for n in notes.find(SIX).notes] == ["Note gardée."]


@pytest.mark.sqlite_only
def test_what_is_erased_leaves_no_text_in_the_file() -> None:
    made = opened()
    said = voices.say(SIX, made.id, "Phrase à effacer absolument.")
    other = voices.say(SIX, made.id, "Phrase à oublier tout de suite.")
    voices.erase(SIX, other.id)
    book.erase(SIX, made.id)
    path = store.file()
    assert path is not None
    for text in (said.text, other.text):
        assert text.encode() not in path.read_bytes()


# --- Pictures and record ------------------------------------------------------------------------


def test_a_picture_survives_its_table_and_leads_to_its_view() -> None:
    for picture in map(
        pictures.checked,
        (
            MAP,
            Picture("pyramide"),
            Picture("besoin", level="bassin"),
            Picture("structures", structure="clps", question="Qui manque ?"),
        ),
    ):
        assert pictures.from_json(pictures.as_json(picture)) == picture
        assert picture.title
        assert picture.asked
        assert "territoire=06" in picture.address("06")


def texts(page: doc.Document) -> str:
    def of(block: doc.Block) -> str:
        if isinstance(block, doc.Frame):
            return "\n".join(map(of, block.blocks))
        if isinstance(block, doc.Bullets):
            return "\n".join("".join(p for p, _ in doc.pieces(i)) for i in block.items)
        if isinstance(block, doc.Columns):
            return "\n".join(of(inside) for column in block.columns for inside in column)
        if isinstance(block, doc.Picture):
            return block.alt
        if isinstance(block, doc.Legend):
            return "\n".join(word for _, word in block.entries)
        assert isinstance(block, doc.Heading | doc.Paragraph)
        return "".join(p for p, _ in doc.pieces(block.text))

    return "\n".join([page.title, page.subtitle, *map(of, page.blocks)]).replace("\xa0", " ")


def test_the_record_holds_what_was_seen_said_supposed_and_chosen_and_not_what_was_hidden() -> None:
    made = opened(replace(PLAN, held=True))
    book.show(SIX, made.id, 0, "11 communes sur 21", "Statbel, 1/1/2021.")
    book.attend(SIX, made.id, ["soins"], ["habitant", "soins"], "", "les jeunes")
    said = voices.say(SIX, made.id, "Sans voiture, on renonce.", "warm", "habitant")
    voices.sort(SIX, said.id, reading="manque")
    voices.receive(made.id, made.code, "Note jamais montrée.")
    belief = ideas.suppose(SIX, made.id, Hypothesis("ils renoncent", "loin", (said.id,)))
    ideas.choose(SIX, made.id, replace(STEP, axis="vertical", hypothesis=belief.id))
    text = texts(exported.record(SIX, made.id))
    for expected in (
        "Représentés : Professionnel des soins",
        "Manquaient : Habitant, patient ou proche ; les jeunes",
        "11 communes sur 21",
        "Données version",
        "« Sans voiture, on renonce. »",
        "Manque (1)",
        "Nous pensons que ils renoncent parce que loin",
        "Une tournée d’essai.",
        ideas.ROOTLESS,
        "Met à l’épreuve : ils renoncent",
    ):
        assert expected in text
    assert "jamais montrée" not in text
    assert "Pyramide" not in text
    with pytest.raises(DataError):
        exported.record(FIVE, made.id)


def test_the_record_of_an_empty_workshop_says_what_it_does_not_hold() -> None:
    text = texts(exported.record(SIX, opened().id))
    for silence in ("Aucun vécu", "Aucune hypothèse", "Pas encore de premier pas", "Qui manquait"):
        assert silence in text
