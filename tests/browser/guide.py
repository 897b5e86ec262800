"""`make guide`: the pictures of the documentation, taken on the real pages."""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, Visit, Visitor
from tests.browser.installer import installed
from tests.browser.test_bassins import chosen, name_a_new_bassin
from tests.server import ROOT, serve

IMAGES = ROOT / "docs" / "images"
PICTURES = {
    "accueil": "/accueil",
    "population": "/population?territoire=06",
    "bassins": "/population?territoire=03&niveau=bassin",
    "profil": "/profil?territoire=06",
    "structures": "/structures?territoire=06",
    "coherence": "/coherence?territoire=06",
    "universalisme": "/universalisme?territoire=06&niveau=commune",
    "notes": "/notes?territoire=06&noter=pct_65p_2021",
    "besoins": "/besoins?territoire=06",
    "comparer": "/comparer",
    "remontees": "/remontees",
    "atelier": "/atelier?territoire=06",
    "trajectoire": "/trajectoire?territoire=06",
    "reperes": "/reperes",
    "flux": "/reperes?theme=flux&territoire=06",
    "commencer": "/bassins?territoire=06&partie=propositions",
    "donnees": "/donnees",
    "ecran-partage": "/population?territoire=06&ecran=partage",
}


def draw(reader: Visitor, name: str = "Idée 1") -> Visit:
    """A proposal, with two units chosen on the map."""
    return top(chosen(reader, name), "panneau-outils")


def compare(reader: Visitor) -> Visit:
    """The same once they make a bassin, beside the bassins in force."""
    visit = draw(reader, "Idée 2")
    name_a_new_bassin(visit, "Basse-Sambre")
    visit.page.keyboard.press("Alt+a")
    visit.page.get_by_text("nouveau bassin.").first.wait_for()
    visit.settle()
    visit.page.get_by_text("Comparer", exact=True).last.click()
    visit.page.get_by_text("changent de bassin").wait_for()
    visit.settle()
    return visit


def check(reader: Visitor) -> Visit:
    """A list of communes that moves one of them, and what the report says of it."""
    visit = reader.open("/donnees?partie=decoupages")
    geodata = ROOT / "geodata"
    with (geodata / "communes.csv").open(encoding="utf-8", newline="") as stream:
        names = {row["refnis"]: row["nom"] for row in csv.DictReader(stream)}
    lines = ["Territoire;Commune;Section"]
    with (geodata / "decoupages" / "ols.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            zone = "06" if row["refnis"] == "92045" else row["zone"]
            lines.append(f"{zone};{names[row['refnis']]};{row['section']}")
    give(visit, "panneau-donnees-decoupage", "liste.csv", lines)
    visit.page.get_by_label("Source", exact=True).fill("Exemple pour ce guide")
    visit.page.get_by_label("Date de l’acte").fill("1/11/2025")
    visit.page.keyboard.press("Tab")
    visit.settle()
    visit.page.get_by_role("button", name="Vérifier la liste").click()
    visit.page.get_by_text("J’ai lu ce rapport").wait_for()
    visit.settle()
    visit.page.get_by_role("button", name="Vérifier la liste").evaluate(SHOW)
    return visit


def own(reader: Visitor) -> Visit:
    """A file of the field, and the card that it asks for."""
    visit = reader.open("/donnees?partie=indicateurs")
    lines = ["commune;demandes;menages", *(f"{92000 + n};{20 + n};{900 + n}" for n in OWN)]
    give(visit, "panneau-indicateur-ajouter", "demandes.csv", lines)
    card = visit.page.locator(".st-key-panneau-indicateur-ajouter")
    card.get_by_label("Titre", exact=True).fill("Demandes de répit")
    card.get_by_label("Source", exact=True).fill("Exemple pour ce guide")
    visit.page.keyboard.press("Tab")
    visit.settle()
    return top(visit, "panneau-indicateur-ajouter")


def give(visit: Visit, panel: str, name: str, lines: list[str]) -> None:
    """Put a file in the field of a panel."""
    file = {"name": name, "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    visit.page.locator(f".st-key-{panel} input[type=file]").set_input_files([file])
    visit.settle()


def top(visit: Visit, panel: str) -> Visit:
    """Scroll a panel to the top of the window."""
    visit.page.locator(f".st-key-{panel}").first.evaluate(SHOW)
    return visit


SHOW = "e => { e.style.scrollMarginTop = '72px'; e.scrollIntoView(); }"
OWN = (3, 6, 35, 45, 48, 87, 94, 101, 114, 137, 138, 140, 141, 142)
"""Communes of the province of Namur, by the end of their REFNIS."""

SCENES: dict[str, Callable[[Visitor], Visit]] = {
    "actualiser": lambda reader: reader.open("/donnees?partie=actualiser"),
    "limites": lambda reader: top(
        reader.open("/donnees?partie=decoupages"), "panneau-donnees-limites"
    ),
    "decoupage": check,
    "indicateur": own,
    "dessiner": draw,
    "bassins-comparer": compare,
}
"""Pictures that take more than an address."""


def main() -> None:
    """Take every picture again, or those named."""
    path = installed()
    if path is None:
        sys.exit("Aucun Chromium ni Chrome : lancez `python tests/browser/installer.py`.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        plain = {name: lambda reader, at=at: reader.open(at) for name, at in PICTURES.items()}
        visitor = Visitor(browser, server)
        for name in sys.argv[1:] or [*plain, *SCENES]:
            visit = (plain | SCENES)[name](visitor)
            visit.page.wait_for_timeout(500)
            visit.page.screenshot(path=IMAGES / f"{name}.png")
            visitor.close()
            sys.stdout.write(f"docs/images/{name}.png\n")
        browser.close()


if __name__ == "__main__":
    main()
