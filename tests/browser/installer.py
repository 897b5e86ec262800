"""Find a Chromium for the browser tests, or install one where this machine allows it.

In order: one that is already here; Debian's packages (root, or sudo without a password);
playwright's own download. Without any of them the browser tests are skipped on a desk and fail
in CI, so this script always ends well and says what it did.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = (
    "chromium-headless-shell",  # the same engine without the windows around it: a fifth less work
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
MACS = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)


def installed() -> str | None:
    """Path of a Chromium or Chrome on this machine; playwright's own one included."""
    for path in (os.environ.get("OLS_CHROMIUM"), *map(shutil.which, NAMES), *MACS):
        if path and os.access(path, os.X_OK):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.access(path, os.X_OK) else None


def attempts() -> list[list[list[str]]]:
    """Ways to install one, each a list of commands."""
    ways = []
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if not sudo or shutil.which("sudo"):
            ways += [
                [
                    [*sudo, "apt-get", "update", "-qq"],
                    [*sudo, "apt-get", "install", "-y", "-qq", package],
                ]
                for package in ("chromium-headless-shell", "chromium")
            ]
    ways.append([[sys.executable, "-m", "playwright", "install", "chromium"]])
    return ways


def main() -> None:
    """Install a browser unless there is one."""
    for way in attempts():
        if found := installed():
            sys.stdout.write(f"Navigateur des tests : {found}\n")
            return
        for command in way:
            sys.stdout.write(f"→ {' '.join(command)}\n")
            sys.stdout.flush()
            if subprocess.run(command, check=False).returncode:
                break
    found = installed()
    sys.stdout.write(
        f"Navigateur des tests : {found}\n"
        if found
        else "Aucun navigateur : les tests dans le navigateur ne tourneront pas. "
        "Installez Chromium ou Chrome, ou donnez son chemin dans OLS_CHROMIUM.\n"
    )


if __name__ == "__main__":
    main()
