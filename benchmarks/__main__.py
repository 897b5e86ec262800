"""`make bench`: speed and memory of the dashboard beside a page that does nothing."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.reader import Reader, Run
from tests.server import Server, serve

TERRITORIES = [f"{number:02}" for number in range(1, 11)]
ROUNDS, SESSIONS = 4, 10
NOTHING = Path(__file__).with_name("rien.py")


def memory(pid: int) -> float:
    """Resident memory in MB; 0 where the system does not say (not Linux)."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    (line,) = [ln for ln in status.read_text("utf-8").splitlines() if ln.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def queries(page: str) -> list[str]:
    """One view per territory, several times, so that every rerun draws something else."""
    if not page:
        return [""] * len(TERRITORIES) * ROUNDS
    return [f"territoire={id_}&niveau=commune" for id_ in TERRITORIES] * ROUNDS


def measure(script: Path | None, page: str) -> dict[str, float]:
    """All figures of one application.

    Returns
    -------
    cold start (s), bytes per rerun (kB, median), server time (ms, median and p95), memory after
    the first page (MB), memory per extra session (MB)
    """
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with serve(Path(folder), script, guarded=False) as server, Reader(server.url) as first:
            first.open(page, "territoire=05" if page else "")
            cold = time.perf_counter() - start
            runs = [first.open(page, query) for query in queries(page)]
            return figures(cold, runs, server, page)


def figures(cold: float, runs: list[Run], server: Server, page: str) -> dict[str, float]:
    """Median, 95th percentile and memory, once the runs are done."""
    times = [run.seconds * 1000 for run in runs[len(TERRITORIES) :]]
    alone = memory(server.pid)
    others = [Reader(server.url) for _ in range(SESSIONS)]
    for other, query in zip(others, queries(page), strict=False):
        other.open(page, query)
    each = (memory(server.pid) - alone) / SESSIONS
    for other in others:
        other.socket.close()
    return {
        "démarrage à froid jusqu’à la première page (s)": cold,
        # First visits alone: what the browser has just seen is not sent again.
        "octets envoyés par changement de territoire (ko)": statistics.median(
            run.bytes / 1000 for run in runs[: len(TERRITORIES)]
        ),
        "dont les cartes (ko)": statistics.median(
            run.map / 1000 for run in runs[: len(TERRITORIES)]
        ),
        "temps du serveur par page, médiane (ms)": statistics.median(times),
        "temps du serveur par page, p95 (ms)": statistics.quantiles(times, n=20)[-1],
        "mémoire du serveur (Mo)": alone,
        "mémoire par session de plus (Mo)": each,
    }


def main() -> None:
    """Print the table of each page beside the page that does nothing."""
    nothing = measure(NOTHING, "")
    for page in ("population", "accueil", "profil"):
        ours = measure(None, page)
        print(f"\n{page:<56}{'mesuré':>10}{'rien':>10}{'rapport':>10}")
        for name, value in ours.items():
            base = nothing[name]
            ratio = f"{value / base:9.1f}×" if base > 0.05 else f"{'–':>10}"
            print(f"{name:<56}{value:>10.1f}{base:>10.1f}{ratio}")


if __name__ == "__main__":
    main()
