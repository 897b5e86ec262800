"""A reader without a browser: speaks to the server as the page does, and counts the bytes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol


@dataclass(frozen=True)
class Run:
    """One run of the page: seconds until the server has finished, bytes it has sent.

    Of the bytes, ``map`` are those of the maps.
    """

    seconds: float
    bytes: int
    map: int


class Reader:
    """One open session.

    Parameters
    ----------
    url : address of the server, "http://localhost:8501"
    """

    def __init__(self, url: str) -> None:
        self.socket = connect(
            url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=Origin(url),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
        )
        self.known: set[str] = set()
        self.widgets: dict[str, str] = {}
        """Id of each widget that was drawn, by the key that the page gave it."""

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.socket.close()

    def open(
        self, page: str, query: str = "", values: Mapping[str, float | str] | None = None
    ) -> Run:
        """Ask for a page, and wait until its last run has ended.

        Parameters
        ----------
        page : name in the address, "population"; "" for the first one
        query : what follows the question mark
        values : key of a slider and what it is moved to: a number, or the text of a chosen step
        """
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        message.rerun_script.cached_message_hashes.extend(self.known)
        message.rerun_script.context_info.timezone = "Europe/Brussels"
        for key, value in (values or {}).items():
            moved = message.rerun_script.widget_states.widgets.add(id=self.widgets[key])
            if isinstance(value, str):
                moved.string_array_value.data.append(value)
            else:
                moved.double_array_value.data.append(value)
        start = time.perf_counter()
        self.socket.send(message.SerializeToString())
        sent, drawn, ended = 0, 0, 0.0
        while True:
            try:
                frame = self.socket.recv(timeout=30 if not ended else 0.15)
            except TimeoutError:
                if ended:
                    return Run(ended - start, sent, drawn)
                raise
            sent += len(frame)
            answer = ForwardMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
            if "choroplethmap" in answer.delta.new_element.plotly_chart.spec:
                drawn += len(frame)
            self._learn(answer)
            if answer.metadata.cacheable and answer.hash:
                self.known.add(answer.hash)
            if answer.WhichOneof("type") == "script_finished":
                # A run that starts again (a cold link) ends twice: wait for the last end.
                ended = time.perf_counter()
            elif answer.WhichOneof("type") == "new_session":
                ended = 0.0

    def _learn(self, answer: ForwardMsg) -> None:
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        id_ = getattr(getattr(element, kind), "id", "") if kind else ""
        if id_.count("-") > 1:
            self.widgets[id_.split("-", 2)[2]] = id_
