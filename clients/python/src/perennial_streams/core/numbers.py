"""Numbers in headers."""

from __future__ import annotations

DIGITS_MAX = 20
"""No number of the protocol has more."""


def integer(value: str | None) -> int | None:
    """The number that a header tells, from 0; ``None`` for none, and for what is no number."""
    is_number = value is not None and len(value) <= DIGITS_MAX and value.isascii() and value.isdigit()
    return int(value) if value is not None and is_number else None
