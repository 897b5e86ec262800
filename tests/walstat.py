"""A server on this machine that speaks WalStat's API, well or badly."""

from __future__ import annotations

import contextlib
import csv
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = {
    "833800_0": "bim_pct",
    "8321000_0": "ris_18_64_pct",
    "200600_0": "life_expectancy",
    "833100_0": "minors_no_work_income_pct",
    "201200_0": "ageing_index",
}


def communes() -> list[tuple[str, str]]:
    with (ROOT / "geodata" / "communes.csv").open(encoding="utf-8", newline="") as stream:
        return [(row["refnis"], row["nom"]) for row in csv.DictReader(stream)]


def value(number: str, place: int) -> float:
    """What the server says of the n-th commune."""
    start, step = {"200600_0": (78.0, 0.1), "201200_0": (70.0, 1.0)}.get(number, (10.0, 0.5))
    return round(start + step * (place % 40), 1)


def answer(number: str, period: str = "année 2023") -> str:
    """The CSV of a number, as the service writes it."""
    lines = ["ins,type_entite,entite,periode,"]
    for place, (code, name) in enumerate(communes()):
        lines.append(f"{code},Commune,{name},{period},{value(number, place)}")
    return "\n".join(lines) + "\n"


class Api(ThreadingHTTPServer):
    """The service; ``mode`` says how it behaves, ``asked`` what it was asked.

    Modes: bon, lent, 404, 500, en panne une fois, html, tronqué, coupé, codes, énorme,
    énorme annoncé, vide, gzip, redirigé, partiel, nombre.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.mode = "bon"
        self.text = ""
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api/data"


class Handler(BaseHTTPRequestHandler):
    server: Api

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        mode = self.server.mode
        number = self.path.removeprefix("/api/data/csv/").partition("/")[0]
        right = self.path.endswith("/com+period=last") and number in NUMBERS
        first = self.server.asked.count(self.path) == 1
        if mode == "500" or (mode == "en panne une fois" and first):
            self.send_error(500)
        elif mode == "404" or not right:
            self.send_error(404)
        elif mode == "redirigé":
            self.send_response(302)
            self.send_header("Location", "http://192.0.2.1/")
            self.end_headers()
        elif mode.startswith("énorme"):
            self._huge(announced=mode.endswith("annoncé"))
        elif mode == "lent":
            self._slow()
        else:
            self._text(mode, number)

    def _text(self, mode: str, number: str) -> None:
        text = self.server.text or answer(number)
        if mode == "html":
            text = "<!doctype html><html><body>Maintenance</body></html>"
        elif mode == "vide":
            text = ""
        elif mode == "tronqué":
            text = text[:4001].rpartition(",")[0]
        elif mode == "codes":
            text = text.replace("92094,Commune,Namur", "44021,Commune,Gand")
        elif mode == "partiel":
            text = "\n".join(text.split("\n")[:100]) + "\n"
        elif mode == "nombre":
            text = text.replace(",10.0\n", ",31250\n")
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if mode == "html" else "text/csv")
        self.send_header("Content-Length", str(len(body) + (1000 if mode == "coupé" else 0)))
        if mode == "gzip":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def _huge(self, announced: bool) -> None:
        self.send_response(200)
        if announced:
            self.send_header("Content-Length", "100000000")
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(100):
                self.wfile.write(b"92094,Commune,Namur,x,1\n" * 40_000)

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(200):
                self.wfile.write(b"i")
                self.wfile.flush()
                time.sleep(0.05)


@contextlib.contextmanager
def api() -> Iterator[Api]:
    """The service, until the block ends."""
    server = Api()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
