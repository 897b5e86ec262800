"""The view: what is looked at, kept in the page's address so that every view is a link.

The address holds ids, never labels. It is read and checked here, put into the widgets before
they are drawn, and written back on each run (a change of page clears it).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from olsdata import catalogue, tables, territory
from olsdata.catalogue import Card
from olsdata.tables import DataError
from olsdata.territory import WALLONIE, Zone, Zoning
from olsdata.ui import menu

LEVELS = {"ols": "OLS", "bassin": "Bassins", "commune": "Communes"}
INDICATOR = "pct_65p_2021"
IN_2011 = "2011"
"""Reference: the same territory ten years before."""

MARK = "_shell"
"""Session key present while ``shell.run`` runs a page."""

SIDE = "_volet"
"""Session key, while a page runs, of the place that the sidebar keeps for it."""

_VIEW, _WRITTEN, _ASKED, _NOTICES = "_view", "_written", "_asked", "_notices"


@dataclass(frozen=True)
class View:
    """What is looked at; one field per key of the address.

    Attributes
    ----------
    territory : "wallonie" or an OLS, "01" to "10"
    level : "ols", "bassin" or "commune"
    indicator : id of a card that has values
    reference : "wallonie", an OLS, or "2011" (the same territory, ten years before)
    shared : whether a room looks at the screen: large type, no sidebar
    """

    territory: str = WALLONIE
    level: str = "ols"
    indicator: str = INDICATOR
    reference: str = IN_2011
    shared: bool = False

    @property
    def zone(self) -> Zone:
        """The territory."""
        return territory.find(self.territory)

    @property
    def zoning(self) -> Zoning:
        """The zones shown on the map: those of the level."""
        return territory.zoning_of(self.level)

    @property
    def card(self) -> Card:
        """The card of the indicator."""
        return catalogue.card(self.indicator)

    @property
    def reference_zone(self) -> Zone:
        """The territory to compare with; Wallonia when the reference is a year."""
        return territory.find(WALLONIE if self.reference == IN_2011 else self.reference)


NAMES = {
    "territory": "territoire",
    "level": "niveau",
    "indicator": "indicateur",
    "reference": "comparer",
    "shared": "ecran",
}
"""Field of the view → key in the address and of the widget."""

VERSION, SHARED = "donnees", "partage"

NONE = "aucun"
"""What the address holds when nothing is chosen among several."""


def territories() -> dict[str, str]:
    """Ids and names of what can be chosen: Wallonia, then the ten OLS by official number."""
    ols = territory.zoning("ols")
    return {WALLONIE: "Wallonie"} | {id_: ols.zone(id_).title for id_ in ols.zones.index}


def references(chosen: str) -> dict[str, str]:
    """Ids and names of what a territory can be compared with; the first is the default."""
    before = {IN_2011: "2011, même territoire"}
    if chosen == WALLONIE:
        return before
    others = {id_: name for id_, name in territories().items() if id_ != chosen}
    return {WALLONIE: others.pop(WALLONIE)} | before | others


def options(view: View) -> dict[str, dict[str, str]]:
    """Per field of the view, the ids that it may take and their names."""
    return {
        "territory": territories(),
        "level": LEVELS,
        "indicator": {id_: c.option for id_, c in catalogue.available().items()},
        "reference": references(view.territory),
    }


def to_query(view: View) -> dict[str, str]:
    """The address of a view: ids only, and the version of the data it was made with."""
    query = {NAMES[key]: str(getattr(view, key)) for key in NAMES if key != "shared"}
    if view.shared:
        query[NAMES["shared"]] = SHARED
    return query | {VERSION: tables.load().version}


def from_query(query: dict[str, str], start: View) -> tuple[View, list[str]]:
    """The view that an address asks for, and what has to be said about it.

    Parameters
    ----------
    query : keys and values of the address
    start : view from which keys that the address does not hold are taken

    Returns
    -------
    A valid view, and one French sentence per value that was not understood.
    """
    notices = []
    chosen = query.get(NAMES["territory"], start.territory)
    if chosen not in territories():
        notices.append(f"Territoire inconnu dans le lien : « {chosen} ». Voici la Wallonie.")
        chosen = WALLONIE
    view = _settled(replace(start, territory=chosen), start)
    words = {"level": "Niveau", "indicator": "Indicateur", "reference": "Comparaison"}
    for key, word in words.items():
        known = options(view)[key]
        value = query.get(NAMES[key])
        if value is None:
            continue
        if value in known:
            view = replace(view, **{key: value})  # type: ignore[arg-type]
        elif not (key == "reference" and value in territories()):
            fallback = known.get(getattr(view, key), "")
            notices.append(
                f"{word} inconnu{'e' if key == 'reference' else ''} dans le lien : « {value} ». "
                f"À la place : {fallback}."
            )
    screen = query.get(NAMES["shared"])
    if screen not in (None, SHARED):
        notices.append(f"Écran inconnu dans le lien : « {screen} ». À la place : écran ordinaire.")
    view = replace(view, shared=screen == SHARED)
    made, here = query.get(VERSION), tables.load().version
    if made and made != here:
        notices.append(
            f"Ce lien a été fait avec une autre version des données (« {made} ») ; "
            f"les chiffres affichés sont ceux de la version {here}."
        )
    return view, notices


def _settled(view: View, before: View) -> View:
    """Keep level and reference meaningful when the territory changes."""
    if view.territory != before.territory:
        if view.territory != WALLONIE and view.level == "ols":
            view = replace(view, level="commune")
        elif view.territory == WALLONIE and view.level == "commune":
            view = replace(view, level="ols")
        if before.territory == WALLONIE:
            view = replace(view, reference=WALLONIE)
    allowed = references(view.territory)
    return view if view.reference in allowed else replace(view, reference=next(iter(allowed)))


def _from_widgets(before: View) -> View:
    """The last view with what the user changed in the widgets since."""
    known = options(before)
    changed: dict[str, Any] = {}
    for key, name in NAMES.items():
        value = st.session_state.get(name, getattr(before, key))
        if key == "shared" or value in known[key]:
            changed[key] = value
    return _settled(replace(before, **changed), before)


def read() -> View:
    """The view of this run: widgets first, then the address, then the last view.

    Called once per run by the shell, before any widget is drawn. Puts the view in the widgets'
    keys and writes the address.
    """
    session = st.session_state
    before: View = session.get(_VIEW, View())
    if before.indicator not in catalogue.available():  # withdrawn since the last run
        before = replace(before, indicator=INDICATOR)
    shared_keys = {*NAMES.values(), VERSION}
    everything = dict(st.query_params)
    query = {key: value for key, value in everything.items() if key in shared_keys}
    own = {key: value for key, value in everything.items() if key not in shared_keys}
    asked: dict[str, Any] = session.pop(_ASKED, {})
    changed = _from_widgets(before)
    view = before
    notices: list[str] = []
    if asked:
        view = _settled(replace(changed, **asked), changed)
    elif changed != before:
        view = changed
    elif query and query != session.get(_WRITTEN):
        view, notices = from_query(query, before)
    else:
        notices = session.get(_NOTICES, [])
    session[_VIEW], session[_NOTICES] = view, notices
    for key, name in NAMES.items():
        session[name] = getattr(view, key)
    session[_WRITTEN] = to_query(view)
    if query != session[_WRITTEN]:
        st.query_params.from_dict(session[_WRITTEN] | own)
    return view


def current() -> View:
    """The view; first line of every page.

    A page that Streamlit runs alone (a cold link, before any session went through ``app.py``)
    declares the menu and starts again, so that it is always drawn inside the shell.
    """
    if MARK not in st.session_state:
        st.navigation(menu.pages(), position="hidden")
        st.rerun()
    view: View = st.session_state[_VIEW]
    return view


def is_shared() -> bool:
    """Whether a room looks at the screen, for what has no view at hand."""
    return bool(st.session_state.get(NAMES["shared"]))


def choice(name: str, known: list[str], default: str) -> str:
    """A choice that belongs to one page, kept in the address beside the view.

    Called before the widget of that key is drawn; the widget then shows the choice.

    Parameters
    ----------
    name : key of the widget and of the address
    known : values that it may take; anything else in the address gives the default
    default : value that the address does not need to hold
    """
    asked = st.query_params.get(name, default)
    if st.session_state.get(name) not in known:
        st.session_state[name] = asked if asked in known else default
    value = str(st.session_state[name])
    if value == default:
        st.query_params.pop(name, None)
    elif asked != value:
        st.query_params[name] = value
    return value


def several(name: str, known: list[str], default: list[str], most: int) -> list[str]:
    """Several choices that belong to one page, kept in the address, like ``choice``.

    Parameters
    ----------
    name : key of the widget and of the address, where the ids are separated by commas
    known : values that may be chosen; others in the address are left out
    default : values that the address does not need to hold
    most : how many may be chosen
    """
    asked = st.query_params.get(name)
    held = st.session_state.get(name)
    if held is None or any(value not in known for value in held):
        given = default if asked is None else asked.split(",") if asked != NONE else []
        kept = [value for value in dict.fromkeys(given) if value in known][:most]
        st.session_state[name] = kept if kept or asked == NONE else list(default)
    values = list(st.session_state[name])
    written = ",".join(values) or NONE
    if values == list(default):
        st.query_params.pop(name, None)
    elif asked != written:
        st.query_params[name] = written
    return values


def segments(label: str, name: str, known: dict[str, str], default: str, bare: bool = False) -> str:
    """A choice side by side that belongs to one page, kept in the address like ``choice``.

    Parameters
    ----------
    label : what is chosen, for the eye and for screen readers
    name : key of the widget and of the address
    known : id and French name of each
    default : id that the address does not need to hold
    bare : whether the label is for screen readers alone
    """
    choice(name, list(known), default)
    return str(
        st.segmented_control(
            label,
            list(known),
            format_func=known.__getitem__,
            key=name,
            required=True,
            label_visibility="collapsed" if bare else "visible",
        )
    )


def amount(name: str, steps: list[float], default: float) -> float:
    """A number that belongs to one page, kept in the address, like ``choice``.

    Parameters
    ----------
    name : key of the widget and of the address
    steps : values that it may take; the nearest one is taken, the default when there is no number
    default : value that the address does not need to hold
    """
    asked = st.query_params.get(name, "")
    if st.session_state.get(name) not in steps:
        try:
            given = float(asked.replace(",", "."))
        except ValueError:
            given = default
        known = given if min(steps) <= given <= max(steps) else default
        st.session_state[name] = min(steps, key=lambda step: abs(step - known))
    value = float(st.session_state[name])
    if value == default:
        st.query_params.pop(name, None)
    elif asked != f"{value:g}":
        st.query_params[name] = f"{value:g}"
    return value


def notices() -> list[str]:
    """What has to be said about the link that opened this view."""
    kept: list[str] = st.session_state.get(_NOTICES, [])
    return kept


def ask(**changes: Any) -> None:
    """Change the view on the next run, from a callback.

    Parameters
    ----------
    changes : fields of ``View``

    Raises
    ------
    DataError
        If a field does not exist or a value is unknown.
    """
    known = options(replace(View(), territory=str(changes.get("territory", WALLONIE))))
    for key, value in changes.items():
        if key not in {f.name for f in fields(View)}:
            raise DataError(f"La vue n’a pas de « {key} ».")
        if key in known and key != "reference" and value not in known[key]:
            raise DataError(f"Valeur inconnue pour {NAMES[key]} : « {value} ».")
    st.session_state[_ASKED] = changes


def go(page: str = "", **changes: Any) -> None:
    """Change the view now, and the page too if one is named (« population »)."""
    ask(**changes)
    if page:
        st.switch_page(menu.path(page))
    st.rerun()
