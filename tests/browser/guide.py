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
    "dessiner": "/bassins?territoire=06",
    "donnees": "/donnees",
    "ecran-partage": "/population?territoire=06&ecran=partage",
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
        visitor = Visitor(browser, server)
        for name, address in PICTURES.items():
            visitor.open(address).page.screenshot(path=IMAGES / f"{name}.png")
            visitor.close()
            sys.stdout.write(f"docs/images/{name}.png\n")
        browser.close()


if __name__ == "__main__":
    main()
