"""Human numbers from gap-free series, reserved in the transaction that writes the record."""

from __future__ import annotations

from trihelix.kernel.models import Series


def reserve(prefix: str, year: int, count: int = 1) -> list[str]:
    """``count`` numbers such as ``XQ-2025-000123``; the series row is locked, so call this last in the transaction."""
    if count < 1:
        return []
    series, _ = Series.objects.select_for_update().get_or_create(prefix=prefix, year=year)
    first = series.last + 1
    series.last += count
    series.save(update_fields=["last"])
    return [f"{prefix}-{year}-{n:06d}" for n in range(first, first + count)]
