"""Drives the machines of `core` on asyncio."""
