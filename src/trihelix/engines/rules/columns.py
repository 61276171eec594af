"""How each type of input is stored in a frame: an integer column with a fixed number of decimals, a date, a flag or a text."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import polars as pl

from trihelix.engines.rules.model import Input

# type → (units per whole, what one whole is worth, largest absolute value in wholes); 万元 have six decimals, which is fen
SCALES: Final[dict[str, tuple[int, Fraction, int]]] = {
    "int": (1, Fraction(1), 10**9),
    "decimal": (10**6, Fraction(1), 10**9),
    "money": (10**6, Fraction(1), 10**9),
    "percent": (10**6, Fraction(1, 100), 10**6),
    "ratio": (10**6, Fraction(1), 10**3),
}
SERIES_ITEMS: Final = 64  # a list longer than this is refused


def is_number(one: Input) -> bool:
    """Whether the input holds numbers."""
    return one.type in SCALES


def dtype(one: Input) -> pl.DataType:
    """The column type of a normalised input."""
    kind: pl.DataType = pl.Int64() if is_number(one) else {"date": pl.Date(), "bool": pl.Boolean()}.get(one.type, pl.String())
    return pl.List(kind) if one.series else kind


def to_units(value: Fraction, one: Input) -> Fraction:
    """Units of the column for an exact value (``percent``: value as a ratio)."""
    scale, worth, _ = SCALES[one.type]
    return value / worth * scale


def from_units(units: int, one: Input) -> Fraction:
    """The exact value of a column entry."""
    scale, worth, _ = SCALES[one.type]
    return Fraction(units, scale) * worth
