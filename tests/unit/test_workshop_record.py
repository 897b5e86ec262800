"""The record of a workshop, opened as the room will open it."""

from __future__ import annotations

from io import BytesIO

import docx
from pypdf import PdfReader

from olsdata.exports import pdf, word
from olsdata.exports import workshop as exported
from olsdata.workshops import book, voices
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
