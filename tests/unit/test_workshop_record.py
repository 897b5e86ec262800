"""The record of a workshop, opened as the room will open it."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from pypdf import PdfReader

from olsdata import structures
from olsdata.exports import document as doc
from olsdata.exports import pdf, seen, word
from olsdata.exports import workshop as exported
from olsdata.workshops import book, pictures, voices
from olsdata.workshops.book import Plan
from olsdata.workshops.pictures import Picture, Seen
from tests.unit.test_workshops import SIX, opened

EVIL = '#panic("x") *gras* <b>oui</b> =1+1'


def test_the_record_opens_as_docx_and_as_accessible_pdf_with_the_same_words() -> None:
    made = opened()
    book.show(SIX, made.id, 0, "11 communes sur 21.", "Statbel, 1/1/2021.")
    voices.say(SIX, made.id, EVIL, "warm")
    page = exported.record(SIX, made.id)
    paragraphs = "\n".join(
        p.text
        for p in docx.Document(BytesIO(word.to_docx(page))).element.body.iter()
        if p.tag.endswith("}t") and p.text
    )
    reader = PdfReader(BytesIO(pdf.to_pdf(page)))
    printed = " ".join(" ".join(p.extract_text() for p in reader.pages).split())
    for expected in ("Compte rendu : Vieillir ici", "11 communes sur 21.", "Qui était là"):
        assert expected in paragraphs.replace("\xa0", " ")
        assert expected in printed.replace("\xa0", " ")
    assert EVIL in paragraphs
    assert "=1+1" in printed
    assert reader.trailer["/Root"]["/Lang"].startswith("fr")  # type: ignore[index]


KINDS = [
    *(Picture("carte", "pct_65p_2021", level) for level in pictures.LEVELS),
    *(Picture("besoin", level=level) for level in pictures.LEVELS),
    Picture("pyramide"),
    Picture("evolution"),
    *(Picture("structures", structure=kind) for kind in structures.types()),
]


def test_every_kind_of_picture_is_tried():
    assert {p.kind for p in KINDS} == set(pictures.KINDS)


@pytest.mark.parametrize("picture", KINDS, ids=lambda p: f"{p.kind}-{p.level}-{p.structure}")
def test_every_picture_of_a_room_is_drawn_with_its_words(picture: Picture):
    looked = replace(picture, seen=Seen("2026-11-22", "", "11 communes sur 21.", "Statbel"))
    drawn, *rest = seen.blocks(looked, "06")
    assert isinstance(drawn, doc.Picture)
    assert picture.title in drawn.alt.replace("\xa0", " ").replace("\u202f", " ")
    assert "11 communes sur 21." in drawn.alt.replace("\xa0", " ")
    assert drawn.draw("svg").count(b"<path") > 20
    last = rest[-1]
    assert isinstance(last, doc.Paragraph)
    assert "autres que ce jour-là" in str(last.text)


def test_the_record_holds_the_pictures_that_were_seen_and_no_other():
    chosen = (Picture("carte", "pct_65p_2021"), Picture("pyramide"), Picture("evolution"))
    made = book.open_(SIX, book.prepare(SIX, Plan("Vieillir ici", "06", pictures=chosen)).id)
    for position in (0, 2):
        book.show(SIX, made.id, position, "Une phrase.", "Statbel, 1/1/2021.")
    page = exported.record(SIX, made.id)
    document = docx.Document(BytesIO(word.to_docx(page)))
    assert len(document.inline_shapes) == 2
    reader = PdfReader(BytesIO(pdf.to_pdf(page)))
    printed = " ".join(p.extract_text() for p in reader.pages)
    assert "Pyramide des âges" not in printed
    assert "autres que ce jour-là" not in printed
    bare = exported.record(SIX, made.id, drawn=False)
    assert not any(isinstance(b, doc.Columns | doc.Picture) for b in bare.blocks)


@pytest.mark.parametrize(
    "picture", [Picture("carte", "disparu_2001"), Picture("structures", structure="disparu")]
)
def test_what_is_no_longer_in_the_data_is_said_and_not_drawn(picture: Picture):
    (said,) = seen.blocks(picture, "06")
    assert isinstance(said, doc.Paragraph)
    assert "n’est plus dans les données" in str(said.text)
