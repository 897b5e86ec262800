"""Portrait de territoire: its figures are those of the pages, and only what is shared leaves.

The text of one portrait is kept in ``portrait-05.txt``; when a change of it is wanted,
``python -m tests.unit.test_portrait`` writes it again, and the difference is read in the commit.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader

from olsdata import catalogue, figures, structures, tables, territory, words
from olsdata.equity import need
from olsdata.equity.units import units
from olsdata.exports import document as doc
from olsdata.exports import field_notes, pdf, portrait, word
from olsdata.exports.document import Block, Document
from olsdata.notes import book
from olsdata.notes.actors import LOCAL, Actor, DeniedError
from olsdata.notes.content import Content

SNAPSHOT = Path(__file__).with_name("portrait-05.txt")
DAY = date(2026, 11, 22)
OLS = [f"{i:02}" for i in range(1, 11)]
NOTE = Content(
    text="Les visites à domicile <b>manquent</b> *le soir*.",
    place="05",
    kind="soft",
    theme="acces",
    visibility="iwpl",
)


def built(zone: str, actor: Actor = LOCAL) -> Document:
    return portrait.build(territory.find(zone), actor, DAY)


def every(blocks: tuple[Block, ...]) -> list[Block]:
    """Blocks in reading order, those inside columns and frames too."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, doc.Columns):
            found += [inner for column in block.columns for inner in every(column)]
        elif isinstance(block, doc.Frame):
            found += every(block.blocks)
        else:
            found.append(block)
    return found


def flat(text: doc.Text) -> str:
    return "".join(piece for piece, _ in doc.pieces(text))


def told(page: Document) -> str:
    """Everything that a document says, a line per paragraph, item or row."""
    lines = [page.title, page.subtitle, " | ".join(page.badges)]
    for block in every(page.blocks):
        if isinstance(block, doc.Heading):
            lines += ["", "#" * block.level + " " + block.text]
        elif isinstance(block, doc.Paragraph):
            lines.append(flat(block.text))
        elif isinstance(block, doc.Bullets):
            lines += [f"- {flat(item)}" for item in block.items]
        elif isinstance(block, doc.Table):
            lines += [block.name, " | ".join(block.heads)]
            lines += [" | ".join(flat(cell) for cell in row) for row in block.rows]
        elif isinstance(block, doc.Picture):
            lines.append(f"[{block.alt}]")
        elif isinstance(block, doc.Cards):
            lines += [" | ".join(vars(card).values()) for card in block.cards]
        elif isinstance(block, doc.Legend):
            lines.append(" | ".join(word for _, word in block.entries))
    return "\n".join(lines).replace("\u202f", " ").replace("\xa0", " ") + "\n"


def tables_of(page: Document) -> dict[str, doc.Table]:
    return {b.name: b for b in every(page.blocks) if isinstance(b, doc.Table)}


def test_the_text_of_a_portrait_is_the_one_that_was_read_and_accepted() -> None:
    kept = SNAPSHOT.read_text("utf-8").splitlines()
    assert told(built("05")).splitlines() == kept, "python -m tests.unit.test_portrait"


@pytest.mark.parametrize("zone", [*OLS, "wallonie"])
def test_every_indicator_of_the_portrait_has_the_value_of_the_pages(zone: str) -> None:
    here = territory.find(zone)
    found = tables_of(built(zone))
    rows = {
        flat(row[0]): row
        for name in (
            "Le territoire en chiffres",
            "Population et conditions de vie",
            "Points de soins",
        )
        for row in found[name].rows
    }
    shown = [c for c in catalogue.available().values() if c.in_profile]
    assert len(rows) == len(shown)
    for card in shown:
        row = next(row for title, row in rows.items() if title.startswith(words.spaced(card.title)))
        value = words.number(figures.value(card.id, here), card.decimals)
        assert flat(row[1]).rstrip("†°") == value, card.id
        assert flat(row[-2]) == card.year
        assert flat(row[-1]) == card.publisher
        if zone != "wallonie":
            other = figures.value(card.id, territory.find("wallonie"))
            assert flat(row[3]) == words.number(other, card.decimals), card.id


def test_a_weighted_mean_and_a_shared_commune_carry_their_sign() -> None:
    rows = tables_of(built("05"))["Population et conditions de vie"].rows
    values = {flat(row[0]): flat(row[1]) for row in rows}
    assert values["Âge moyen (ans)"].endswith("†°")
    assert values["65 ans et plus (%)"].endswith("°")
    assert not values["65 ans et plus (%)"].endswith("†°")
    whole = tables_of(built("01"))["Population et conditions de vie"].rows
    assert all("°" not in flat(row[1]) for row in whole)


def test_the_need_of_each_unit_has_its_band_and_no_rank() -> None:
    page = built("06")
    table = tables_of(page)["Indice de besoin par bassin de vie, du nord au sud"]
    found = need.by_zone(need.default_weights(), units("bassin"))
    for row in table.rows:
        known = found[found["label"] == flat(row[0])].iloc[0]
        assert flat(row[1]) == words.number(known["indice"])
        assert flat(row[2]) == f"{words.number(known['p5'])} – {words.number(known['p95'])}"
        assert flat(row[3]).startswith(known["groupe"])
    values = [float(flat(row[1])) for row in table.rows]
    assert values not in (sorted(values), sorted(values, reverse=True))
    assert "classement" not in told(page).replace("Ce n’est pas un classement", "")


def test_every_recorded_structure_is_there_with_its_source_and_year() -> None:
    page = built("05")
    recorded = structures.listing(territory.zoning("ols"), "05")
    table = tables_of(page)["Structures recensées qui touchent 05 Namur-Ouest"]
    rows = [row for i, row in enumerate(table.rows) if i not in table.sections]
    assert len(rows) == len(recorded)
    for row, (_, known) in zip(rows, recorded.iterrows(), strict=True):
        assert flat(row[0]).startswith(known["nom"])
        assert flat(row[4]) == known["source"]
        assert flat(row[3]) == (
            known["annee"] if isinstance(known["annee"], str) else "non précisée"
        )


def test_what_is_missing_says_who_publishes_it_and_how_to_get_it() -> None:
    said = told(built("05"))
    for card in catalogue.cards().values():
        if card.in_profile and not card.available:
            assert card.title in said
            assert words.spaced(card.obtain).replace("\u202f", " ").replace("\xa0", " ") in said


def test_every_licence_and_every_limit_is_written() -> None:
    said = told(built("05"))
    for card in catalogue.available().values():
        if card.in_profile:
            for text in (card.licence, card.limits, card.dataset):
                assert words.spaced(text).replace("\u202f", " ").replace("\xa0", " ") in said


def test_only_what_is_shared_with_the_iwpl_leaves() -> None:
    book.add(LOCAL, NOTE)
    book.add(LOCAL, replace(NOTE, text="Reste dans l’OLS.", visibility="ols"))
    book.add(LOCAL, replace(NOTE, text="Reste dans l’atelier.", visibility="atelier"))
    book.add(LOCAL, replace(NOTE, text="D’un autre territoire.", place="06"))
    gone = book.add(LOCAL, replace(NOTE, text="Retirée."))
    book.withdraw(LOCAL, gone.id, gone.revision)
    said = told(built("05"))
    assert NOTE.text in said
    for text in ("Reste dans", "D’un autre territoire.", "Retirée."):
        assert text not in said
    assert "1 contribution du terrain partagée" in said


def test_an_actor_reads_no_more_in_a_portrait_than_on_the_pages() -> None:
    book.add(LOCAL, NOTE)
    assert NOTE.text in told(built("05", Actor("lecteur", "05")))
    assert NOTE.text in told(built("05", Actor("iwpl")))
    assert NOTE.text not in told(built("05", Actor("lecteur", "06")))
    with pytest.raises(DeniedError):
        built("05", Actor("inconnu"))


def test_opportunities_and_small_wins_stand_in_their_block() -> None:
    for sort in ("opportunite", "victoire", "besoin"):
        book.add(LOCAL, Content(sort=sort, text=f"Dit : {sort}.", place="05", theme="acces",
                                missing="offre", visibility="iwpl"))  # fmt: skip
    said = told(built("05"))
    start, end = said.index("# 5. Opportunités"), said.index("# Ce que dit le terrain")
    assert "Dit : opportunite." in said[start:end]
    assert "Dit : victoire." in said[start:end]
    assert "Dit : besoin." in said[end:]


def test_too_many_notes_are_counted_not_lost_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field_notes, "MOST", 2)
    for number in range(5):
        book.add(LOCAL, replace(NOTE, text=f"Note numéro {number}."))
    said = told(built("05"))
    assert said.count("Note numéro") == 2
    assert "3 autres sont dans l’outil." in said


def test_a_portrait_is_for_an_ols_or_wallonia() -> None:
    with pytest.raises(tables.DataError, match="OLS ou pour la Wallonie"):
        built("92094")


@pytest.mark.parametrize("zone", ["05", "wallonie"])
def test_the_pdf_has_its_title_its_blocks_and_six_to_ten_pages(zone: str) -> None:
    book.add(LOCAL, NOTE)
    page = built(zone)
    reader = PdfReader(BytesIO(pdf.to_pdf(page)))
    assert reader.metadata is not None
    assert reader.metadata.title == page.title
    assert 6 <= len(reader.pages) <= 10
    text = " ".join("".join(p.extract_text() for p in reader.pages).split())
    for number, name in enumerate(catalogue.BLOCKS, 1):
        assert f"{number}. {name[0].upper()}{name[1:]}" in text
    assert doc.UNPRINTABLE not in text
    if zone == "05":
        assert " ".join(NOTE.text.split()) in text
    people = words.number(figures.value("pop_total_2026", territory.find(zone)))
    assert " ".join(people.split()) in text


def test_the_docx_says_the_same_and_can_be_changed() -> None:
    book.add(LOCAL, NOTE)
    page = built("05")
    made = docx.Document(BytesIO(word.to_docx(page)))
    texts = {p.text for p in made.element.iter() if p.text}
    assert NOTE.text in texts
    headings = [p.text for p in made.paragraphs if p.style.name == "Heading 1"]
    assert headings == [
        b.text for b in every(page.blocks) if isinstance(b, doc.Heading) and b.level == 1
    ]
    pictures = sum(isinstance(b, doc.Picture) for b in every(page.blocks))
    assert len(made.part.package.image_parts) == pictures


def test_the_name_of_the_file_is_plain() -> None:
    names = [portrait.file_name(territory.find(i)) for i in [*OLS, "wallonie"]]
    assert len(set(names)) == 11
    assert all(
        name.replace("-", "").isascii() and name.replace("-", "").isalnum() for name in names
    )


if __name__ == "__main__":
    SNAPSHOT.write_text(told(built("05")), "utf-8")
