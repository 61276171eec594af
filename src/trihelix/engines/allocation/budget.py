"""A stopwatch for time limits; no engine asks what time it is, only how much is left."""

from __future__ import annotations

from time import monotonic


class Budget:
    """Seconds that may still be spent. ``None`` means no limit."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else monotonic() + seconds

    def left(self) -> float:
        return 1e7 if self._end is None else max(0.0, self._end - monotonic())

    def over(self) -> bool:
        return self.left() <= 0.0
