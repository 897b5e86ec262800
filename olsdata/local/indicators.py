"""Figures of the local layer: ``indicateurs/<id>-<hash>.csv`` and its card, a TOML beside it.

The table has one row per commune (``refnis``) or sector (``secteur``) and the columns that the
card's rule names; the values of a place that is hidden are not in it, only the sums of its group,
in the card. The state of the layer names the pairs in force, so that several cards change at once
or not at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from olsdata import local
from olsdata.tables import DataError

FOLDER = "indicateurs"
REFRESHED, OWN = "actualisation", "locale"
"""Where a card of the layer comes from: an official source, or the reader's own file."""

GROUP, GROUPS = "groupe", "groupes"


@dataclass(frozen=True, eq=False)
class Kept:
    """A card of the layer and its values.

    Attributes
    ----------
    about : the card, as its TOML is read
    values : index refnis or secteur, floats; hidden values are missing
    groups : index hidden places, number of their group
    sums : index group, sum of each column; a group without row has no sum to give
    """

    about: Mapping[str, Any]
    values: pd.DataFrame = field(repr=False)
    groups: pd.Series = field(repr=False)
    sums: pd.DataFrame = field(repr=False)

    @property
    def id(self) -> str:
        """Id of the card."""
        return str(self.about["id"])

    @property
    def origin(self) -> str:
        """``REFRESHED`` or ``OWN``."""
        return str(self.about.get("origine", ""))

    @property
    def by_sector(self) -> bool:
        """Whether the values are those of sectors."""
        return bool(self.values.index.name == "secteur")


def figure(
    about: Mapping[str, Any],
    values: pd.DataFrame,
    groups: pd.Series | None = None,
    sums: pd.DataFrame | None = None,
) -> Kept:
    """A card and values that hide nothing, unless groups are given."""
    none = pd.Series(dtype=int)
    nothing = pd.DataFrame(columns=values.columns, dtype=float)
    return Kept(
        about, values, none if groups is None else groups, nothing if sums is None else sums
    )


def load() -> dict[str, Kept]:
    """The cards in force, by id.

    Raises
    ------
    DataError
        If a file is missing or damaged.
    """
    return {id_: _read(id_, stem) for id_, stem in sorted(local.state().indicateurs.items())}


def abouts() -> dict[str, dict[str, Any]]:
    """The cards in force as their TOML is read, by id; the values are not looked at."""
    here = local.folder() / FOLDER
    found = {}
    for id_, stem in sorted(local.state().indicateurs.items()):
        try:
            found[id_] = tomllib.loads((here / f"{stem}.toml").read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            raise _damaged(id_) from None
    return found


def keep(figures: Iterable[Kept]) -> None:
    """Put cards in force, all of them or none.

    Raises
    ------
    DataError
        If the layer cannot be written; nothing changes.
    """
    made = [_content(kept) for kept in figures]
    with local.writing() as state:
        for id_, table, card in made:
            stem = f"{id_}-{_hash(table, card)}"
            local.replace(local.folder() / FOLDER / f"{stem}.csv", table)
            local.replace(local.folder() / FOLDER / f"{stem}.toml", card)
            state.indicateurs[id_] = stem
    _sweep()


def withdraw(ids: Iterable[str]) -> None:
    """Take cards out of the layer and erase their files.

    Raises
    ------
    DataError
        If one of them is not in the layer; nothing changes.
    """
    with local.writing() as state:
        for id_ in ids:
            if state.indicateurs.pop(id_, None) is None:
                raise DataError(f"« {id_} » n’est pas une donnée locale.")
    _sweep()


def _sweep() -> None:
    """Erase what is no longer in force."""
    kept = set(local.state().indicateurs.values())
    for path in (local.folder() / FOLDER).glob("*.*"):
        if path.suffix in (".csv", ".toml") and path.stem not in kept:
            path.unlink(missing_ok=True)


# --- Files --------------------------------------------------------------------------------------


def _hash(table: bytes, card: bytes) -> str:
    return hashlib.sha256(table + b"\0" + card).hexdigest()[:8]


def _damaged(id_: str) -> DataError:
    return DataError(
        f"Données locales : les fichiers de « {id_} » manquent ou sont abîmés dans "
        f"{local.folder() / FOLDER}. Retirez cette fiche (python -m olsdata maj --retirer {id_}), "
        "puis reprenez-la."
    )


def _content(kept: Kept) -> tuple[str, bytes, bytes]:
    table = kept.values.copy()
    if len(kept.groups):
        table[GROUP] = kept.groups.reindex(table.index).astype("Int64")
    text = table.to_csv(lineterminator="\n")
    about = dict(kept.about)
    if len(kept.groups):
        about[GROUPS] = {
            str(number): {str(c): float(v) for c, v in row.items()}
            for number, row in kept.sums.iterrows()
        }
    return kept.id, text.encode("utf-8"), toml(about).encode("utf-8")


def toml(about: Mapping[str, Any], path: str = "") -> str:
    """TOML of texts, numbers, flags and tables of them; a JSON text is a TOML text.

    >>> print(toml({"id": "a", "agregation": {"type": "somme"}}), end="")
    id = "a"
    <BLANKLINE>
    [agregation]
    type = "somme"
    """
    lines, below = [], []
    for key, value in about.items():
        if isinstance(value, Mapping):
            name = f"{path}{_key(key)}"
            below.append(f"\n[{name}]\n{toml(value, f'{name}.')}")
        else:
            text = json.dumps(value, ensure_ascii=False).replace("\x7f", "")
            lines.append(f"{_key(key)} = {text}\n")
    return "".join([*lines, *below])


def _key(key: str) -> str:
    plain = key.isascii() and key.replace("_", "").isalnum() and not key[0].isdigit()
    return key if plain else json.dumps(key, ensure_ascii=False)


def _read(id_: str, stem: str) -> Kept:
    here = local.folder() / FOLDER
    try:
        table, card = ((here / f"{stem}{end}").read_bytes() for end in (".csv", ".toml"))
    except OSError:
        raise _damaged(id_) from None
    if stem != f"{id_}-{_hash(table, card)}":
        raise _damaged(id_)
    about = tomllib.loads(card.decode("utf-8"))
    frame = pd.read_csv(io.BytesIO(table), dtype=str, keep_default_na=False, na_values=[""])
    frame = frame.set_index(str(frame.columns[0]))
    groups = pd.Series(dtype=int)
    if GROUP in frame:
        groups = frame.pop(GROUP).dropna().astype(int)
    sums = pd.DataFrame.from_dict(about.pop(GROUPS, {}), orient="index", dtype=float)
    sums.index = sums.index.astype(int)
    return Kept(about, frame.astype(float), groups, sums.reindex(columns=frame.columns))
