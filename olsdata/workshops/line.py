"""The line of the telephones: the small process that answers them, started and ended from here.

One line at a time, described by a file beside the database; the process keeps that file's date
fresh and ends as soon as the file is gone or names another. So a restarted dashboard finds the
line as it was, and no process is ever killed.
"""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from olsdata import store
from olsdata.notes.actors import Actor
from olsdata.tables import DataError
from olsdata.workshops import book, lists, rows

ADDRESS_VARIABLE = "OLS_PHONE_ADDRESS"
FILE = "telephones.json"
PORTS = range(8765, 8785)
FRESH_SECONDS, START_SECONDS, END_SECONDS = 6.0, 20.0, 5.0
HOME = (ipaddress.ip_network("192.168.0.0/16"), ipaddress.ip_network("10.0.0.0/8"))
"""Networks of homes and offices, the likeliest first."""

ROOT = Path(__file__).resolve().parents[2]

NO_NETWORK = (
    "Cet ordinateur n’a pas d’adresse sur un réseau local : les téléphones ne peuvent pas "
    "l’atteindre. Connectez-le au Wi-Fi de la salle, ou notez tout à l’écran."
)


@dataclass(frozen=True)
class Line:
    """A line that answers, or is about to.

    Attributes
    ----------
    workshop : id of the workshop that it serves
    address, port : where it listens, and nowhere else
    token : what the process must find in the file to go on
    pid : of the process; 0 until it answers
    """

    workshop: str
    address: str
    port: int
    token: str
    pid: int = 0

    def url(self, code: str) -> str:
        """What a telephone opens.

        >>> Line("a1", "192.168.1.12", 8765, "").url("K7QM4D")
        'http://192.168.1.12:8765/K7QM4D'
        """
        return f"http://{self.address}:{self.port}/{code}"


def addresses() -> list[str]:
    """Addresses of this computer on local networks, the likeliest first; never its own loop.

    ``OLS_PHONE_ADDRESS`` names one, for a machine that has several.
    """
    import ifaddr

    asked = os.environ.get(ADDRESS_VARIABLE, "").strip()
    if asked:
        return [asked]
    found = [
        str(ip.ip)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str) and reachable(ip.ip)
    ]
    return sorted(found, key=_likely)


def reachable(address: str) -> bool:
    """Whether telephones of the room could reach an address: local network, not this machine.

    >>> reachable("192.168.1.12"), reachable("127.0.0.1"), reachable("169.254.3.4")
    (True, False, False)
    """
    ip = ipaddress.ip_address(address)
    return ip.version == 4 and ip.is_private and not (ip.is_loopback or ip.is_link_local)


def _likely(address: str) -> int:
    ip = ipaddress.ip_address(address)
    return next((n for n, network in enumerate(HOME) if ip in network), len(HOME))


def path() -> Path:
    """The file that describes the line."""
    return store.folder() / FILE


def read() -> Line | None:
    """The line of the file, whether it answers or not."""
    try:
        values = json.loads(path().read_text("utf-8"))
        return Line(**{f.name: values[f.name] for f in fields(Line)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(line: Line) -> None:
    """Describe a line, at once or not at all."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{line.token}")
    part.write_text(json.dumps(asdict(line)), "utf-8")
    part.replace(target)


def live() -> Line | None:
    """The line that answers now."""
    found = read()
    if found is None or not found.pid:
        return None
    try:
        age = time.time() - path().stat().st_mtime
    except OSError:
        return None
    return found if age < FRESH_SECONDS else None


def start(actor: Actor, workshop: str, address: str = "") -> Line:
    """Open the line of a workshop; one that answers already is kept, another one is replaced.

    Parameters
    ----------
    address : one of ``addresses``; "" is the likeliest

    Raises
    ------
    DeniedError
        If the actor does not lead that workshop.
    DataError
        If it is not open, there is no network, or the process does not start.
    """
    held = book.get(actor, workshop)
    rows.require_lead(actor, held.ols)
    if held.state != lists.OPEN:
        raise DataError("Cet atelier n’est pas ouvert.")
    known = addresses()
    if not known:
        raise DataError(NO_NETWORK)
    chosen = address or known[0]
    if chosen not in known:
        raise DataError(f"« {address[:40]} » n’est pas une adresse de cet ordinateur.")
    now = live()
    if now is not None and (now.workshop, now.address) == (workshop, chosen):
        return now
    stop()
    line = Line(workshop, chosen, _free_port(chosen), secrets.token_hex(8))
    write(line)
    subprocess.Popen(
        [sys.executable, "-m", "olsdata.phone", line.token],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a dashboard that is stopped or killed leaves the line open
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = live()
        if found is not None and found.token == line.token:
            return found
        time.sleep(0.1)
    stop()
    raise DataError("La page des téléphones n’a pas démarré. Réessayez, ou notez tout à l’écran.")


def _free_port(address: str) -> int:
    for port in PORTS:
        with socket.socket() as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return port
    raise DataError(f"Aucune porte libre pour les téléphones sur {address}.")


def stop(workshop: str = "") -> None:
    """Close the line (of that workshop, if one is named); it ends by itself within a moment."""
    found = read()
    if found is None or (workshop and found.workshop != workshop):
        return
    was_live = live() is not None
    path().unlink(missing_ok=True)
    deadline = time.monotonic() + (END_SECONDS if was_live else 0)
    while time.monotonic() < deadline and _listens(found):
        time.sleep(0.1)


def _listens(line: Line) -> bool:
    """Whether something still holds the port: it cannot be taken."""
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((line.address, line.port))
        except OSError:
            return True
    return False
