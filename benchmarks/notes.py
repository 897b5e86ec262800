"""`python -m benchmarks.notes`: 10,000 notes: list, search, board, export, import, erasure."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from olsdata import store
from olsdata.notes import board, book, files, lists, places
from olsdata.notes.actors import LOCAL, Actor
from olsdata.notes.content import Content

NOTES, ROUNDS = 10_000, 20
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


def milliseconds(do: Callable[[], object], rounds: int = ROUNDS) -> str:
    """Median and worst time of a call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        do()
        times.append(1000 * (time.perf_counter() - start))
    return f"{statistics.median(times):8.1f} ms   (max {max(times):.1f})"


def main() -> None:
    """Fill a store of its own, then measure."""
    dice, somewhere = random.Random(1), list(places.known())
    with tempfile.TemporaryDirectory() as folder, store.opened(Path(folder) / "notes.sqlite"):
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
        five = Actor("facilitateur", "05")
        calls: dict[str, Callable[[], object]] = {
            "list, first page": lambda: book.find(LOCAL),
            "list of an OLS": lambda: book.find(LOCAL, place="05"),
            "list as facilitator": lambda: book.find(five, theme="acces"),
            "last page": lambda: book.find(LOCAL, offset=NOTES - 50),
            "to review": lambda: book.find(LOCAL, to_review=True),
            "lost places": lambda: book.find(LOCAL, lost=True),
            "search, one word": lambda: book.find(LOCAL, words="médecin"),
            "search, two words": lambda: book.find(LOCAL, words="medecin 77"),
            "search, beginning": lambda: book.find(LOCAL, words="rép"),
            "beside a chart": lambda: book.find(LOCAL, place="92094", theme="acces", limit=6),
            "add": lambda: book.add(LOCAL, content(dice, somewhere)),
            "board": lambda: board.board(LOCAL),
        }
        for name, call in calls.items():
            print(f"{name:22}{milliseconds(call)}")
        print(f"{'all 10,000 read':22}{milliseconds(lambda: book.find(LOCAL, limit=None), 2)}")
        print(f"{'export':22}{milliseconds(lambda: files.export_json(LOCAL), 2)}")
        data = files.export_json(LOCAL).encode()
        print(f"{'import, all known':22}{milliseconds(lambda: files.import_notes(LOCAL, data), 1)}")
        print(f"{'erasure':22}{milliseconds(lambda: book.erase(LOCAL, 'n5'), 1)}")


if __name__ == "__main__":
    main()
