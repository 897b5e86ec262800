"""What a reader does: open a link, send one, choose with the keyboard, share the screen."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

from tests.browser.conftest import Visit, Visitor
from tests.server import Server

SIDEBAR = "[data-testid=stSidebar]"


def query(address: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlparse(address).query).items()}


def choose(visit: Visit, label: str, option: str) -> None:
    visit.page.get_by_role("combobox", name=label).click()
    visit.page.get_by_role("option", name=option).click()
    visit.settle()


def test_a_first_visit_by_link_shows_the_page_inside_the_shell(first_reader: Visitor) -> None:
    visit = first_reader.open("/population?territoire=05")
    assert visit.page.locator(SIDEBAR).is_visible()
    assert visit.page.get_by_role("combobox", name="Territoire").input_value() == "05 Namur-Ouest"
    assert "Namur-Ouest" in visit.title()
    assert query(visit.address())["territoire"] == "05"
    assert visit.page.get_by_role("dialog").count() == 0


def test_the_bare_address_leads_home(reader: Visitor) -> None:
    visit = reader.open("/")
    assert urlparse(visit.address()).path == "/accueil"
    assert visit.page.get_by_role("dialog").count() == 0


def test_a_link_opens_the_same_view_in_another_browser(reader: Visitor) -> None:
    mine = reader.open("/population")
    choose(mine, "Territoire", "06 Namur-Dinant")
    mine.page.get_by_role("radio", name="Bassins").click()
    mine.settle()
    address = mine.address()
    assert query(address)["territoire"] == "06"
    assert query(address)["niveau"] == "bassin"
    theirs = reader.open(address, apart=True)
    assert theirs.title() == mine.title()
    assert theirs.address() == address
    assert theirs.page.get_by_role("radio", name="Bassins").get_attribute("aria-checked") == "true"


def test_the_view_follows_from_page_to_page(reader: Visitor) -> None:
    visit = reader.open("/profil?territoire=09&niveau=bassin")
    visit.page.get_by_role("link", name="Accueil").first.click()
    visit.page.wait_for_function("location.pathname === '/accueil'")
    visit.settle()
    assert query(visit.address())["territoire"] == "09"
    assert query(visit.address())["niveau"] == "bassin"


def test_the_back_button_returns_to_the_view_before(reader: Visitor) -> None:
    visit = reader.open("/profil?territoire=09")
    choose(visit, "Territoire", "10 Luxembourg")
    visit.page.go_back()
    visit.page.wait_for_function("location.search.includes('territoire=09')")
    visit.settle()
    assert "Est-francophone" in visit.title()


def test_copying_the_link_puts_the_address_in_the_clipboard_and_says_so(reader: Visitor) -> None:
    visit = reader.open("/profil?territoire=04")
    visit.page.get_by_role("button", name="Copier le lien").click()
    visit.page.get_by_text("Lien copié").wait_for()
    assert visit.page.evaluate("navigator.clipboard.readText()") == visit.address()


def test_the_keyboard_reaches_the_sidebar_and_changes_the_territory(reader: Visitor) -> None:
    visit = reader.open("/profil?territoire=05")
    focused = "document.activeElement.getAttribute('aria-label')"
    for _ in range(25):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate(focused) == "Territoire":
            break
    assert visit.page.evaluate(focused) == "Territoire"
    visit.page.keyboard.press("ArrowDown")  # opens the list on the next territory
    visit.page.locator("[role=option][data-focused]").wait_for()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_function("location.search.includes('territoire=06')")
    visit.settle()
    assert "Namur-Dinant" in visit.title()


def test_the_shared_screen_has_large_type_no_sidebar_and_a_way_back(reader: Visitor) -> None:
    visit = reader.open("/population?territoire=05")
    visit.page.get_by_text("Écran partagé").click()
    visit.page.locator(SIDEBAR).wait_for(state="hidden")
    visit.settle()
    visit.screenshot("population-partage")
    assert visit.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    assert query(visit.address())["ecran"] == "partage"
    visit.page.get_by_role("button", name="Quitter l’écran partagé").click()
    visit.page.locator(SIDEBAR).wait_for(state="visible")
    visit.settle()
    assert "ecran" not in query(visit.address())


def test_a_link_that_is_not_understood_says_what_and_still_opens(reader: Visitor) -> None:
    wrong = {
        "territoire=99": "Territoire inconnu dans le lien : « 99 »",
        "indicateur=licornes": "Indicateur inconnu dans le lien : « licornes »",
        "niveau=village": "Niveau inconnu dans le lien : « village »",
        "comparer=11": "Comparaison inconnue dans le lien : « 11 »",
        "donnees=2020-01": "une autre version des données (« 2020-01 »)",
    }
    visit = reader.open(f"/population?{'&'.join(wrong)}")
    said = " ".join(visit.page.locator("[data-testid=stAlert]").all_inner_texts())
    assert [sentence for sentence in wrong.values() if sentence not in said] == []
    assert query(visit.address())["territoire"] in ("wallonie", "05")


def test_markup_in_a_link_is_shown_as_text(reader: Visitor) -> None:
    visit = reader.open("/profil?territoire=<img src=x onerror=document.title='pris'>")
    assert visit.page.locator("[data-testid=stAlert] img").count() == 0
    assert visit.page.title() != "pris"


def test_the_server_answers_on_this_machine_only(server: Server) -> None:
    assert "localhost" in server.log.read_text("utf-8")
    assert "Network URL" not in server.log.read_text("utf-8")


def test_on_a_phone_the_three_doors_come_before_the_list_and_the_map(reader: Visitor) -> None:
    page = reader.open("/accueil", size="telephone").page
    tops = [
        (page.locator(box).bounding_box() or {})["y"]
        for box in (".st-key-porte-profil", ".st-key-cartes-ols", ".st-key-panneau-carte")
    ]
    assert tops == sorted(tops)


def test_a_chooser_on_several_lines_is_one_block(reader: Visitor) -> None:
    page = reader.open("/donnees", size="telephone").page
    cells = page.locator("[data-testid=stMain] [role=radiogroup]").first.locator("button")
    rows: dict[int, list[dict[str, float]]] = {}
    for cell in cells.all():
        box = cell.bounding_box() or {}
        rows.setdefault(round(box["y"]), []).append(dict(box))
    assert len(rows) > 1
    assert len({round(min(box["x"] for box in row)) for row in rows.values()}) == 1
    assert len({round(max(box["x"] + box["width"] for box in row)) for row in rows.values()}) == 1


def test_what_a_field_says_while_one_types_is_french(reader: Visitor) -> None:
    visit = reader.open("/besoins?territoire=06")
    for field, said in (("stTextInput", "Entrée"), ("stTextArea", "Ctrl + Entrée")):
        box = visit.page.locator(f"[data-testid={field}] :is(input, textarea)").first
        box.press_sequentially("abc")
        hint = visit.page.get_by_text(f"{said} pour valider", exact=True)
        hint.first.wait_for(state="attached")
        box.fill("")


def test_whoever_asks_for_less_motion_gets_none(reader: Visitor) -> None:
    page = reader.open("/profil?territoire=06").page
    page.emulate_media(reduced_motion="reduce")
    longest = page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('*')].map((e) =>"
        " parseFloat(getComputedStyle(e).transitionDuration)))"
    )
    assert longest < 0.001


def test_the_page_follows_a_theme_that_changes_meanwhile(reader: Visitor) -> None:
    visit = reader.open("/notes?territoire=06")
    text = visit.page.get_by_role("textbox", name="retenir").first
    text.fill("Ce que je dis")
    assert visit.faults() == []
    assert text.input_value() == "Ce que je dis"


def test_a_map_leaves_a_copy_on_paper(reader: Visitor) -> None:
    visit = reader.open("/population?territoire=06")
    visit.page.locator(".js-plotly-plot canvas").first.wait_for()
    visit.settle()
    coloured = visit.page.evaluate(
        """() => {
          dispatchEvent(new Event("beforeprint"));
          const copy = document.querySelector(".copie-papier");
          const { data } = copy.getContext("2d").getImageData(0, 0, copy.width, copy.height);
          const seen = new Set();
          for (let i = 0; i < data.length; i += 4) seen.add(data.slice(i, i + 3).join());
          dispatchEvent(new Event("afterprint"));
          return [seen.size, document.querySelectorAll(".copie-papier").length];
        }"""
    )
    assert coloured[0] > 10
    assert coloured[1] == 0
    visit.page.emulate_media(media="print")
    width, height, room = visit.page.evaluate(
        """() => {
          dispatchEvent(new Event("beforeprint"));
          const copy = document.querySelector(".copie-papier");
          const { width, height } = copy.getBoundingClientRect();
          const room = copy.parentElement.clientWidth;
          dispatchEvent(new Event("afterprint"));
          return [width, height, room];
        }"""
    )
    most = 120 / 25.4 * 96
    assert width <= room + 1
    assert height <= most + 1
    assert width >= room - 1 or height >= most - 1
