"""Documents: what a user wrote stays text, and the files can be read by everyone."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any, Literal

import docx
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from olsdata.exports import document as doc
from olsdata.exports import pdf, word
from olsdata.exports.document import Document, Strong

EVIL = '#panic("x") *gras* $x^2$ @note <b>oui</b> \\u{41} `code` // fin /* et */ = titre'


def picture(format_: Literal["svg", "png"]) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1))
    figure.subplots().plot([1, 2])
    stream = BytesIO()
    figure.savefig(stream, format=format_)
    return stream.getvalue()


PAGE = Document(
    f"Essai {EVIL}",
    subtitle=EVIL,
    badges=("Provisoire", EVIL),
    footer="pied de page",
    blocks=(
        doc.Cards((doc.Card("Population", "320\u202f000", EVIL, "Statbel, 1/1/2026"),)),
        doc.Heading("Première partie"),
        doc.Heading(EVIL, 2),
        doc.Paragraph(("avant ", Strong("fort"), f" {EVIL}"), "chapeau"),
        doc.Columns(
            (
                (
                    doc.Picture(picture, f"Une image : {EVIL}", 0.8),
                    doc.Legend((("#E3EEF8", "10 à 12"), ("", "non disponible"))),
                ),
                (doc.Bullets(("un", EVIL)),),
            ),
            (2, 1),
        ),
        doc.Table(
            f"Tableau {EVIL}",
            ("Nom", "Valeur"),
            (("groupe", ""), *((f"ligne {i} {EVIL if i == 3 else ''}", str(i)) for i in range(90))),
            (3, 1),
            numbers=(1,),
            sections=frozenset({0}),
        ),
        doc.Frame((doc.Paragraph(EVIL), doc.Paragraph("source", "source")), "vecu"),
        doc.Paragraph("Et vous\u202f?", "question"),
        doc.Heading("Seconde partie", fresh=True),
        doc.Paragraph("signes\u202f: \U0001f389 \x00 日 مرحبا 3\u202f≥\u202f2 → λ"),
    ),
)


@pytest.fixture(scope="module")
def reader() -> PdfReader:
    return PdfReader(BytesIO(pdf.to_pdf(PAGE)))


@pytest.fixture(scope="module")
def made() -> Any:
    return docx.Document(BytesIO(word.to_docx(PAGE)))


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_what_a_user_wrote_stands_in_the_pdf_letter_by_letter(reader: PdfReader) -> None:
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    # Title, subtitle, badge, card, heading, paragraph, item, table and its cell, frame.
    assert text.count(squeezed(EVIL)) >= 10


def test_the_pdf_is_tagged_titled_and_in_french(reader: PdfReader) -> None:
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr-BE"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == PAGE.title
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_every_page_of_the_pdf_says_its_number_and_the_footer(reader: PdfReader) -> None:
    count = len(reader.pages)
    assert count >= 4
    for number, page in enumerate(reader.pages, 1):
        assert f"page {number} sur {count}" in page.extract_text()
        assert "pied de page" in page.extract_text()


def test_a_fresh_heading_opens_a_page(reader: PdfReader) -> None:
    last = reader.pages[-1].extract_text()
    assert "Seconde partie" in last[:200]
    assert "Et vous" not in last


def test_signs_that_no_font_draws_are_shown_as_a_square_not_lost(reader: PdfReader) -> None:
    text = reader.pages[-1].extract_text()
    assert "□  □" in text
    assert "≥" in text
    assert "→ λ" in text


def test_every_font_of_the_pdf_is_inside_it(reader: PdfReader) -> None:
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            for inner in font.get_object()["/DescendantFonts"]:
                about = inner.get_object()["/FontDescriptor"]
                assert {"/FontFile2", "/FontFile3"} & set(about)
                names.add(str(about["/FontName"]).split("+")[-1])
    assert {name.split("-")[0] for name in names} == {"AtkinsonHyperlegible", "DejaVuSans"}


def test_the_docx_holds_headings_tables_and_texts_letter_by_letter(made: Any) -> None:
    headings = [(p.style.name, p.text) for p in made.paragraphs if p.style.name.startswith("Head")]
    assert headings == [
        ("Heading 1", "Première partie"),
        ("Heading 2", EVIL),
        ("Heading 1", "Seconde partie"),
    ]
    table = next(t for t in made.tables if t.rows[0].cells[0].text == "Nom")
    assert len(table.rows) == 92
    assert table.rows[5].cells[0].text == f"ligne 3 {EVIL}"
    assert made.core_properties.title == PAGE.title
    assert made.core_properties.language == "fr-BE"


def test_the_pictures_of_the_docx_say_what_they_show(made: Any) -> None:
    pictures = made.element.findall(f".//{qn('wp:docPr')}")
    assert [p.get("descr") for p in pictures] == [f"Une image : {EVIL}"]


def test_the_heads_of_a_table_of_the_docx_are_repeated_on_each_page(made: Any) -> None:
    assert len(made.element.findall(f".//{qn('w:tblHeader')}")) == 1


def test_the_docx_numbers_its_pages(made: Any) -> None:
    fields = made.sections[0].footer._element.findall(f".//{qn('w:instrText')}")
    assert [f.text for f in fields] == ["PAGE", "NUMPAGES"]
    assert made.sections[0].footer.paragraphs[0].text.startswith("pied de page")


def test_the_docx_has_no_character_that_xml_refuses() -> None:
    made = docx.Document(BytesIO(word.to_docx(Document("a\x00b", blocks=(PAGE.blocks[-1],)))))
    assert made.paragraphs[0].text == "ab"


def test_the_template_of_the_pdf_takes_its_colours_from_the_palette() -> None:
    assert not re.search(r"#[0-9a-fA-F]{6}\b|rgb\(\"", pdf.TEMPLATE.read_text("utf-8"))
