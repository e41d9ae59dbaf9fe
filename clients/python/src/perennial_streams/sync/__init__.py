"""Drives the machines of `core` with blocking calls."""
