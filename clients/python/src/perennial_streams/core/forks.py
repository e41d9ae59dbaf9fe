"""Knows when the process was forked: what was made before has its parent's connections, locks and threads."""

from __future__ import annotations

import os

from ..errors import DurableStreamError

_forks = 0


def _count() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count)


def generation() -> int:
    """A number that differs between a process and those forked from it."""
    return _forks


def refuse_after_fork(made_in: int) -> None:
    """Raises `DurableStreamError` (``FORKED``) in a process that was forked from the one with that `generation`."""
    if made_in != _forks:
        raise DurableStreamError("This producer belongs to the process that was forked: make one here.", code="FORKED")
