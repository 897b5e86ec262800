"""The requirements: pinned, and each line says what it is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_says_what_it_is_for(name: str, root: Path) -> None:
    for line in (root / name).read_text("utf-8").splitlines():
        if line and not line.startswith(("#", "-r ")):
            assert re.fullmatch(r"[a-z0-9-]+(\[[a-z]+\])?==[\w.]+ +# \S.+", line), line
