"""`python -m benchmarks.atelier [seconds]`: forty telephones, one screen, a server that is killed.

The telephones send notes to the page that a workshop opens on the network; the screen is a session
of the dashboard, as a browser holds it. A note is timed from the moment it is sent to the moment
the screen receives it. In the middle, the dashboard is killed and started again.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from olsdata.notes.actors import LOCAL
from olsdata.workshops import book, line, voices
from olsdata.workshops.book import Plan, Workshop
from olsdata.workshops.pictures import Picture
from tests.server import serve

PHONES, SECONDS, EVERY = 40, 80, 12.0
"""Each telephone writes every twelve seconds, more or less: 200 notes a minute."""

READY = 6.0
"""Seconds given to the first picture of a screen."""

TEXT = "Une note de la salle"


class Screen(threading.Thread):
    """A session of the workshop, which notes when each text first reaches it."""

    def __init__(self, url: str, held: Workshop, seen: dict[str, float]) -> None:
        super().__init__(daemon=True)
        self.url, self.held, self.seen = url, held, seen

    def run(self) -> None:
        """Open the screen and read until the server goes away."""
        query = f"territoire=06&ecran=partage&atelier={self.held.id}&deroule=mener"
        again: dict[str, tuple[float, float]] = {}
        with connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=Origin(self.url),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
        ) as socket:
            message = BackMsg()
            message.rerun_script.page_name = "atelier"
            message.rerun_script.query_string = query
            message.rerun_script.context_info.timezone = "Europe/Brussels"
            socket.send(message.SerializeToString())
            try:
                while True:
                    self._turn(socket, again, query)
            except ConnectionClosed:
                return

    def _turn(
        self, socket: ClientConnection, again: dict[str, tuple[float, float]], query: str
    ) -> None:
        """Ask for the fragments that are due, as a browser does, then read one message."""
        self._ask(socket, again, query)
        try:
            frame = socket.recv(timeout=0.05)
        except TimeoutError:
            return
        now = time.perf_counter()
        answer = ForwardMsg.FromString(frame if isinstance(frame, bytes) else b"")
        kind = answer.WhichOneof("type")
        if kind == "auto_rerun":
            every = float(answer.auto_rerun.interval)
            again[answer.auto_rerun.fragment_id] = (every, now + every)
        elif kind == "delta":
            self._read(str(answer.delta), now)

    def _ask(
        self, socket: ClientConnection, again: dict[str, tuple[float, float]], query: str
    ) -> None:
        now = time.perf_counter()
        for fragment, (every, due) in again.items():
            if now >= due:
                again[fragment] = (every, now + every)
                message = BackMsg()
                message.rerun_script.fragment_id = fragment
                message.rerun_script.is_auto_rerun = True
                message.rerun_script.query_string = query
                socket.send(message.SerializeToString())

    def _read(self, text: str, now: float) -> None:
        start = text.find("[essai ")
        while start >= 0:
            end = text.find("]", start)
            self.seen.setdefault(text[start : end + 1], now)
            start = text.find("[essai ", end)


async def phone(
    number: int, url: str, until: float, sent: dict[str, float], refused: list[int]
) -> None:
    """One telephone, from an address of its own: it opens the page, then writes now and then."""
    dice = random.Random(number)
    transport = httpx.AsyncHTTPTransport(local_address=f"127.0.1.{number + 1}", retries=2)
    async with httpx.AsyncClient(transport=transport, timeout=20) as http:
        await asyncio.sleep(dice.uniform(0, EVERY))
        turn = 0
        while time.perf_counter() < until:
            mark = f"[essai {number}-{turn}]"
            start = time.perf_counter()
            answer = await http.post(url, data={"note": f"{TEXT} {mark}"})
            if answer.status_code == 303:
                sent[mark] = start
            else:
                refused.append(answer.status_code)
            turn += 1
            await asyncio.sleep(dice.uniform(0.5, 1.5) * EVERY)


async def room(url: str, seconds: float, sent: dict[str, float], refused: list[int]) -> None:
    """All the telephones at once."""
    until = time.perf_counter() + seconds
    await asyncio.gather(*(phone(n, url, until, sent, refused) for n in range(PHONES)))


def on_screen(
    folder: Path, held: Workshop, seconds: float, seen: dict[str, float], kill: bool
) -> tuple[float, float]:
    """A dashboard with its screen for some seconds; killed, or stopped once all is shown.

    Returns
    -------
    When its screen was ready, and when it ended
    """
    with serve(folder, guarded=False) as server:
        Screen(server.url, held, seen).start()
        time.sleep(READY)
        ready = time.perf_counter()
        time.sleep(seconds)
        if kill:
            os.kill(server.pid, signal.SIGKILL)
        else:
            time.sleep(3)
        return ready, time.perf_counter()


def report(name: str, delays: list[float]) -> None:
    """Median, 95th percentile, worst."""
    if len(delays) < 2:
        print(f"{name}: {len(delays)} notes")
        return
    print(
        f"{name}: {len(delays)} notes, visible in {statistics.median(delays):.2f} s (median), "
        f"{statistics.quantiles(delays, n=20)[-1]:.2f} s (p95), {max(delays):.2f} s (worst)"
    )


def main(seconds: float) -> None:
    """Run the workshop, kill the dashboard in the middle, count what is left."""
    if not line.addresses():
        sys.exit("no local network: nothing to measure")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["OLS_DATA_DIR"] = str(folder / "donnees")
        plan = Plan("Banc d’essai", "06", pictures=(Picture("carte", "pct_65p_2021"),))
        held = book.open_(LOCAL, book.prepare(LOCAL, plan).id)
        book.show(LOCAL, held.id, 1)
        url = line.start(LOCAL, held.id).url(held.code)
        sent: dict[str, float] = {}
        seen: dict[str, float] = {}
        refused: list[int] = []
        try:
            writers = threading.Thread(
                target=lambda: asyncio.run(room(url, seconds, sent, refused)), daemon=True
            )
            writers.start()
            up = [on_screen(folder, held, seconds / 2, seen, kill=True)]
            up.append(on_screen(folder, held, seconds / 2, seen, kill=False))
            writers.join()
            kept = {v.text for v in voices.find(LOCAL, held.id, waiting=None)}
        finally:
            line.stop()
    alive = [m for m, at in sent.items() if any(a <= at < b - 3 for a, b in up) and m in seen]
    report("with the screen up", [seen[m] - sent[m] for m in alive])
    apart = [m for m in sent if m not in set(alive)]
    report(
        "while the dashboard was down or starting", [seen[m] - sent[m] for m in apart if m in seen]
    )
    lost = [m for m in sent if f"{TEXT} {m}" not in kept]
    unseen = [m for m in sent if m not in seen]
    print(
        f"{len(sent)} notes acknowledged, {len(refused)} refused, {len(lost)} lost, "
        f"{len(unseen)} never shown"
    )
    sys.exit(bool(lost))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
