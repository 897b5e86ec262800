"""What every test starts from: no cache, no session, no setting of this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import streamlit as st

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's caches are empty, and no variable of the user's machine changes a result."""
    monkeypatch.chdir(ROOT)
    for name in list(os.environ):
        if name.startswith(("STREAMLIT_", "OLS_")) and name not in (
            "OLS_CHROMIUM",
            "OLS_REFERENCE_DIR",
        ):
            monkeypatch.delenv(name)
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def reference_dir() -> Path:
    """Folder of the reference files, given by ``OLS_REFERENCE_DIR``; never part of the project."""
    folder = Path(os.environ.get("OLS_REFERENCE_DIR", ROOT.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip("fichiers de référence absents (OLS_REFERENCE_DIR)")
    return folder
