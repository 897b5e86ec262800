"""Learning cycles and fiches mandat: shared only when said, searched without ranking."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import docx
import pytest

from olsdata.exports import word
from olsdata.exports import workshop as exported
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.guard import RefusedError
from olsdata.tables import DataError
from olsdata.workshops import cycles, ideas, lists, mandates
from olsdata.workshops.cycles import Said
from olsdata.workshops.ideas import Step
from olsdata.workshops.mandates import Mandate
from olsdata.workshops.rows import ChangedError
from tests.unit.test_workshops import FIVE, NATIONAL_NUMBER, ROOM, SIX, STEP, opened

pytestmark = pytest.mark.both_stores
IWPL = Actor("iwpl")


def chosen() -> Step:
    return ideas.choose(SIX, opened().id, STEP)


def test_a_cycle_turns_only_once_it_has_been_adjusted_and_starts_from_what_was_said() -> None:
    step = chosen()
    first = cycles.begin(SIX, step.id)
    assert (first.turn, first.said.phase, first.said.plan) == (1, "planifier", step.result)
    with pytest.raises(DataError, match="Ajuster"):
        cycles.begin(SIX, step.id)
    done = replace(first.said, phase="ajuster", theme="acces", next="Trois villages.")
    cycles.revise(SIX, first.id, done, first.revision)
    second = cycles.begin(SIX, step.id)
    assert (second.turn, second.said.plan, second.said.theme) == (2, "Trois villages.", "acces")
    assert [c.turn for c in cycles.find(SIX, step=step.id)] == [1, 2]
    with pytest.raises(DataError, match="cycle d’apprentissage"):
        ideas.drop(SIX, step.id)


def test_the_iwpl_reads_what_is_shared_and_nothing_else() -> None:
    turn = cycles.begin(SIX, chosen().id)
    assert cycles.find(IWPL) == []
    shared = replace(turn.said, visibility="iwpl", learnt="Le bus change tout.")
    kept = cycles.revise(SIX, turn.id, shared, turn.revision)
    assert [c.said.learnt for c in cycles.find(IWPL)] == ["Le bus change tout."]
    assert cycles.find(FIVE) == []
    assert len(cycles.find(ROOM)) == len(cycles.find(LOCAL)) == 1
    assert len(cycles.find(LOCAL, visibility="iwpl")) == 1
    cycles.revise(SIX, turn.id, replace(shared, visibility="ols"), kept.revision)
    assert cycles.find(IWPL) == cycles.find(LOCAL, visibility="iwpl") == []


def test_who_does_not_lead_writes_no_cycle() -> None:
    step = chosen()
    turn = cycles.begin(SIX, step.id)
    for actor in (ROOM, FIVE, IWPL, Actor("lecteur", "06"), Actor("inconnu")):
        with pytest.raises(DataError):
            cycles.begin(actor, step.id)
        with pytest.raises(DataError):
            cycles.revise(actor, turn.id, turn.said, turn.revision)
    assert cycles.steps(ROOM) == []
    assert [s.id for s, _ in cycles.steps(SIX)] == [step.id]


def test_turns_are_found_by_theme_and_by_words_whatever_their_accents() -> None:
    turn = cycles.begin(SIX, chosen().id)
    said = replace(turn.said, theme="acces", tried="Une navette à Éghezée")
    cycles.revise(SIX, turn.id, said, turn.revision)
    assert len(cycles.find(SIX, text="EGHEZEE navette")) == 1
    assert len(cycles.find(SIX, theme="acces", text="tournée")) == 1
    assert cycles.find(SIX, theme="coordination") == cycles.find(SIX, text="train") == []


def test_what_is_wrong_in_a_turn_is_refused_and_what_changed_is_not_overwritten() -> None:
    turn = cycles.begin(SIX, chosen().id)
    for wrong in ({"phase": "x"}, {"theme": "x"}, {"visibility": "x"}, {"date": "x"}):
        with pytest.raises(DataError):
            cycles.revise(SIX, turn.id, replace(turn.said, **wrong), turn.revision)
    with pytest.raises(RefusedError):
        cycles.revise(SIX, turn.id, replace(turn.said, learnt=NATIONAL_NUMBER), turn.revision)
    cycles.revise(SIX, turn.id, replace(turn.said, tried="Un."), turn.revision)
    with pytest.raises(ChangedError):
        cycles.revise(SIX, turn.id, replace(turn.said, tried="Deux."), turn.revision)
    assert [c.said.tried for c in cycles.find(SIX)] == ["Un."]


def test_every_question_of_the_cycle_has_a_field_and_a_phase() -> None:
    assert set(lists.CYCLE_FIELDS) <= set(Said.__dataclass_fields__)
    assert {phase for phase, _ in lists.CYCLE_FIELDS.values()} == set(lists.PHASES)


def test_a_fiche_mandat_has_twelve_fields_six_of_them_essential() -> None:
    groups = [group for group, _, _ in lists.MANDATE_FIELDS.values()]
    assert (groups.count("Essentiels"), groups.count("Modalités")) == (6, 6)
    for example in mandates.examples().values():
        assert example.fields["intitule"]
        assert set(example.fields) == set(lists.MANDATE_FIELDS)


def test_a_fiche_is_kept_revised_read_and_erased_by_its_own_ols() -> None:
    made = mandates.keep(SIX, Mandate("06", {"intitule": "GT précarité"}))
    assert made.missing == [n for _, n, _ in lists.MANDATE_FIELDS.values()][1:]
    changed = mandates.keep(SIX, replace(made, fields=made.fields | {"finalite": "Agir."}))
    with pytest.raises(ChangedError):
        mandates.keep(SIX, replace(made, fields={"intitule": "Autre"}))
    for actor in (FIVE, ROOM, IWPL):
        with pytest.raises(DataError):
            mandates.keep(actor, changed)
        with pytest.raises(DataError):
            mandates.erase(actor, changed.id, changed.revision)
    assert mandates.find(FIVE) == mandates.find(IWPL) == []
    assert mandates.find(ROOM) == mandates.find(LOCAL, "06") == [changed]
    text = "\n".join(
        p.text for p in docx.Document(BytesIO(word.to_docx(exported.mandate(changed)))).paragraphs
    )
    assert "Agir." in text
    assert text.count("À écrire ensemble.") == 10
    mandates.erase(SIX, changed.id, changed.revision)
    assert mandates.find(LOCAL) == []


@pytest.mark.parametrize(
    ("fields", "ols"),
    [({}, "06"), ({"intitule": "x" * 3_000}, "06"), ({"intitule": "a"}, "92094")],
)
def test_a_fiche_that_lacks_its_title_or_its_ols_is_refused(
    fields: dict[str, str], ols: str
) -> None:
    with pytest.raises(DataError):
        mandates.keep(LOCAL, Mandate(ols, fields))
    with pytest.raises(RefusedError):
        mandates.keep(LOCAL, Mandate("06", {"intitule": "a", "composition": NATIONAL_NUMBER}))
    assert mandates.find(LOCAL) == []
