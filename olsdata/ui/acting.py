"""Doing something that the reader asked for: say it once when done, say what is wrong when not."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

import streamlit as st

from olsdata.notes import actors
from olsdata.notes.actors import DeniedError
from olsdata.tables import DataError
from olsdata.ui import who

_DONE, _ROUND, _FAULT = "_fait", "_tour", "_refus"


def literal(text: str) -> str:
    r"""A text that Markdown shows as it is: no link, no picture, no emphasis.

    >>> print(literal("![x](http://y)"))
    \!\[x\]\(http\://y\)
    """
    return re.sub(r"([\\`*_{}\[\]()#+!|~$:<>^=-])", r"\\\1", text)


def allowed(action: str) -> bool:
    """Whether whoever is here may do something; when not, it is said in place of the form.

    Parameters
    ----------
    action : a right of ``notes.actors``
    """
    try:
        actors.require(who.actor(), action)
    except DeniedError as error:
        st.html(f'<p class="phrase">{escape(str(error))}</p>')
        return False
    return True


def attempt(action: Callable[[], object], done: str, fresh: bool = True) -> None:
    """Do it and say so on the next run; on a fault, say it here and leave the form as it is.

    Parameters
    ----------
    action : what to do; a ``DataError`` is told in French
    done : sentence shown once it is done
    fresh : whether the forms start empty again
    """
    try:
        action()
    except DataError as error:
        alert(str(error).splitlines())
    else:
        finish(done, fresh)


def safely(action: Callable[[], object]) -> bool:
    """Do something from a callback; what is wrong is said by ``faults`` on the page that follows.

    Returns
    -------
    Whether it was done.
    """
    try:
        action()
    except DataError as error:
        fault(error)
        return False
    return True


def fault(error: DataError) -> None:
    """Keep what is wrong for the page that follows."""
    st.session_state[_FAULT] = str(error).splitlines()


def faults() -> None:
    """What the last callback could not do, said once."""
    lines = st.session_state.pop(_FAULT, [])
    if lines:
        alert(lines)


def finish(done: str, fresh: bool = True) -> None:
    """Start again, and say what was done."""
    st.session_state[_DONE] = done
    if fresh:
        renew()
    st.rerun()


def renew() -> None:
    """The forms start empty on the next run."""
    st.session_state[_ROUND] = turn() + 1


def alert(lines: list[str]) -> None:
    """What is wrong, one line each."""
    shown = literal(lines[0]) if len(lines) == 1 else "\n".join(f"- {literal(x)}" for x in lines)
    st.error(shown, icon=":material/error:")


def turn() -> int:
    """Part of the keys of a form: changes after each thing kept, so that forms start empty."""
    return int(st.session_state.get(_ROUND, 0))


def done() -> None:
    """What the last action did, said once.

    Its place stays when it has gone: what follows must not move, an open part would close.
    """
    place = st.empty()
    sentence = st.session_state.pop(_DONE, "")
    if sentence:
        place.success(literal(sentence), icon=":material/check_circle:")
