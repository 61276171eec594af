"""Money as integers in fen (分): reading 元 / 万元 / 亿元 exactly, printing, and splitting so that parts add up.

One yuan (元) is 100 fen, one wan (万元) is 10,000 yuan, one yi (亿元) is 10,000 wan. No function here touches a binary
float except to read one that a JSON file carried, and then by its shortest decimal text only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from trihelix.engines.errors import Refused

Unit = Literal["fen", "yuan", "wan", "yi"]
Exact = int | Fraction | Decimal | str | float

UNITS: Final[dict[str, int]] = {"fen": 1, "yuan": 100, "wan": 1_000_000, "yi": 10_000_000_000}
_NAMES: Final[dict[str, str]] = {"fen": "分", "yuan": "元", "wan": "万元", "yi": "亿元"}
_SUFFIX: Final[dict[str, Unit]] = {"分": "fen", "元": "yuan", "圆": "yuan", "万": "wan", "万元": "wan", "亿": "yi", "亿元": "yi"}
# Six decimals of 万元 and two of 元 are one fen; more digits than a double keeps for certain must come as text.
_FLOAT_DIGITS: Final = 15
_LIMIT: Final = 10**24
_MONEY_TEXT = re.compile(r"(?:人民币|RMB|CNY|¥)?([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(分|元|圆|万元|万|亿元|亿)?(?:整)?", re.IGNORECASE)
_RATIO_TEXT = re.compile(r"([+-]?\d+(?:\.\d+)?)(?:(%)|/(\d+))?")


def exact(value: Exact, field: str | None = None) -> Fraction:
    """A plain number or its text as an exact fraction: ``12``, ``"0.70"``, ``"70%"``, ``"1/3"``.

    Refusals: ``bad_number`` (not a number), ``imprecise_number`` (a float with more digits than a double keeps).
    """
    if isinstance(value, bool) or value is None:
        raise Refused.one("bad_number", "此处应填数字", field=field, value=value)
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, float):
        return _from_float(value, field)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Refused.one("bad_number", f"“{value}”不是有限的数字", field=field, value=str(value))
        return Fraction(value)
    found = _RATIO_TEXT.fullmatch(unicodedata.normalize("NFKC", value).strip()) if isinstance(value, str) else None
    if found is None or (found[3] is not None and int(found[3]) == 0):
        raise Refused.one("bad_number", f"“{value}”不是数字，请写成 0.7、70% 或 7/10", field=field, value=value)
    number = Fraction(found[1])
    return number / 100 if found[2] else number / int(found[3] or 1)


def _from_float(value: float, field: str | None) -> Fraction:
    if value != value or value in (float("inf"), float("-inf")):
        raise Refused.one("bad_number", f"“{value}”不是有限的数字", field=field, value=str(value))
    text = Decimal(repr(value))
    if len(text.as_tuple().digits) > _FLOAT_DIGITS:
        raise Refused.one("imprecise_number", f"数字 {value!r} 位数过多，浮点数存不准，请改写成文本", field=field, value=value)
    return Fraction(text)


def parse_money(value: Exact, unit: Unit = "yuan", *, negative: bool = False, field: str | None = None) -> int:
    """Money text or number to fen, exactly.

    ``value`` is a number in ``unit``, or text such as ``"600"``, ``"1,234.56元"``, ``"３．２亿元"``; a unit written
    in the text wins over ``unit``.
    Refusals: ``bad_money``, ``fraction_of_fen`` (finer than one fen), ``negative_money``, ``money_too_large``.
    """
    used: str = unit
    if isinstance(value, str):
        plain = "".join(unicodedata.normalize("NFKC", value).split())
        found = _MONEY_TEXT.fullmatch(plain)
        if found is None:
            raise Refused.one("bad_money", f"“{value}”不是金额，请写成 1234.56元、600万元 或 1.2亿元", field=field, value=value)
        number = Fraction(found[1] + found[2].replace(",", "") + (found[3] or ""))
        used = _SUFFIX[found[4]] if found[4] else unit
    else:
        number = exact(value, field)
    fen = number * UNITS[used]
    if fen.denominator != 1:
        raise Refused.one("fraction_of_fen", f"金额 {value}（{_NAMES[used]}）细于一分，请核对小数位数", field=field, value=_shown(value))
    if fen < 0 and not negative:
        raise Refused.one("negative_money", f"金额 {value} 为负，此处只能填零或正数", field=field, value=_shown(value))
    if abs(fen) > _LIMIT:
        raise Refused.one("money_too_large", f"金额 {value} 过大，请核对单位", field=field, value=_shown(value))
    return int(fen)


def _shown(value: Exact) -> str | int | float:
    return value if isinstance(value, str | int | float) else str(value)


def wan_to_fen(value: Exact, *, negative: bool = False, field: str | None = None) -> int:
    """万元 to fen; see :func:`parse_money`."""
    return parse_money(value, "wan", negative=negative, field=field)


def yuan_to_fen(value: Exact, *, negative: bool = False, field: str | None = None) -> int:
    """元 to fen; see :func:`parse_money`."""
    return parse_money(value, "yuan", negative=negative, field=field)


def round_half_up(value: Fraction) -> int:
    """The nearest integer, a half away from zero (四舍五入), so that ``f(-x) == -f(x)``."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def format_decimal(value: Fraction, digits: int, *, group: bool = False) -> str:
    """A fraction with exactly ``digits`` decimals, rounded half up; ``group`` puts commas between thousands."""
    scaled = round_half_up(value * 10**digits)
    whole, part = divmod(abs(scaled), 10**digits)
    text = f"{whole:,}" if group else str(whole)
    return ("-" if scaled < 0 else "") + text + (f".{part:0{digits}d}" if digits else "")


def _format_unit(fen: int, unit: Unit, digits: int | None, least: int) -> str:
    value = Fraction(fen, UNITS[unit])
    if digits is not None:
        return format_decimal(value, digits, group=True)
    text = format_decimal(value, len(str(UNITS[unit])) - 1, group=True)
    whole, _, part = text.partition(".")
    part = part.rstrip("0").ljust(least, "0")
    return f"{whole}.{part}" if part else whole


def format_fen(fen: int) -> str:
    """Fen as yuan with two decimals: ``123456`` → ``"1,234.56"``."""
    return format_decimal(Fraction(fen, 100), 2, group=True)


def format_wan(fen: int, digits: int | None = None) -> str:
    """Fen as 万元: every digit when ``digits`` is None, else rounded half up (``147.71``)."""
    return _format_unit(fen, "wan", digits, 0)


def format_yi(fen: int, digits: int | None = None) -> str:
    """Fen as 亿元; see :func:`format_wan`."""
    return _format_unit(fen, "yi", digits, 0)


def ratio_text(value: Fraction) -> str:
    """A ratio as text: a terminating decimal where there is one (``"0.7"``), else ``"1/3"``."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = next(n for n in range(value.denominator.bit_length() + 1) if (value * 10**n).denominator == 1)
    return format_decimal(value, digits)


def split(total: int, ratios: Iterable[Exact]) -> list[int]:
    """Split ``total`` fen in proportion to ``ratios`` by largest remainder (最大余数法); the parts always add up to ``total``.

    Each part is first cut down to whole fen; the fen left over go one each to the largest cut-off remainders, equal
    remainders in the order given. A negative total mirrors the positive one, so a full refund takes back exactly what
    was paid. Ratios need not sum to 1. Refusals: ``no_ratio``, ``negative_ratio``, ``zero_ratios``.
    """
    weights = [exact(r, "ratio") for r in ratios]
    if not weights:
        raise Refused.one("no_ratio", "没有给出分配比例", field="ratio")
    if any(w < 0 for w in weights):
        raise Refused.one("negative_ratio", "分配比例不能为负", field="ratio", value=ratio_text(min(weights)))
    if not any(weights):
        raise Refused.one("zero_ratios", "分配比例不能全为零", field="ratio")
    parts = _largest_remainder(abs(total), weights)
    return parts if total >= 0 else [-p for p in parts]


def _largest_remainder(total: int, weights: Sequence[Fraction]) -> list[int]:
    whole = sum(weights, Fraction(0))
    exact_parts = [total * w / whole for w in weights]
    parts = [p.numerator // p.denominator for p in exact_parts]
    left = total - sum(parts)
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact_parts[i], i))
    for i in order[:left]:
        parts[i] += 1
    return parts
