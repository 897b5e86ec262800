"""« Universalisme proportionné » in a browser: what a facilitator does on it."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit, Visitor

ADDRESS = "/universalisme?territoire=06&niveau=commune"


def slide(visit: Visit, name: str, steps: int = 1, key: str = "ArrowRight") -> None:
    """Move a slider from the keyboard."""
    thumb = visit.page.get_by_role("slider", name=name, exact=False).first
    thumb.focus()
    for _ in range(steps):
        visit.page.keyboard.press(key)
    visit.settle()


def value(visit: Visit, name: str) -> str:
    thumb = visit.page.get_by_role("slider", name=name, exact=False).first
    return str(thumb.get_attribute("aria-valuetext") or thumb.get_attribute("aria-valuenow"))


def press(visit: Visit, name: str) -> None:
    visit.page.get_by_role("button", name=name, exact=True).first.click()
    visit.settle()


def bands(visit: Visit) -> list[str]:
    """Name, index and group of each unit."""
    rows = visit.page.locator(".st-key-panneau-bandes tbody tr")
    return [row.replace("\n", " ") for row in rows.all_inner_texts()]


def fold(visit: Visit, title: str) -> Locator:
    box = visit.page.locator("[data-testid=stExpander]", has_text=title).first
    box.locator("summary").click()
    visit.page.wait_for_timeout(300)
    return box


def asked(visit: Visit, part: str) -> None:
    """Wait until the address holds something, and the page shows it."""
    visit.page.wait_for_function("p => location.search.includes(p)", arg=part)
    visit.settle()


def test_weights_set_by_slider_are_in_the_address_and_a_cold_reader_finds_the_same_page(
    reader: Visitor,
) -> None:
    visit = reader.open(ADDRESS)
    before = bands(visit)
    assert len(before) == 21
    slide(visit, "80 ans et plus 2021", 2)
    asked(visit, "poids=1-1-1-1-1-3")
    after = bands(visit)
    assert after != before
    slide(visit, "un habitant compte pour (k)")
    asked(visit, "k=2.5")
    other = reader.open(visit.address(), apart=True)
    assert bands(other) == after
    assert value(other, "80 ans et plus 2021") == "3"
    assert "2,5" in other.page.locator(".st-key-panneau-part").inner_text()
    press(other, "Égaux")
    other.page.wait_for_function("!location.search.includes('poids=')")
    assert bands(other) == before
    assert [v.errors for v in (visit, other)] == [[], []]


def test_the_level_changes_every_panel_and_the_details_open(reader: Visitor) -> None:
    visit = reader.open(ADDRESS)
    levels = visit.page.get_by_label("Niveau de lecture")
    levels.get_by_role("radio", name="Bassins").click()
    visit.settle()
    asked(visit, "niveau=bassin")
    expect(
        visit.page.get_by_role("heading", name="Besoin par bassin de vie", exact=True)
    ).to_be_visible()
    panel = visit.page.locator(".st-key-panneau-bandes tbody")
    expect(panel).to_contain_text("Namur (4 bassins)")
    assert len(bands(visit)) < 21
    made_of = fold(visit, "De quoi l’indice est fait")
    expect(made_of.get_by_text("Points d’indice que chaque indicateur apporte")).to_be_visible()
    expect(made_of.get_by_text("Sans « Peu diplômés »")).to_be_visible()
    spread = fold(visit, "Ce qu’une moyenne cache")
    expect(spread.get_by_role("row").nth(1)).to_be_visible()
    law = fold(visit, "Les poids que le droit wallon donne déjà")
    expect(law.get_by_text("CWASS 460").first).to_be_visible()
    assert visit.errors == []


def test_weights_are_shared_under_a_name_and_taken_up_in_another_browser(
    reader: Visitor,
) -> None:
    anne = reader.open(f"{ADDRESS}&poids=1-1-1-1-0-3")
    fold(anne, "Poids partagés")
    anne.page.get_by_role("textbox", name="Nom de ces poids").fill("<script>L’âge</script>")
    for name in ("« Sans chauffage central »", "« 80 ans et plus »"):
        anne.page.get_by_role("textbox", name=f"Pourquoi {name}").fill(f"Dit en atelier, {name}")
    press(anne, "Garder ces poids")
    expect(anne.page.get_by_text("gardés.")).to_be_visible()
    luc = reader.open(ADDRESS, apart=True)
    fold(luc, "Poids partagés")
    expect(luc.page.get_by_text("Dit en atelier, « 80 ans et plus »")).to_be_visible()
    press(luc, "Prendre ces poids")
    asked(luc, "poids=1-1-1-1-0-3")
    assert bands(luc) == bands(anne)
    expect(luc.page.get_by_text("Poids de la page :")).to_contain_text("<script>L’âge</script>")
    with luc.page.expect_download() as download:
        luc.page.get_by_role("button", name="Poids de la page (CSV)").click()
    text = download.value.path().read_text("utf-8-sig")
    assert 'pct_80p_2021,3,"Dit en atelier, « 80 ans et plus »"' in text
    assert [v.errors for v in (anne, luc)] == [[], []]


def test_a_cell_of_the_lecture_croisee_opens_by_press_and_by_keyboard(reader: Visitor) -> None:
    visit = reader.open(f"{ADDRESS.replace('commune', 'bassin')}&unite=06-91034&theme=individu")
    matrix = visit.page.get_by_role("region", name="Lecture croisée")
    matrix.get_by_role("button", name="silence : Cadre bâti, Dinant").click()
    asked(visit, "theme=cadre_bati")
    visit.settle()
    chosen = visit.page.get_by_role("combobox", name="Thème")
    expect(chosen).to_have_value("Cadre bâti")
    here = visit.page.locator(":focus")
    assert here.get_attribute("aria-pressed") == "true"
    assert visit.page.locator("[data-cellule][tabindex='0']").count() == 1
    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("ArrowLeft")
    target = str(visit.page.locator(":focus").get_attribute("aria-label")).replace("\xa0", " ")
    assert target.startswith("silence : Ressources du ménage, ")
    visit.page.keyboard.press("Enter")
    asked(visit, "theme=menage")
    visit.settle()
    expect(visit.page.get_by_role("combobox", name="Unité").last).to_have_value(
        target.rpartition(", ")[2]
    )
    assert visit.errors == []


def test_figures_alone_are_one_press_away_and_the_map_of_shares_says_what_the_table_says(
    reader: Visitor,
) -> None:
    visit = reader.open(f"{ADDRESS}&ressource=clps")
    press(visit, "Chiffres seuls")
    asked(visit, "lambda=0")
    expect(visit.page.get_by_text("chiffres seuls : le terrain ne déplace rien")).to_be_visible()
    part = visit.page.locator(".st-key-panneau-part")
    alt = str(part.locator("[data-testid=stPlotlyChart]").first.get_attribute("aria-label") or "")
    alt = alt or str(
        part.get_by_label("rapport de proportionnalité").first.get_attribute("aria-label")
    )
    assert "sous leur part" in alt
    below = part.locator("tbody tr", has_text="moins que sa part").count()
    assert f"{below} sous leur part" in alt
    before = part.locator("tbody").first.inner_text()
    where = part.get_by_role("combobox", name="Et si l’on ajoutait une unité dans")
    where.scroll_into_view_if_needed()
    where.click()
    where.press_sequentially("Dinan")
    visit.page.get_by_role("option", name="Dinant").click()
    visit.settle()
    asked(visit, "ajout=06-91034")
    expect(part.get_by_text("+ 1 simulée")).to_be_visible()
    assert part.locator("tbody").first.inner_text() != before
    assert visit.errors == []
