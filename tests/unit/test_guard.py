"""The socket guard of the browser tests really refuses and really writes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import GUARD

TRIES = {
    "tcp": "s=socket.socket(); s.connect(('192.0.2.1', 80))",
    "udp": "s=socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.1', 80))",
    "name": "socket.create_connection(('exemple.invalid', 80))",
}


@pytest.mark.parametrize("way", TRIES)
def test_the_guard_refuses_and_writes_down_what_leaves_the_machine(
    way: str, tmp_path: Path
) -> None:
    log = tmp_path / "sorties.log"
    log.touch()
    env = os.environ | {"PYTHONPATH": str(GUARD), "OLS_GUARD_LOG": str(log)}
    done = subprocess.run(
        [sys.executable, "-c", f"import socket; {TRIES[way]}"], env=env, capture_output=True
    )
    assert b"ConnectionRefusedError: connexion refus" in done.stderr
    assert len(log.read_text("utf-8").splitlines()) == 1


def test_the_guard_lets_this_machine_talk_to_itself(tmp_path: Path) -> None:
    log = tmp_path / "sorties.log"
    log.touch()
    env = os.environ | {"PYTHONPATH": str(GUARD), "OLS_GUARD_LOG": str(log)}
    code = (
        "import socket; s=socket.create_server(('localhost', 0)); "
        "socket.create_connection(s.getsockname()); print('bon')"
    )
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True)
    assert done.stdout.strip() == b"bon"
    assert log.read_text("utf-8") == ""
