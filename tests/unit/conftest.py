"""What the tests of the core share: the tables read naively, and altered copies of them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GEODATA = ROOT / "geodata"

Rows = list[dict[str, str]]
Change = Callable[[bytes], bytes]


def rows_of(name: str) -> Rows:
    """A table of ``geodata/`` as plain dictionaries of text: no pandas, none of our code."""
    with (GEODATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="session")
def plain() -> Callable[[str], Rows]:
    kept: dict[str, Rows] = {}
    return lambda name: kept.setdefault(name, rows_of(name))


@pytest.fixture(scope="session")
def naive_shares(plain: Callable[[str], Rows]) -> Callable[[str, str], dict[str, dict[str, float]]]:
    """Zone → commune → share of its sectors' inhabitants (or hectares) that lie in the zone."""

    def shares(zoning: str, weight: str) -> dict[str, dict[str, float]]:
        whole, parts = {}, {}
        for row in plain(f"decoupages/{zoning}.csv"):
            if row["section"]:
                parts[row["section"]] = row["zone"]
            else:
                whole[row["refnis"]] = row["zone"]
        inside: dict[str, dict[str, float]] = {}
        total: dict[str, float] = {}
        for row in plain("secteurs.csv"):
            code, amount = row["refnis"], float(row[weight] or 0)
            total[code] = total.get(code, 0) + amount
            zone = parts.get(row["section"], whole.get(code))
            if zone:
                held = inside.setdefault(zone, {})
                held[code] = held.get(code, 0) + amount
        return {
            zone: {code: amount / total[code] for code, amount in held.items() if amount}
            for zone, held in inside.items()
        }

    return shares


@pytest.fixture
def altered(tmp_path: Path) -> Callable[[str, Change | None], Path]:
    """A copy of ``geodata/`` in which one file is changed, or removed (``None``)."""

    def copy(name: str, change: Change | None) -> Path:
        folder = tmp_path / "geodata"
        shutil.copytree(GEODATA, folder)
        path = folder / name
        if change is None:
            path.unlink()
            return folder
        before = path.read_bytes()
        after = change(before)
        assert after != before, "this alteration changes nothing"
        path.write_bytes(after)
        return folder

    return copy
