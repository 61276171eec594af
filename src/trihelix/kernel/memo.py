"""Facts read once in a stretch of work: an import of a thousand rows asks for the rules in force once, not a thousand times.

Outside :func:`scope` nothing is remembered, so no process ever answers from an older state than the database.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_HELD: ContextVar[dict[Hashable, Any] | None] = ContextVar("memo", default=None)


@contextmanager
def scope() -> Iterator[None]:
    """Remember what :func:`once` reads until the block ends; an inner scope shares the outer one. Also a decorator."""
    if _HELD.get() is not None:
        yield
        return
    token = _HELD.set({})
    try:
        yield
    finally:
        _HELD.reset(token)


def once(key: Hashable, read: Callable[[], T]) -> T:
    """The value of ``read``, read once in the scope that is open; read anew where none is."""
    held = _HELD.get()
    if held is None:
        return read()
    if key not in held:
        held[key] = read()
    found: T = held[key]
    return found
