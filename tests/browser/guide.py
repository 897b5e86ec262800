"""`make guide`: the pictures of the documentation, taken on the real pages."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, Visitor
from tests.browser.installer import installed
from tests.server import ROOT, serve

IMAGES = ROOT / "docs" / "images"
PICTURES = {
    "accueil": ("/accueil", "clair", "bureau"),
    "population": ("/population?territoire=06", "clair", "bureau"),
    "population-sombre": ("/population?territoire=06", "sombre", "bureau"),
    "population-telephone": ("/population?territoire=06", "clair", "telephone"),
    "bassins": ("/population?territoire=03&niveau=bassin", "clair", "bureau"),
    "profil": ("/profil?territoire=06", "clair", "bureau"),
    "structures": ("/structures?territoire=06", "clair", "bureau"),
    "coherence": ("/coherence?territoire=06", "clair", "bureau"),
    "universalisme": ("/universalisme?territoire=06&niveau=commune", "clair", "bureau"),
    "notes": ("/notes?territoire=06&noter=pct_65p_2021", "clair", "bureau"),
    "besoins": ("/besoins?territoire=06", "clair", "bureau"),
    "comparer": ("/comparer", "clair", "bureau"),
    "remontees": ("/remontees", "clair", "bureau"),
    "atelier": ("/atelier?territoire=06", "clair", "bureau"),
    "trajectoire": ("/trajectoire?territoire=06", "clair", "bureau"),
    "reperes": ("/reperes", "clair", "bureau"),
    "flux": ("/reperes?theme=flux&territoire=06", "clair", "bureau"),
    "dessiner": ("/bassins?territoire=06", "clair", "bureau"),
    "donnees": ("/donnees", "clair", "bureau"),
    "ecran-partage": ("/population?territoire=06&ecran=partage", "clair", "bureau"),
}


def main() -> None:
    """Take every picture again."""
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
        for name, (address, theme, size) in PICTURES.items():
            visitor = Visitor(browser, server)
            visitor.open(address, theme, size).page.screenshot(path=IMAGES / f"{name}.png")
            visitor.close()
            sys.stdout.write(f"docs/images/{name}.png\n")
        browser.close()


if __name__ == "__main__":
    main()
