"""The file of the Forum: it opens, says what is shared and what it does not say, runs nothing."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from olsdata import cli, store
from olsdata.exports import forum
from olsdata.notes import actors, book, demo, gatherings
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.content import Content
from olsdata.tables import DataError

IWPL = Actor("iwpl")
NEED = Content(
    sort="besoin",
    text='=HYPERLINK("http://x.be") <b>répit</b>',
    place="05",
    missing="offre",
    obstacle="lisibilite",
    theme="acces",
    level="region",
    visibility="iwpl",
)


@pytest.fixture
def found() -> forum.Compiled:
    one = book.add(LOCAL, NEED)
    other = book.add(LOCAL, replace(NEED, text="Répit manquant / week-end", place="08", level=""))
    book.add(LOCAL, replace(NEED, text="Gardé pour nous.", visibility="ols"))
    book.add(
        LOCAL, Content(sort="signal", text="Un signal.", place="06", level="ols", visibility="iwpl")
    )
    book.add(
        LOCAL, Content(text="Une note.", place="05", theme="acces", kind="warm", visibility="iwpl")
    )
    gatherings.gather(IWPL, [one.id, other.id], "Répit")
    book.advance(LOCAL, one.id, "transmis", one.revision)
    return forum.compile_(IWPL)


def words_of(raw: bytes) -> str:
    made = docx.Document(BytesIO(raw))
    cells = [c.text for t in made.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in made.paragraphs), *cells])


def test_the_workbook_holds_what_is_shared_by_obstacle_and_nothing_else(found):
    made = openpyxl.load_workbook(BytesIO(forum.to_xlsx(found)))
    assert made.sheetnames == [
        "À lire",
        "Besoins",
        "Par obstacle",
        "Regroupements",
        "Signaux",
        "Notes",
        "Par OLS",
    ]
    rows = list(made["Besoins"].iter_rows(values_only=True))
    levels = [dict(zip(rows[0], r, strict=True))["Niveau capable d’agir"] for r in rows[1:]]
    assert levels == ["Région ou fédéral", forum.NO_LEVEL]
    counts = {r[0]: r[1:] for r in made["Par obstacle"].iter_rows(values_only=True)}
    assert counts["À la lisibilité de l’offre"] == (0, 0, 1, 1, 2, 0, 2)
    group = list(made["Regroupements"].iter_rows(values_only=True))[1]
    assert group[:2] == ("Répit", 2)
    assert "week-end" in group[3]
    assert list(made["Notes"].iter_rows(values_only=True))[1][2] == "Une note."
    everything = str([list(s.iter_rows(values_only=True)) for s in made.worksheets])
    assert "Gardé pour nous." not in everything


def test_no_cell_runs_as_a_formula(found):
    made = openpyxl.load_workbook(BytesIO(forum.to_xlsx(found)))
    cells = [c for sheet in made.worksheets for line in sheet.iter_rows() for c in line]
    assert not any(c.data_type == "f" for c in cells)
    assert not any(str(c.value).startswith(("=", "+", "-", "@")) for c in cells)


def test_the_document_says_the_same_with_its_date_sources_and_limits(found):
    said = words_of(forum.to_docx(found))
    assert NEED.text in said, "a text is shown as text"
    for part in (
        "Obstacle : à la lisibilité de l’offre",
        "Répit",
        "Une note.",
        "Un signal.",
        "Ce que ce document ne dit pas",
        "Rien n’est partagé par",
        "1 besoin sans niveau capable d’agir",
        "Sources",
        found.sent.day.split("-")[0],
    ):
        assert part in said, part
    assert "Gardé pour nous." not in said


def test_nothing_shared_still_opens_and_says_so():
    empty = forum.compile_(IWPL)
    assert "Aucun besoin n’est partagé." in words_of(forum.to_docx(empty))
    assert openpyxl.load_workbook(BytesIO(forum.to_xlsx(empty)))["Besoins"].max_row == 1


def test_the_example_says_that_it_is_fictional():
    with demo.open():
        made = forum.compile_(LOCAL, fictional=True)
    assert made.stem.startswith("exemple-fictif-")
    assert forum.sent.FICTION in words_of(forum.to_docx(made))


def test_who_may_not_export_gets_nothing():
    with pytest.raises(actors.DeniedError):
        forum.compile_(Actor("lecteur", "05"))


def test_the_work_says_how_far_it_is():
    told: list[float] = []
    forum.compile_(LOCAL, step=lambda share, what: told.append(share))
    assert told == sorted(told)
    assert told[0] > 0
    assert told[-1] < 1


def test_the_command_line_writes_both_files(tmp_path, monkeypatch):
    monkeypatch.setenv(store.FOLDER_VARIABLE, str(tmp_path / "base"))
    book.add(LOCAL, NEED)
    one, other = tmp_path / "forum.xlsx", tmp_path / "forum.docx"
    cli.compiler_besoins(one, other)
    assert openpyxl.load_workbook(one)["Besoins"].max_row == 2
    assert "répit" in words_of(other.read_bytes())


def test_the_command_line_says_what_is_missing_and_leaves_nothing_half_written(tmp_path):
    with pytest.raises(DataError, match="--xlsx"):
        cli.compiler_besoins(None, None)
    with pytest.raises(DataError, match="n’a pas pu être écrit"):
        cli.compiler_besoins(tmp_path / "absent" / "f.xlsx", None)
    assert list(Path(tmp_path).iterdir()) == []
