"""Start the real server the way a user does, on a free port."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUARD = Path(__file__).resolve().parent / "guard"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, its journal and what it tried to reach."""

    url: str
    pid: int
    log: Path
    guard_log: Path

    def attempts(self) -> list[str]:
        """Connections outside this machine that the server tried, and was refused."""
        return self.guard_log.read_text("utf-8").splitlines()


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def serve(
    folder: Path, script: Path | None = None, guarded: bool = True, secrets: str = ""
) -> Iterator[Server]:
    """Serve ``script`` (``app.py`` unless given) until the block ends.

    Parameters
    ----------
    folder : where the journals are written
    script : what to run
    guarded : whether connections outside this machine are refused
    secrets : Streamlit's secrets, as TOML
    """
    port = free_port()
    url = f"http://localhost:{port}"
    log, guard_log = folder / f"serveur-{port}.log", folder / f"sorties-{port}.log"
    guard_log.touch()
    env = dict(os.environ) | {"OLS_DATA_DIR": str(folder / "donnees")}
    if guarded:
        paths = [str(GUARD), *filter(None, [env.get("PYTHONPATH")])]
        env |= {"PYTHONPATH": os.pathsep.join(paths), "OLS_GUARD_LOG": str(guard_log)}
    command = [sys.executable, "-m", "streamlit", "run", str(script or ROOT / "app.py")]
    command += ["--server.port", str(port), "--server.headless", "true"]
    if secrets:
        (folder / "secrets.toml").write_text(secrets, "utf-8")
        command += ["--secrets.files", str(folder / "secrets.toml")]
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            deadline = time.monotonic() + 60
            while not healthy(url):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"serveur non démarré :\n{log.read_text('utf-8')}")
                time.sleep(0.05)
            yield Server(url, process.pid, log, guard_log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
