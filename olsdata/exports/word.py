"""A document as an editable DOCX, made by python-docx."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from olsdata.exports import document as doc
from olsdata.exports.document import Block, Document, Text
from olsdata.exports.tables import writable
from olsdata.palette import LIGHT

TYPEFACE = "Arial"
"""On every machine, unlike ours: a DOCX does not carry its fonts."""

WIDTH_MM = 170
"""Width of the text on an A4 page."""

_SIZES = {"": 10.5, "chapeau": 12, "source": 8.5, "question": 10.5}


def to_docx(page: Document) -> bytes:
    """The DOCX of a document: real headings, lists and tables, alternative texts, page numbers."""
    import docx
    from docx.shared import Mm

    made = docx.Document()
    _dress(made, page)
    made.add_paragraph(writable(page.title), style="Title")
    if page.subtitle:
        _runs(made.add_paragraph(), page.subtitle, 11.5, LIGHT.secondary)
    if page.badges:
        _runs(made.add_paragraph(), " · ".join(page.badges), 9, LIGHT.secondary)
    for block in page.blocks:
        _add(made, block, Mm(WIDTH_MM))
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def _dress(made: Any, page: Document) -> None:
    """Properties, page, typeface, language, footer."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    made.core_properties.title = writable(page.title)
    made.core_properties.author = "Territoires OLS"
    made.core_properties.language = "fr-BE"
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - WIDTH_MM) / 2)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size in (
        ("Normal", _SIZES[""]),
        ("Title", 24),
        ("Heading 1", 17),
        ("Heading 2", 13),
        ("Heading 3", 11),
    ):
        style = made.styles[name]
        style.font.name, style.font.size = TYPEFACE, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(kind), TYPEFACE)
        if name != "Normal":
            style.font.bold = True
            style.font.color.rgb = RGBColor.from_string(LIGHT.accent[1:])
    # Without this, the title keeps the blue line of the default template.
    for border in made.styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-BE")
    made.styles["Normal"].element.get_or_add_rPr().append(language)
    made.styles["Normal"].paragraph_format.space_after = Pt(6)
    foot = section.footer.paragraphs[0]
    _runs(foot, f"{page.footer} · page " if page.footer else "page ", 8, LIGHT.secondary)
    _field(foot, "PAGE")
    _runs(foot, " sur ", 8, LIGHT.secondary)
    _field(foot, "NUMPAGES")


def _field(paragraph: Any, name: str) -> None:
    """A field that the word processor computes: the page number, the number of pages."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind in ("begin", "", "separate", "number", "end"):
        if kind == "":
            element = OxmlElement("w:instrText")
            element.text = name
        elif kind == "number":
            element = OxmlElement("w:t")
            element.text = "1"
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _runs(paragraph: Any, text: Text, size: float = 0, colour: str = "") -> None:
    """The pieces of a text at the end of a paragraph."""
    from docx.shared import Pt, RGBColor

    for piece, strong in doc.pieces(text):
        run = paragraph.add_run(writable(piece))
        run.bold = strong or None
        if size:
            run.font.size = Pt(size)
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour[1:])


def _add(place: Any, block: Block, width: int) -> None:
    """A block at the end of a document or of a cell.

    Parameters
    ----------
    width : of the place, in the unit of python-docx
    """
    if isinstance(block, doc.Heading):
        heading = place.add_paragraph(writable(block.text), style=f"Heading {block.level}")
        heading.paragraph_format.page_break_before = block.fresh
    elif isinstance(block, doc.Paragraph):
        colour = {"source": LIGHT.secondary, "question": LIGHT.accent}.get(block.style, "")
        _runs(place.add_paragraph(), block.text, _SIZES[block.style], colour)
    elif isinstance(block, doc.Bullets):
        for item in block.items:
            _runs(place.add_paragraph(style="List Bullet"), item)
    elif isinstance(block, doc.Table):
        _table(place, block, width)
    elif isinstance(block, doc.Picture):
        _picture(place, block, width)
    elif isinstance(block, doc.Cards):
        _cards(place, block, width)
    elif isinstance(block, doc.Legend):
        _legend(place, block)
    elif isinstance(block, doc.Columns):
        _columns(place, block, width)
    else:
        _frame(place, block, width)


def _picture(place: Any, block: doc.Picture, width: int) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = place.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(
        BytesIO(block.draw("png")), width=int(width * block.width)
    )
    shape._inline.docPr.set("descr", writable(block.alt))


def _grid(place: Any, rows: int, widths: tuple[float, ...], width: int, style: str = "") -> Any:
    """A table of some widths, in a document or in a cell."""
    made = place.add_table(rows, len(widths))
    made.autofit = False
    if style:
        made.style = style
    for column, part in zip(made.columns, widths, strict=True):
        column.width = int(width * part / sum(widths))
        for cell in column.cells:
            cell.width = column.width
    return made


def _shade(cell: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour[1:])
    cell._tc.get_or_add_tcPr().append(shade)


def _table(place: Any, block: doc.Table, width: int) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    caption = place.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    _runs(caption, (doc.Strong(block.name),), 9.5)
    made = _grid(place, len(block.rows) + 1, block.widths, width, "Table Grid")
    # Rows through lxml: python-docx counts the whole grid again for each cell it is asked for.
    lines: list[tuple[Text, ...]] = [tuple((doc.Strong(h),) for h in block.heads), *block.rows]
    for number, (row, line) in enumerate(zip(made.rows, lines, strict=True)):
        section = number - 1 in block.sections
        cells = list(row.cells)
        if section:
            cells[0] = cells[0].merge(cells[-1])
        for column, cell in enumerate(cells[:1] if section else cells):
            text = (doc.Strong(str(line[0])),) if section else line[column]
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = 0
            if column in block.numbers and not section:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _runs(paragraph, text, 7.5 if block.dense else 8.5, LIGHT.accent if number == 0 else "")
            if section:
                _shade(cell, LIGHT.panel)
        together = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(together)
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    made.rows[0]._tr.get_or_add_trPr().append(head)
    place.add_paragraph().paragraph_format.space_after = 0


def _cards(place: Any, block: doc.Cards, width: int) -> None:
    made = _grid(place, 1, (1.0,) * len(block.cards), width)
    for cell, card in zip(made.rows[0].cells, block.cards, strict=True):
        _shade(cell, LIGHT.panel)
        _runs(cell.paragraphs[0], card.name, 8.5)
        _runs(cell.add_paragraph(), (doc.Strong(card.value),), 15, LIGHT.accent)
        _runs(cell.add_paragraph(), card.beside, 8.5)
        _runs(cell.add_paragraph(), card.source, 7.5, LIGHT.secondary)
    place.add_paragraph()


def _legend(place: Any, block: doc.Legend) -> None:
    """Coloured squares and their words; « ▨ » for hatching."""
    paragraph = place.add_paragraph()
    for colour, word in block.entries:
        mark = "\u25a8" if not colour else "\u25a0"
        _runs(paragraph, f"{mark}\u00a0", 11, colour or LIGHT.hatch)
        _runs(paragraph, f"{word}   ", 8.5)


def _columns(place: Any, block: doc.Columns, width: int) -> None:
    made = _grid(place, 1, block.widths, width)
    for cell, column, part in zip(made.rows[0].cells, block.columns, block.widths, strict=True):
        for inner in column:
            _add(cell, inner, int(width * part / sum(block.widths) * 0.94))
        # A cell starts with an empty paragraph of its own.
        first = cell.paragraphs[0]
        if column and len(cell._tc) > 2 and not first.text:
            first._p.getparent().remove(first._p)
    place.add_paragraph().paragraph_format.space_after = 0


def _frame(place: Any, block: doc.Frame, width: int) -> None:
    """A shaded cell; the colour of its left side says what kind of note it is."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = _grid(place, 1, (1.0,), width)
    cell = made.rows[0].cells[0]
    _shade(cell, LIGHT.panel)
    colour = {"savoir": LIGHT.soft, "vecu": LIGHT.warm, "hachure": LIGHT.hatch}
    borders = OxmlElement("w:tcBorders")
    left = OxmlElement("w:left")
    style = "dashed" if block.tint == "hachure" else "single"
    side = colour.get(block.tint, LIGHT.border)[1:]
    for key, value in (("val", style), ("sz", "24"), ("space", "0"), ("color", side)):
        left.set(qn(f"w:{key}"), value)
    borders.append(left)
    cell._tc.get_or_add_tcPr().insert(1, borders)
    for inner in block.blocks:
        _add(cell, inner, int(width * 0.96))
    first = cell.paragraphs[0]
    if block.blocks and not first.text:
        first._p.getparent().remove(first._p)
    place.add_paragraph().paragraph_format.space_after = 0
