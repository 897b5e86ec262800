"""Refuse every connection that leaves this machine, and write down who tried.

Python loads this file by itself when its folder is on PYTHONPATH. ``OLS_GUARD_LOG`` names the
file that receives one line per attempt.
"""

import ipaddress
import os
import socket
import traceback
from pathlib import Path

LOG = Path(os.environ["OLS_GUARD_LOG"])
NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost", socket.gethostname()}

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex
_sendto, _getaddrinfo = socket.socket.sendto, socket.getaddrinfo


def _is_local(host):
    text = host.decode() if isinstance(host, bytes) else str(host or "")
    try:
        address = ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return text in NAMES
    return address.is_loopback or address.is_unspecified


def _check(host):
    if not _is_local(host):
        callers = [f for f in traceback.extract_stack() if f.filename != __file__]
        where = callers[-1]
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"{host} ({where.filename}:{where.lineno})\n")
        raise ConnectionRefusedError(f"connexion refusée vers {host}")


def _checked(real, position=0):
    def guarded(self, *args, **kwargs):
        address = args[position]
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check(address[0])
        return real(self, *args, **kwargs)

    return guarded


def _resolve(host, *args, **kwargs):
    _check(host)
    return _getaddrinfo(host, *args, **kwargs)


socket.socket.connect = _checked(_connect)
socket.socket.connect_ex = _checked(_connect_ex)
socket.socket.sendto = _checked(_sendto, -1)
socket.getaddrinfo = _resolve
