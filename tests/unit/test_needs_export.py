"""What goes to the IWPL and the Forum: the files open, hold what is shared, and run nothing."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
import openpyxl
import pytest

from olsdata.exports import needs
from olsdata.notes import book, demo
from olsdata.notes.actors import LOCAL
from olsdata.notes.content import Content

NEED = Content(
    sort="besoin",
    text='=HYPERLINK("http://x.be") <b>répit</b> 🙂',
    place="05",
    missing="offre",
    for_whom="+aidants",
    visibility="iwpl",
)
SIGNAL = Content(sort="signal", text="Un signal.", place="06", level="region", visibility="iwpl")


pytestmark = pytest.mark.both_stores


@pytest.fixture
def sent() -> needs.Sent:
    made = book.add(LOCAL, NEED)
    made = book.advance(LOCAL, made.id, "transmis", made.revision)
    book.advance(LOCAL, made.id, "repondu", made.revision, reply="@Réponse donnée")
    book.add(LOCAL, replace(NEED, text="Privé.", visibility="ols"))
    gone = book.add(LOCAL, replace(NEED, text="Retiré."))
    book.withdraw(LOCAL, gone.id, gone.revision)
    book.add(LOCAL, SIGNAL)
    return needs.gather(LOCAL, "wallonie", "Wallonie")


def words_of(raw: bytes) -> str:
    return "\n".join(p.text for p in docx.Document(BytesIO(raw)).paragraphs)


def test_the_workbook_has_its_sheets_and_only_what_is_shared(sent: needs.Sent) -> None:
    made = openpyxl.load_workbook(BytesIO(needs.to_xlsx(sent)))
    assert made.sheetnames == ["À lire", "Besoins", "Signaux", "Par OLS"]
    rows = list(made["Besoins"].iter_rows(values_only=True))
    assert rows[0] == needs.NEED_HEADS
    assert len(rows) == 2
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["Lieu"].startswith("OLS ")
    assert (row["Étape"], row["Jours d’attente"]) == ("Répondu", None)
    assert "@Réponse donnée" in row["Réponse"]
    assert [r[2] for r in made["Signaux"].iter_rows(values_only=True)] == ["Signal", "Un signal."]
    everything = str([list(s.iter_rows(values_only=True)) for s in made.worksheets])
    assert "Privé." not in everything
    assert "Retiré." not in everything
    counts = list(made["Par OLS"].iter_rows(values_only=True))
    assert [r[0][:4] for r in counts[1:]] == ["OLS "] * 10
    assert sum(r[1] for r in counts[1:]) == 1


def test_no_cell_runs_as_a_formula(sent: needs.Sent) -> None:
    raw = needs.to_xlsx(sent)
    made = openpyxl.load_workbook(BytesIO(raw))
    cells = [c for sheet in made.worksheets for line in sheet.iter_rows() for c in line]
    assert not any(c.data_type == "f" for c in cells)
    texts = [c.value for c in cells if isinstance(c.value, str)]
    assert not any(t.startswith(("=", "+", "-", "@")) for t in texts)
    assert "'=HYPERLINK" in str(texts)
    with ZipFile(BytesIO(raw)) as parts:
        assert not any(b"<f>" in parts.read(n) for n in parts.namelist())


def test_the_document_says_the_same_as_text(sent: needs.Sent) -> None:
    raw = needs.to_docx(sent)
    said = words_of(raw)
    assert NEED.text in said
    assert "Étape : Répondu" in said
    assert "@Réponse donnée" in said
    assert "Un signal." in said
    assert "Privé." not in said
    assert "ni une comparaison des territoires" in said
    with ZipFile(BytesIO(raw)) as parts:
        body = parts.read("word/document.xml")
    assert b"w:fldSimple" not in body
    assert b"w:hyperlink" not in body


def test_an_ols_sends_its_own(sent: needs.Sent) -> None:
    assert len(needs.gather(LOCAL, "05", "05").needs) == 1
    other = needs.gather(LOCAL, "06", "06")
    assert (len(other.needs), len(other.signals), len(other.by_ols)) == (0, 1, 1)


def test_nothing_to_send_still_opens() -> None:
    empty = needs.gather(LOCAL, "wallonie", "Wallonie")
    assert "Aucun n’est partagé." in words_of(needs.to_docx(empty))
    made = openpyxl.load_workbook(BytesIO(needs.to_xlsx(empty)))
    assert made["Besoins"].max_row == 1


def test_the_example_says_that_it_is_fictional() -> None:
    with demo.open():
        sent = needs.gather(LOCAL, "wallonie", "Wallonie", fictional=True)
    assert sent.stem.startswith("exemple-fictif-")
    assert needs.FICTION in words_of(needs.to_docx(sent))
    made = openpyxl.load_workbook(BytesIO(needs.to_xlsx(sent)))
    assert made["À lire"]["A2"].value == needs.FICTION


def test_what_an_xml_file_cannot_hold_is_left_out(sent: needs.Sent) -> None:
    odd = replace(sent, title="a\x00\x0b\uffffb\ud800")
    assert "Territoire : ab." in words_of(needs.to_docx(odd))
    made = openpyxl.load_workbook(BytesIO(needs.to_xlsx(odd)))
    assert "Territoire : ab." in str(list(made["À lire"].values))
