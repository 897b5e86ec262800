"""Repères: every item of the documents is on its page, and acronyms are explained everywhere."""

from __future__ import annotations

import pytest

from olsdata import reference
from olsdata.reference import glossary
from tests.browser.conftest import TWO_SCREENS, Visitor


@pytest.mark.parametrize("theme", reference.ORDER)
def test_every_item_of_a_theme_is_on_its_page(reader: Visitor, theme: str) -> None:
    visit = reader.open(f"/reperes?theme={theme}")
    shown = visit.page.evaluate(
        "() => [...document.querySelectorAll('[data-repere]')].map((e) => e.dataset.repere)"
    )
    items = {item for text in shown for item in text.split()}
    assert items == {item for item, (where, _) in reference.items().items() if where == theme}
    assert visit.violations() == []
    assert visit.height() <= TWO_SCREENS


A4 = (703, 1017)
"""Pixels of an A4 page inside its margins (12 and 14 mm), 96 per inch."""

PRINTED = """(width) => {
  window.dispatchEvent(new Event("beforeprint"));
  const app = document.querySelector("[data-testid=stApp]");
  app.style.width = `${width}px`;  // measured before any chart has time to be drawn again
  const pictures = "[data-testid=stPlotlyChart], .niveaux, .axes, ol.etapes, .cartes";
  const found = [...document.querySelectorAll(pictures)].map((picture) => {
    const box = (picture.querySelector(".main-svg") ?? picture).getBoundingClientRect();
    return [picture.className, Math.round(box.right), Math.round(box.height)];
  });
  const cut = [...document.querySelectorAll(".defile")]
    .filter((table) => table.scrollHeight > table.clientHeight + 1).length;
  app.style.width = "";
  return { found, cut };
}"""
PICTURES = {
    **{f"/reperes?theme={theme}": 1 for theme in ("systeme", "flux", "missions")},
    **{f"/reperes?theme={theme}": 1 for theme in ("structures", "determinants")},
    "/reperes?theme=contradictions": 0,
    "/trajectoire?territoire=05": 0,
}
"""Page → pictures that it has at least; a trajectory has none before a team wrote something."""


@pytest.mark.parametrize("path", PICTURES)
def test_every_picture_prints_whole_on_one_a4_page(reader: Visitor, path: str) -> None:
    visit = reader.open(path)
    for fold in visit.page.locator("[data-testid=stExpander] summary").all():
        fold.click()
    visit.settle()
    visit.page.emulate_media(media="print")
    printed = visit.page.evaluate(PRINTED, A4[0])
    assert len(printed["found"]) >= PICTURES[path]
    wide = [found for found in printed["found"] if found[1] > A4[0] or found[2] > A4[1]]
    assert wide == []
    assert printed["cut"] == 0


def test_a_facilitator_says_which_flow_exists_and_finds_it_again(reader: Visitor) -> None:
    visit = reader.open("/reperes?theme=flux&territoire=05&diagramme=ressources")
    visit.page.get_by_text("Dire quels flux existent sur mon territoire").click()
    visit.page.get_by_label("Depuis (année, mois ou jour)").fill("2026-03")
    visit.page.get_by_role("button", name="Enregistrer").click()
    visit.page.get_by_text("existe ici depuis 2026-03").wait_for()
    again = reader.open("/reperes?theme=flux&territoire=05&diagramme=ressources")
    assert again.page.get_by_text("existe ici depuis 2026-03").count() == 1


def test_the_glossary_is_searched_and_the_search_is_a_link(reader: Visitor) -> None:
    visit = reader.open("/glossaire?mot=mandat")
    assert visit.page.locator("table.donnees tbody tr").count() == len(glossary.search("mandat"))
    visit.page.get_by_label("Chercher un terme ou un sigle").fill("aucun de ces mots")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text("Aucun terme ne correspond").wait_for()
    assert "mot=aucun" in visit.address()
    visit.page.get_by_label("Chercher un terme ou un sigle").fill("")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text(f"{len(glossary.entries())} termes.").wait_for()
    visit.settle()
    assert visit.height() <= TWO_SCREENS
