"""A document as an accessible PDF (PDF/UA-1), made by typst.

Every text goes to typst as data (JSON) and is never read as markup.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from olsdata.exports import document as doc
from olsdata.exports.document import Block, Document, Text
from olsdata.palette import LIGHT
from olsdata.tables import DataError

TEMPLATE = Path(__file__).with_name("document.typ")


def to_pdf(page: Document) -> bytes:
    """The PDF of a document: tagged, titled, in French, its fonts inside.

    Raises
    ------
    DataError
        If typst refuses it (a defect of ours: its message is given).
    """
    import typst

    with TemporaryDirectory() as name:
        folder = Path(name)
        pictures: list[str] = []
        content = {
            "title": doc.printable(page.title),
            "subtitle": doc.printable(page.subtitle),
            "badges": [doc.printable(badge) for badge in page.badges],
            "footer": doc.printable(page.footer),
            "colours": {
                "ink": LIGHT.ink,
                "secondary": LIGHT.secondary,
                "border": LIGHT.border,
                "panel": LIGHT.panel,
                "accent": LIGHT.accent,
                "hatch": LIGHT.hatch,
                "soft": LIGHT.soft,
                "warm": LIGHT.warm,
            },
            "blocks": [_block(block, folder, pictures) for block in page.blocks],
        }
        (folder / "document.json").write_text(json.dumps(content), "utf-8")
        (folder / "document.typ").write_bytes(TEMPLATE.read_bytes())
        try:
            made = typst.Compiler(
                folder / "document.typ", root=folder, font_paths=_fonts()
            ).compile(format="pdf", pdf_standards=["ua-1"])
        except typst.TypstError as error:
            raise DataError(f"Le PDF n’a pas pu être fait : {error.message}") from error
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Our typeface and DejaVu, never those of the machine: the same file everywhere."""
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[doc.FONTS, doc.fallback_fonts()],
    )


def _text(text: Text) -> list[dict[str, Any]]:
    return [{"text": doc.printable(piece), "strong": bold} for piece, bold in doc.pieces(text)]


def _block(block: Block, folder: Path, pictures: list[str]) -> dict[str, Any]:
    """A block as data; its pictures are written in the folder."""
    if isinstance(block, doc.Heading):
        text = doc.printable(block.text)
        return {"kind": "heading", "text": text, "level": block.level, "fresh": block.fresh}
    if isinstance(block, doc.Paragraph):
        return {"kind": "paragraph", "text": _text(block.text), "style": block.style}
    if isinstance(block, doc.Bullets):
        return {"kind": "bullets", "items": [_text(item) for item in block.items]}
    if isinstance(block, doc.Table):
        return {
            "kind": "table",
            "name": doc.printable(block.name),
            "heads": [doc.printable(head) for head in block.heads],
            "rows": [[_text(cell) for cell in row] for row in block.rows],
            "widths": list(block.widths),
            "numbers": list(block.numbers),
            "sections": sorted(block.sections),
            "dense": block.dense,
        }
    if isinstance(block, doc.Picture):
        pictures.append(f"{len(pictures)}.svg")
        (folder / pictures[-1]).write_bytes(block.draw("svg"))
        alt = doc.printable(block.alt)
        return {"kind": "picture", "file": pictures[-1], "alt": alt, "width": block.width}
    if isinstance(block, doc.Cards):
        return {
            "kind": "cards",
            "cards": [
                {key: doc.printable(value) for key, value in vars(card).items()}
                for card in block.cards
            ],
        }
    if isinstance(block, doc.Legend):
        entries = [{"colour": c, "text": doc.printable(word)} for c, word in block.entries]
        return {"kind": "legend", "entries": entries}
    if isinstance(block, doc.Columns):
        columns = [[_block(b, folder, pictures) for b in column] for column in block.columns]
        return {"kind": "columns", "columns": columns, "widths": list(block.widths)}
    inside = [_block(b, folder, pictures) for b in block.blocks]
    return {"kind": "frame", "blocks": inside, "tint": block.tint}
