"""`python -m benchmarks.kills [rounds]`: writers killed in mid-write; what is lost: nothing."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

WRITER = """
from olsdata.notes import book, places
from olsdata.notes.actors import LOCAL
from olsdata.notes.content import Content
bassin = places.inside("05")[1]
for number in range(10_000):
    content = Content(sort="besoin", text=f"essai {number} " * 60, place=bassin, missing="offre")
    print(book.add(LOCAL, content).id, flush=True)
"""
ROUNDS, ID = 50, 33


def main(rounds: int) -> None:
    """Kill as many writers as asked, then look at what is left."""
    dice, acknowledged = random.Random(1), set()
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"OLS_DATA_DIR": folder}
        for _ in range(rounds):
            command = [sys.executable, "-c", WRITER]
            writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(dice.uniform(0, 0.3))
            os.kill(writer.pid, signal.SIGKILL)
            rest, _ = writer.communicate()
            acknowledged |= {i for i in (first + rest).splitlines() if len(i) == ID}
        (file,) = Path(folder).glob("*.sqlite")
        with closing(sqlite3.connect(file)) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone()[0]
            kept = {row[0] for row in database.execute("select id from note")}
            half = database.execute(
                "select count(*) from note where number not in (select note from note_step) "
                "or id not in (select subject from revision where kind = 'note')"
            ).fetchone()[0]
        lost = len(acknowledged - kept)
        print(f"{rounds} kills, {len(acknowledged)} acknowledged, {lost} lost, {half} half-written")
        print(f"integrity: {sound}")
        sys.exit(bool(lost or half or sound != "ok"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
