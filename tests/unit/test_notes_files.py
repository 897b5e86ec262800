"""Between machines: what is exported comes back, twice is once, and nobody's text is lost."""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from olsdata import cli, store
from olsdata.exports.tables import FORMULA_STARTS, to_french_csv
from olsdata.notes import actors, book, files, lists
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.content import Content
from tests.unit.test_notes import FIVE, KEPT, SECRET, need, note

pytestmark = pytest.mark.both_stores

Machine = Callable[[str], "Iterator[None]"]


@pytest.fixture
def machine(tmp_path: Path, backend: str) -> Machine:
    """Work as another machine inside the block; « b » and « iwpl » may be on a server."""

    @contextmanager
    def on(name: str) -> Iterator[None]:
        if backend == "postgresql" and name in ("b", "iwpl"):
            yield
            return
        with store.opened(tmp_path / name / "base.sqlite"):
            yield

    return on


def everything() -> dict[str, tuple[object, ...]]:
    return {
        n.id: (n.content, n.ols, n.status, n.steps, n.answers_to, n.state, n.place_label)
        for withdrawn in (False, True)
        for n in book.find(LOCAL, limit=None, withdrawn=withdrawn).notes
    }


def fill() -> None:
    first = book.add(FIVE, note("=1+1", visibility="iwpl"))
    book.answer(FIVE, first.id, Content(text="autre\nregard", kind="warm"))
    for text in KEPT.values():
        book.add(LOCAL, note(text, place="92094A", visibility="iwpl"))
    asked = book.add(FIVE, need(visibility="iwpl", for_whom="@tous"))
    book.advance(FIVE, asked.id, "transmis", asked.revision)
    gone = book.add(FIVE, note("retirée"))
    book.withdraw(FIVE, gone.id, gone.revision)
    book.add(LOCAL, Content(sort="signal", text="bref", level="region"))


WAYS: dict[str, Callable[[], bytes]] = {
    "json": lambda: files.export_json(LOCAL).encode(),
    "csv": lambda: files.export_csv(LOCAL).encode(),
    "french csv": lambda: to_french_csv(files.export_frame(LOCAL)),
}


@pytest.mark.parametrize("way", WAYS)
def test_import_is_the_inverse_of_export_and_twice_is_once(machine, way):
    with machine("a"):
        fill()
        before, exported = everything(), WAYS[way]()
        assert files.import_notes(LOCAL, exported).unchanged == len(before)
        assert everything() == before
    with machine("b"):
        report = files.import_notes(LOCAL, exported)
        assert (report.added, report.refused, report.faults) == (len(before), [], [])
        assert everything() == before
        again = files.import_notes(LOCAL, exported)
        assert (again.unchanged, again.added, again.updated) == (len(before), 0, 0)
        assert everything() == before
        assert (
            json.loads(files.export_json(LOCAL))["notes"]
            == json.loads(files.export_json(LOCAL))["notes"]
        )


def test_no_cell_of_the_csv_runs_as_a_formula():
    fill()
    rows = list(csv.reader(io.StringIO(files.export_csv(LOCAL), newline="")))
    assert len(rows) > 10
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA_STARTS)]


def test_what_is_for_the_iwpl_holds_only_what_is_shared(machine):
    with machine("a"):
        fill()
        book.add(FIVE, note(SECRET, visibility="ols"))
        book.add(FIVE, note(SECRET, visibility="atelier"))
        once = book.add(FIVE, note(SECRET))
        shared = replace(once.content, text="public", visibility="iwpl")
        once = book.revise(FIVE, once.id, shared, 1)
        exported = files.export_json(LOCAL, "iwpl")
        assert SECRET not in exported
        assert SECRET not in files.export_csv(LOCAL, "iwpl")
        shared_ids = {n.id for n in book.find(Actor("iwpl"), limit=None).notes}
        assert {n["id"] for n in json.loads(exported)["notes"]} == shared_ids
    with machine("iwpl"):
        files.import_notes(LOCAL, exported.encode())
        assert set(everything()) == shared_ids
        assert SECRET not in repr([book.history(LOCAL, i) for i in shared_ids])


@pytest.mark.parametrize("how", ["unshared", "withdrawn", "erased"])
def test_what_is_no_longer_shared_leaves_the_copies(machine, how):
    with machine("a"):
        kept = book.add(FIVE, note(SECRET, visibility="iwpl"))
        first = files.export_json(LOCAL, "iwpl").encode()
    with machine("iwpl"):
        files.import_notes(LOCAL, first)
        assert book.find(LOCAL, words=SECRET).total == 1
    with machine("a"):
        if how == "unshared":
            book.revise(FIVE, kept.id, replace(kept.content, visibility="ols"), 1)
        elif how == "withdrawn":
            book.withdraw(FIVE, kept.id, 1)
        else:
            book.erase(FIVE, kept.id)
        second = files.export_json(LOCAL, "iwpl")
        assert SECRET not in second
    with machine("iwpl"):
        assert files.import_notes(LOCAL, second.encode()).removed == 1
        assert book.find(LOCAL).total == 0
        assert files.import_notes(LOCAL, second.encode()).removed == 0
        file = store.file()
        for part in file.parent.iterdir() if file else []:
            assert SECRET.casefold().encode() not in part.read_bytes().lower()
        files.import_notes(LOCAL, first)
        assert book.find(LOCAL).total == 0
    if how == "unshared":
        with machine("a"):
            now = book.get(FIVE, kept.id)
            book.revise(FIVE, kept.id, replace(now.content, visibility="iwpl"), now.revision)
            third = files.export_json(LOCAL, "iwpl").encode()
        with machine("iwpl"):
            files.import_notes(LOCAL, third)
            assert book.find(LOCAL).total == 1


def test_another_machine_does_not_erase_what_was_written_here(machine):
    with machine("a"):
        kept = book.add(FIVE, note("à moi", visibility="iwpl"))
        exported = files.export_json(LOCAL).encode()
    with machine("iwpl"):
        files.import_notes(LOCAL, exported)
        book.erase(LOCAL, kept.id)
        back = files.export_json(LOCAL).encode()
    with machine("a"):
        assert files.import_notes(LOCAL, back).asked == [kept.id]
        assert book.get(FIVE, kept.id).content.text == "à moi"


def test_the_newest_revision_wins_and_an_older_file_changes_nothing(machine):
    with machine("a"):
        kept = book.add(FIVE, note("un"))
        old = files.export_json(LOCAL).encode()
        kept = book.revise(FIVE, kept.id, replace(kept.content, text="deux"), 1)
        kept = book.revise(FIVE, kept.id, replace(kept.content, text="trois"), 2)
        new = files.export_csv(LOCAL).encode()
    with machine("b"):
        files.import_notes(LOCAL, old)
        report = files.import_notes(LOCAL, new)
        assert (report.updated, report.conflicts) == (1, [])
        assert book.get(LOCAL, kept.id).content.text == "trois"
        assert files.import_notes(LOCAL, old).older == 1
        assert book.get(LOCAL, kept.id).content.text == "trois"
        assert [c.action for c in book.history(LOCAL, kept.id)] == ["import", "import"]


@pytest.mark.parametrize("last", ["a", "b"])
def test_when_both_have_changed_the_newest_wins_the_other_is_archived_and_listed(machine, last):
    with machine("a"):
        kept = book.add(FIVE, note("un"))
        exported = {"a": files.export_json(LOCAL).encode()}
    with machine("b"):
        files.import_notes(LOCAL, exported["a"])
    for name in ("ab", "ba")["ab".index(last) ^ 1]:
        with machine(name):
            here = book.get(LOCAL, kept.id)
            book.revise(LOCAL, kept.id, replace(here.content, text=f"de {name}"), here.revision)
            exported[name] = files.export_json(LOCAL).encode()
    for name, other in (("a", "b"), ("b", "a")):
        with machine(name):
            (clash,) = files.import_notes(LOCAL, exported[other]).conflicts
            assert clash.kept == ("ici" if name == last else "fichier")
            assert clash.theirs is not None
            assert {clash.ours.text, clash.theirs.text} == {"de a", "de b"}
            assert book.get(LOCAL, kept.id).content.text == f"de {last}"
            told = [c.content.text for c in book.history(LOCAL, kept.id) if c.content]
            assert {"de a", "de b"} <= set(told)
            again = files.import_notes(LOCAL, exported[other])
            assert (again.conflicts, again.updated) == ([], 0)
    with machine("a"):
        exported["a"] = files.export_json(LOCAL).encode()
    with machine("b"):
        assert files.import_notes(LOCAL, exported["a"]).conflicts == []
        assert book.get(LOCAL, kept.id).content.text == f"de {last}"


def test_machines_that_exchange_at_random_end_with_the_same_notes(machine):
    dice, names = random.Random(3), ["a", "b", "c"]
    with machine("a"):
        for i in range(4):
            book.add(LOCAL, note(f"note {i}"))
    for turn in range(12):
        one, other = dice.sample(names, 2)
        with machine(one):
            for kept in book.find(LOCAL, limit=None).notes:
                if dice.random() < 0.4:
                    said = replace(kept.content, text=f"{one} {turn}")
                    book.revise(LOCAL, kept.id, said, kept.revision)
            data = files.export_json(LOCAL).encode()
        with machine(other):
            files.import_notes(LOCAL, data)
    for one, other in [("a", "b"), ("b", "c"), ("c", "a"), ("a", "b"), ("b", "c")]:
        with machine(one):
            data = files.export_json(LOCAL).encode()
        with machine(other):
            files.import_notes(LOCAL, data)
    ends = []
    for name in names:
        with machine(name):
            ends.append(everything())
    assert ends[0] == ends[1] == ends[2]
    assert len(ends[0]) == 4


def test_a_facilitator_imports_only_its_own_ols_and_cannot_take_a_note_of_another(machine):
    with machine("a"):
        mine = book.add(FIVE, note("à cinq", visibility="iwpl"))
        six = book.add(Actor("facilitateur", "06"), note("à six", place="06"))
        rows = json.loads(files.export_json(LOCAL))
    with machine("b"):
        report = files.import_notes(FIVE, json.dumps(rows).encode())
        assert (report.added, len(report.refused)) == (1, 1)
        assert [n.id for n in book.find(LOCAL).notes] == [mine.id]
    with machine("a"):
        for row in rows["notes"]:
            row["ols"], row["lieu"], row["texte"] = "05", "05", "volée"
            row["versions"] += ["rvolee"]
        report = files.import_notes(FIVE, json.dumps(rows).encode())
        assert len(report.refused) == 1
        assert book.get(LOCAL, six.id).content.text == "à six"


def test_the_guard_reads_what_is_imported(machine):
    with machine("a"):
        book.add(FIVE, note("bien"))
        book.add(FIVE, note("Vu par le Dr Martin"), confirmed=["Dr Martin"])
        rows = json.loads(files.export_json(LOCAL))
    bad = rows["notes"][0] | {"id": "autre", "texte": "85.07.30-033.28"}
    with machine("b"):
        report = files.import_notes(
            LOCAL, json.dumps(rows | {"notes": [*rows["notes"], bad]}).encode()
        )
        assert (report.added, len(report.refused)) == (2, 1)


BROKEN: dict[str, Callable[[dict[str, object]], None]] = {
    "id": lambda n: n.update(id="../x"),
    "ols": lambda n: n.update(ols="99"),
    "state": lambda n: n.update(etat="vu"),
    "no version": lambda n: n.update(versions=[]),
    "versions as text": lambda n: n.update(versions="abc"),
    "no text": lambda n: n.update(texte=""),
    "long text": lambda n: n.update(texte="x" * 1_001),
    "number for text": lambda n: n.update(texte=3),
    "date in 1800": lambda n: n.update(date="1800-01-01"),
    "unknown kind": lambda n: n.update(genre="dur"),
    "strength": lambda n: n.update(force=9),
    "strength as list": lambda n: n.update(force=[1]),
    "no moment": lambda n: n.update(modifie=""),
    "moment to come": lambda n: n.update(modifie="2999-01-01T00:00:00+00:00"),
    "moment without zone": lambda n: n.update(modifie="2026-01-01T00:00:00"),
    "steps of a note": lambda n: n.update(etapes=[{"statut": "clos", "date": "2026-01-01"}]),
    "steps as text": lambda n: n.update(etapes="non"),
    "status of a note": lambda n: n.update(statut="clos"),
    "twice": lambda n: n.update(id="deux"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_wrong_row_is_named_and_the_whole_file_is_left(machine, case):
    with machine("a"):
        book.add(FIVE, note("un"))
        book.add(FIVE, note("deux"))
        rows = json.loads(files.export_json(LOCAL))
    for row in rows["notes"] if case == "twice" else rows["notes"][1:]:
        BROKEN[case](row)
    with machine("b"):
        report = files.import_notes(LOCAL, json.dumps(rows).encode())
        assert len(report.faults) == 1
        assert report.faults[0].startswith("Note 2 : ")
        assert report.sentence.startswith("Rien n’a été importé.")
        assert book.find(LOCAL).total == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"format": "autre", "notes": []}',
        b'{"format": "notes-de-terrain-1", "notes": [1]}',
        b"a,b\n1,2\n",
        b"PK\x03\x04xxxx",
        b"\x00\x01\x02",
        b"[" * 100_000,
        "id,é\n".encode("utf-16"),
    ],
)
def test_a_file_that_is_no_export_is_one_french_sentence(data):
    report = files.import_notes(LOCAL, data)
    assert len(report.faults) == 1
    assert book.find(LOCAL).total == 0


def test_a_missing_file_is_one_french_sentence(tmp_path):
    assert "introuvable" in files.import_notes(LOCAL, tmp_path / "x.json").faults[0]


def test_an_export_goes_through_a_spreadsheet_that_drops_zeros(machine):
    with machine("a"):
        kept = book.add(FIVE, note("un", place="05"))
        text = files.export_csv(LOCAL)
    spoilt = text.replace(",05,", ",5,")
    assert spoilt != text
    with machine("b"):
        assert files.import_notes(LOCAL, spoilt.encode()).faults == []
        assert (book.get(LOCAL, kept.id).ols, book.get(LOCAL, kept.id).content.place) == (
            "05",
            "05",
        )


def test_the_iwpl_exports_what_it_reads_and_nothing_more():
    book.add(FIVE, note(SECRET))
    book.add(FIVE, note("partagée", visibility="iwpl"))
    assert SECRET not in files.export_json(Actor("iwpl"))
    assert SECRET not in files.export_json(Actor("facilitateur", "06"))
    assert len(json.loads(files.export_json(Actor("iwpl")))["notes"]) == 1
    assert len(json.loads(files.export_json(FIVE))["notes"]) == 2


# --- Command line -------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch, capsysbinary):
    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["olsdata", "notes", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsysbinary.readouterr()
        return int(left.value.code or 0), out.decode(), err.decode()

    return call


HERE = ("--lieu", "05", "--genre", "soft", "--theme", "acces", "--role", "facilitateur")


@pytest.mark.sqlite_only
def test_the_command_line_adds_exports_imports_saves_and_restores(run, tmp_path):
    code, out, _ = run("ajouter", *HERE, "--texte", "Le bus part trop tôt", "--visibilite", "iwpl")
    assert code == 0
    assert book.get(LOCAL, out.strip()).content.text == "Le bus part trop tôt"
    run("ajouter", *HERE, "--texte", "à nous")
    code, out, _ = run("exporter", "--json", "--partage", "iwpl")
    assert code == 0
    assert len(json.loads(out)["notes"]) == 1
    code, out, _ = run("exporter", "--csv")
    (tmp_path / "n.csv").write_text(out, "utf-8")
    code, out, _ = run("importer", str(tmp_path / "n.csv"))
    assert (code, out.strip()) == (0, "Import terminé : 2 déjà connues.")
    assert run("sauvegarder", str(tmp_path / "s.sqlite"))[0] == 0
    run("ajouter", *HERE, "--texte", "après")
    assert run("restaurer", str(tmp_path / "s.sqlite"))[0] == 0
    assert book.find(LOCAL).total == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ajouter", *HERE, "--texte", "NN 85.07.30-033.28"), "registre national"),
        (("ajouter", *HERE, "--texte", "Dr Martin"), "À confirmer"),
        (("ajouter", *HERE, "--texte", ""), "Texte : manquant"),
        (("ajouter", "--texte", "x", "--lieu", "99"), "Lieu inconnu"),
        (("exporter",), "--csv ou --json"),
        (("exporter", "--csv", "--partage", "tous"), "Partage inconnu"),
        (("importer", "absent.json"), "introuvable"),
        (("restaurer", "absent.sqlite"), "absent"),
    ],
)
@pytest.mark.sqlite_only
def test_what_is_wrong_is_exit_1_and_a_french_sentence(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith("Erreur : ")
    assert message in err
    assert "Traceback" not in err
    assert book.find(LOCAL).total == 0


def test_what_is_doubtful_is_kept_when_it_is_confirmed(run):
    assert run("ajouter", *HERE, "--texte", "Dr Martin", "--confirme")[0] == 0


def test_every_visibility_has_readers():
    assert set(lists.VISIBILITY) == set().union(*actors.SEES.values())
