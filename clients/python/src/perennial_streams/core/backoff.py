"""When a failed request is repeated."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from ..types import BackoffOptions

logger = logging.getLogger("perennial_streams")

RETRY_AFTER_MAX_SECONDS = 3600.0
"""The longest wait that a server can ask for."""
WARN_AFTER_FAILURES = 5
"""Failures in a row that are worth a line in the log: a program that seems to hang should say why."""
WARN_WAIT_SECONDS = 30.0
"""A wait that a server asks for and that is worth a line in the log."""


def is_transient(status: int) -> bool:
    """Whether a later attempt may succeed. 501 says that it never will."""
    return status == 429 or (status >= 500 and status != 501)


def retry_after(value: str | None, now: float) -> float:
    """A ``Retry-After`` header (RFC 9110 §10.2.3) in seconds, in ``[0, RETRY_AFTER_MAX_SECONDS]``; 0 for nonsense.

    ``now`` is in seconds since 1970.
    """
    if not value:
        return 0.0
    try:
        wait = float(value)
    except ValueError:
        try:
            wait = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, TypeError, OverflowError):
            return 0.0
    return min(wait, RETRY_AFTER_MAX_SECONDS) if wait > 0 else 0.0


class Backoff:
    """Counts the failures of one request and says how long to wait."""

    def __init__(self, options: BackoffOptions, what: str) -> None:
        self._options = options
        self._what = what
        self._started = time.monotonic()
        self.failures = 0

    def wait(self, error: Exception, headers: Mapping[str, str] | None = None) -> float | None:
        """Seconds to wait before the next attempt; ``None``: there is none."""
        self.failures += 1
        options = self._options
        if options.max_retries is not None and self.failures > options.max_retries:
            return None
        delay = random.random() * bound(options, self.failures)
        wait = max(delay, retry_after((headers or {}).get("retry-after"), time.time()))
        if options.deadline is not None and time.monotonic() - self._started + wait > options.deadline:
            return None
        if wait > max(delay, WARN_WAIT_SECONDS):
            logger.warning("%s is repeated in %d s, as the server asks: %s", self._what, wait, error)
        elif self.failures == WARN_AFTER_FAILURES:
            logger.warning("%s has failed %d times and is repeated: %s", self._what, self.failures, error)
        return wait


def bound(options: BackoffOptions, failures: int) -> float:
    """The longest wait after so many failures in a row (from 1), in seconds."""
    exponent = min(failures - 1, 200)  # beyond any max_delay, and no overflow
    return float(min(options.initial_delay * options.multiplier**exponent, options.max_delay))
