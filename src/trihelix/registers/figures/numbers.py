"""How exact values become text: rounded half up in the letter's unit, exact as decimal or fraction, Chinese numerals. Pure."""

from __future__ import annotations

from fractions import Fraction

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")


def rounded(value: Fraction, digits: int) -> str:
    """Half up (away from zero), always with ``digits`` decimals: ``147.71``."""
    scaled = abs(value) * 10**digits
    whole = int(scaled + Fraction(1, 2))
    sign = "-" if value < 0 and whole else ""
    if digits == 0:
        return f"{sign}{whole}"
    return f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}"


def exact(value: Fraction) -> str:
    """Unrounded: a decimal where it ends, else ``numerator/denominator``."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return rounded(value, places)


def chinese(number: int, counting: bool = False) -> str:
    """A whole number below ten thousand as Chinese numerals; ``counting`` writes 2 as 两 (两批)."""
    if not 0 <= number < 10_000:
        return str(number)
    if counting and number == 2:
        return "两"
    if number == 0:
        return _DIGITS[0]
    out, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            out += ("零" if gap and out else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        elif out:
            gap = True
    return out.removeprefix("一") if 10 <= number < 20 else out
