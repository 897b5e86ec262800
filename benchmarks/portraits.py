"""`python -m benchmarks.portraits`: portraits as a user asks for them, and where the time goes."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from olsdata import territory
from olsdata.exports import portrait
from olsdata.exports.pdf import to_pdf
from olsdata.exports.word import to_docx
from olsdata.notes.actors import LOCAL

ONE, ALL = 8, 60
"""Seconds that the project asks for: one portrait, and those of the ten OLS."""


def seconds(*arguments: str) -> float:
    """Time of a command in a process of its own, nothing kept from before."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "olsdata", "portrait", *arguments]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print the times beside what the project asks for, then the parts of one portrait."""
    with tempfile.TemporaryDirectory() as folder:
        one = seconds("--ols", "05", "--pdf", str(Path(folder) / "05.pdf"))
        print(f"PDF d’une OLS, processus neuf        {one:6.1f} s   (demandé : {ONE} s)")
        every = seconds("--tous", folder)
        count = len(list(Path(folder).glob("portrait-*.pdf")))
        print(f"PDF de {count} OLS, processus neuf       {every:6.1f} s   (demandé : {ALL} s)")
    for id_ in ("05", "08", "08"):
        marks = [time.perf_counter()]
        page = portrait.build(territory.zoning("ols").zone(id_), LOCAL)
        marks.append(time.perf_counter())
        for write in (to_pdf, to_docx):
            write(page)
            marks.append(time.perf_counter())
        parts = [f"{b - a:.2f}" for a, b in itertools.pairwise(marks)]
        print(f"{id_} : contenu {parts[0]} s, PDF {parts[1]} s, DOCX {parts[2]} s")


if __name__ == "__main__":
    main()
