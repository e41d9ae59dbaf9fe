"""How a producer chooses its epochs."""

from __future__ import annotations

import random
import time

STEP_SECONDS = 0.016
"""A step of the clock. Whoever starts a step later has the greater epoch."""
EPOCHS_PER_STEP = 2**16
"""Epochs of one step, from which one is drawn."""
FIRST_SECONDS = 1_735_689_600
"""2025-01-01. Counted from then on, epochs fit 2^53 until 2094."""


def count_epochs(above: int) -> int:
    """The next whole number, as a producer chooses that was told its epoch. Somebody else may choose the same."""
    return above + 1


def draw_epoch(above: int) -> int:
    """An epoch above the given one (-1 for any) that no other producer has: it grows with the clock, and of two processes that
    start within 16 ms, one draw in 65,536 is that of the other."""
    step = int((time.time() - FIRST_SECONDS) / STEP_SECONDS)
    return max(above + 1, step * EPOCHS_PER_STEP) + random.SystemRandom().randrange(EPOCHS_PER_STEP)
