"""The notes that the lecture croisée reads: never stale, read again only when one changed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from olsdata import store
from olsdata.equity import field
from olsdata.notes import actors, book, bulk, drafts, lists
from olsdata.notes.actors import Actor
from olsdata.notes.content import Content

SAID = Content(
    text="Le bus du soir manque.", place="06-91034", theme="acces", kind="soft", direction="plus",
    strength=2, confidence="moderee",
)  # fmt: skip

ELSEWHERE = """
from olsdata.notes import book
from olsdata.notes.actors import LOCAL
from olsdata.notes.content import Content
book.add(LOCAL, Content(text="Dit ailleurs.", place="06", theme="acces", kind="warm"))
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(tmp_path))


def test_nothing_is_opened_when_no_database_exists(tmp_path):
    assert field.field().table.empty
    assert bulk.some(actors.LOCAL, ["n1"]) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_note_written_by_another_process_is_read():
    book.add(actors.LOCAL, SAID)
    assert len(field.field().table) == 1
    subprocess.run([sys.executable, "-c", ELSEWHERE], check=True, env=os.environ)
    assert sorted(field.field().table["place"]) == ["06", "06-91034"]


def test_every_change_of_a_note_is_read_and_a_draft_reads_nothing_again():
    first = field.field()
    note = book.add(actors.LOCAL, SAID)
    second = field.field()
    assert (len(first.table), len(second.table)) == (0, 1)
    drafts.save(actors.LOCAL, "note", replace(SAID, text="En train d’écrire."))
    assert field.field() is second
    book.revise(actors.LOCAL, note.id, replace(note.content, strength=3), note.revision)
    assert field.field().table["strength"].tolist() == [3]
    book.erase(actors.LOCAL, note.id)
    assert field.field().table.empty


def test_a_restored_backup_is_read(tmp_path):
    note = book.add(actors.LOCAL, SAID)
    store.backup(tmp_path / "copie.sqlite")
    book.withdraw(actors.LOCAL, note.id, note.revision)
    assert field.field().table.empty
    store.restore(tmp_path / "copie.sqlite")
    assert field.field().table["id"].tolist() == [note.id]


@pytest.mark.parametrize(
    "actor",
    [
        actors.LOCAL,
        Actor("facilitateur", "06"),
        Actor("facilitateur", "05"),
        Actor("participant", "06"),
        Actor("iwpl"),
    ],
)
def test_columns_and_notes_in_full_are_those_that_the_list_gives(actor):
    for visibility in lists.VISIBILITY:
        book.add(actors.LOCAL, replace(SAID, visibility=visibility))
    book.add(actors.LOCAL, replace(SAID, sort="besoin", kind="", missing="offre"))
    gone = book.add(actors.LOCAL, SAID)
    book.withdraw(actors.LOCAL, gone.id, gone.revision)
    listed = book.find(actor, sort="note", limit=None).notes
    rows = bulk.columns(actor, ("id", "place", "strength", "review_by"))
    assert rows == [
        (n.id, n.content.place, n.content.strength, n.content.review_by) for n in listed
    ]
    every = [n.id for n in book.find(actors.LOCAL, limit=None).notes]
    notes = book.find(actor, limit=None).notes
    assert bulk.some(actor, [*every, gone.id]) == {n.id: n for n in notes}


def test_who_may_not_read_is_refused():
    book.add(actors.LOCAL, SAID)
    with pytest.raises(actors.DeniedError):
        field.field(Actor("personne"))
