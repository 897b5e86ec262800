"""What every test starts from: no cache, no session, no setting of this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import streamlit as st

from olsdata import local
from olsdata.local import shapes

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Nothing outside this machine is asked, unless the tests that do are asked for by name."""
    if "network" in config.getoption("markexpr"):
        return
    for item in items:
        if item.get_closest_marker("network"):
            item.add_marker(pytest.mark.skip(reason="réseau réel : pytest -m network"))


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
def reference_dir() -> Path:
    """Folder of the reference files, given by ``OLS_REFERENCE_DIR``; never part of the project."""
    folder = Path(os.environ.get("OLS_REFERENCE_DIR", ROOT.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip("fichiers de référence absents (OLS_REFERENCE_DIR)")
    return folder
