"""What every test starts from: no cache, no session, no setting of this machine."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.components.v2 import manifest_scanner

from olsdata import local, store
from olsdata.local import shapes
from olsdata.store import database

ROOT = Path(__file__).resolve().parent.parent

# The tables stay in memory from test to test: looking through them for garbage, again and again,
# would be a seventh of the time.
gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


def pytest_xdist_auto_num_workers() -> int:
    """``-n auto``: one more worker than cores, for a test that waits leaves its core free."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Nothing outside this machine is asked, unless the tests that do are asked for by name."""
    if "network" in config.getoption("markexpr"):
        return
    for item in items:
        if item.get_closest_marker("network"):
            item.add_marker(pytest.mark.skip(reason="réseau réel : pytest -m network"))


@pytest.fixture(scope="session", autouse=True)
def _packages_read_once() -> Iterator[None]:
    """AppTest looks for components in every installed package, for each page that it starts: half
    of the time of these tests. What is installed does not change meanwhile.
    """
    scan = manifest_scanner.scan_component_manifests
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, scan.__name__, functools.cache(scan))
        yield


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Streamlit's caches are empty, no variable of the user's machine changes a result, and the
    database is a new one: never the user's own.

    AppTest leaves the page that it ran as ``__main__``; a process started later would run it.
    """
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.chdir(ROOT)
    for name in list(os.environ):
        if name.startswith(("STREAMLIT_", "OLS_")) and name not in (
            "OLS_CHROMIUM",
            "OLS_REFERENCE_DIR",
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OLS_DATA_DIR", str(tmp_path_factory.mktemp("donnees")))
    monkeypatch.setattr(shapes, "SERVED", tmp_path_factory.mktemp("servi") / "local")
    local.refresh()
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file whose tables the migrations have made, and that holds nothing."""
    path = tmp_path_factory.mktemp("vide") / "ols.sqlite"
    engine = database._engine(f"sqlite:///{path}")
    database.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(autouse=True)
def _tables_made_once(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, empty_store: Path
) -> None:
    """A new SQLite store is a copy of the empty one, but for tests of the migrations themselves."""
    if request.node.get_closest_marker("migrations"):
        return
    migrate, turn = database.upgrade, threading.Lock()

    def upgrade(engine: Engine) -> None:
        path = store.file()
        with turn:
            if path is not None and path.exists() and not path.stat().st_size:
                shutil.copy(empty_store, path)
                return
        migrate(engine)

    monkeypatch.setattr(database, "upgrade", upgrade)


@pytest.fixture(scope="session")
def reference_dir() -> Path:
    """Folder of the reference files, given by ``OLS_REFERENCE_DIR``; never part of the project."""
    folder = Path(os.environ.get("OLS_REFERENCE_DIR", ROOT.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip("fichiers de référence absents (OLS_REFERENCE_DIR)")
    return folder
