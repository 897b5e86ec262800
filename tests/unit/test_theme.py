"""Colours: readable, the same in both places, and the fonts are there."""

from __future__ import annotations

import itertools
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

from olsdata import palette
from olsdata.ui import theme

THEMES = {"light": theme.LIGHT, "dark": theme.DARK}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_knows_black_on_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("text", ["ink", "secondary", "accent_text", "soft", "warm"])
@pytest.mark.parametrize("ground", ["paper", "panel"])
def test_every_text_colour_is_readable_on_every_ground(name: str, text: str, ground: str) -> None:
    colours = THEMES[name]
    assert contrast(getattr(colours, text), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_control_borders_are_visible(name: str) -> None:
    assert contrast(THEMES[name].control, THEMES[name].paper) >= 3


@pytest.mark.parametrize("name", THEMES)
def test_a_value_written_on_its_class_is_readable(name: str) -> None:
    colours = THEMES[name]
    for ground, text in zip(colours.ramp, colours.on_ramp, strict=True):
        assert contrast(ground, text) >= 4.5, (ground, text)


@pytest.mark.parametrize("name", THEMES)
def test_classes_can_be_told_apart_in_grey(name: str) -> None:
    shades = [luminance(colour) for colour in THEMES[name].ramp]
    assert shades in (sorted(shades), sorted(shades, reverse=True))
    assert all(contrast(a, b) > 1.3 for a, b in itertools.pairwise(THEMES[name].ramp))


@pytest.mark.parametrize("name", THEMES)
def test_the_config_and_the_code_have_the_same_colours(name: str, root: Path) -> None:
    config = tomllib.loads((root / ".streamlit/config.toml").read_text("utf-8"))
    told, colours = config["theme"][name], THEMES[name]
    assert told["backgroundColor"] == colours.paper
    assert told["secondaryBackgroundColor"] == colours.panel == told["sidebar"]["backgroundColor"]
    assert told["textColor"] == colours.ink
    assert told["linkColor"] == told["primaryColor"] == colours.accent_text
    assert told["borderColor"] == colours.border
    assert config["theme"]["baseFontSize"] == theme.BASE_PX


@pytest.mark.parametrize("name", THEMES)
def test_the_map_style_is_served_and_fetches_nothing(name: str, root: Path) -> None:
    colours = THEMES[name]
    style = json.loads((root / colours.map_style.replace("./app/", "")).read_text("utf-8"))
    assert style["sources"] == {}
    assert not {"glyphs", "sprite"} & set(style)
    assert [layer["type"] for layer in style["layers"]] == ["background"]
    assert style["layers"][0]["paint"]["background-color"] == colours.paper


def test_every_font_named_in_the_config_is_in_the_project(root: Path) -> None:
    config = tomllib.loads((root / ".streamlit/config.toml").read_text("utf-8"))
    fonts = [root / face["url"].removeprefix("app/") for face in config["theme"]["fontFaces"]]
    assert len(fonts) == 3
    assert all(font.read_bytes()[:4] == b"wOF2" for font in fonts)
    assert "SIL OPEN FONT LICENSE" in (root / "static/fonts/OFL.txt").read_text("utf-8")


def test_the_server_listens_to_this_machine_only_and_calls_nobody(root: Path) -> None:
    config = tomllib.loads((root / ".streamlit/config.toml").read_text("utf-8"))
    assert config["server"]["address"] == config["browser"]["serverAddress"] == "localhost"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorLinks"] is False
    assert config["client"]["disableDataExport"] is True


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


# Machado, Oliveira, Fernandes (2009), severity 1.
COLOUR_BLIND = {
    "protan": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deutan": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritan": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear sRGB (D65)."""
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(matrix) @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", ["full", *COLOUR_BLIND])
def test_the_colours_of_bassins_side_by_side_are_told_apart_by_everyone(sight: str) -> None:
    matrix = np.array(COLOUR_BLIND.get(sight, np.eye(3)))
    seen = {colour: lab(matrix @ linear(colour)) for colour in palette.CATEGORIES}
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 8, (one, other)


def test_ink_reads_on_the_colours_of_bassins() -> None:
    for colour in palette.CATEGORIES:
        assert contrast(colour, palette.INK) >= 4.5
