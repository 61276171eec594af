"""Check digits: unified social credit code, patent application number, identity number.

Every parser takes the text people type and returns the stored form, or refuses with one problem for
each thing wrong. Sources: GB 32100-2015 and GB 11714 (credit code), the numbering rules of patent
applications in force since 2003-10-01, GB 11643 (identity number); domain pages on codes §1 and patents §8.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from trihelix.engines.errors import Problem, Refused

# 31 symbols: no I O S V Z, which read like digits.
CREDIT_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = [pow(3, i, 31) for i in range(17)]
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# Organisation parts of demo bodies begin so; no registering authority issues them.
SYNTHETIC_PREFIX = "TRX"
SYNTHETIC_COUNT = 31 ** (8 - len(SYNTHETIC_PREFIX))

_PATENT = re.compile(r"^(?:ZL|CN)?(\d{4}[12389]\d{7}|\d{2}[12389]\d{5})\.?([0-9X])$")
_PATENT_SHAPE = re.compile(r"^(?:ZL|CN)?(\d{4}(\d)\d{7}|\d{2}(\d)\d{5})\.?[0-9X]$")
_PATENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_ID_WEIGHTS = [pow(2, 17 - i, 11) for i in range(17)]


def _tidy(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


@dataclass(frozen=True)
class CreditCheck:
    """A credit code in stored form, what makes it invalid, and what only deserves a look."""

    code: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        """No problem; warnings do not block."""
        return not self.problems

    @property
    def synthetic(self) -> bool:
        """Does the code lie in the range kept for demo bodies?"""
        return self.code[8:].startswith(SYNTHETIC_PREFIX)


def credit_check_symbol(body: str) -> str:
    """The 18th symbol for the first 17."""
    total = sum(CREDIT_SYMBOLS.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return CREDIT_SYMBOLS[(31 - total % 31) % 31]


def organisation_check_symbol(body: str) -> str:
    """The check symbol of an organisation code (组织机构代码) for its first 8 symbols."""
    total = sum(int(c, 36) * w for c, w in zip(body, _ORG_WEIGHTS, strict=True))
    left = 11 - total % 11
    return {10: "X", 11: "0"}.get(left, str(left))


def check_credit_code(text: str, field: str | None = None) -> CreditCheck:
    """Check a unified social credit code (统一社会信用代码).

    The two checks are separate: a wrong 18th symbol makes the code invalid, a wrong organisation check
    (17th symbol) only warns, since old codes were carried over with it. Positions 3 to 8 are the division
    at first registration, not the present address, so they are not looked up.
    """
    code = _tidy(text)
    value = code or None
    if len(code) != 18:
        return CreditCheck(
            code, (Problem("credit_code_length", f"统一社会信用代码应为 18 位，得到 {len(code)} 位", field, value=value),), ()
        )
    bad = sorted({c for c in code if c not in CREDIT_SYMBOLS})
    if bad:
        message = f"统一社会信用代码含有不允许的字符 {'、'.join(bad)}（不使用 I、O、S、V、Z）"
        return CreditCheck(code, (Problem("credit_code_symbol", message, field, value=value),), ())
    problems, warnings = [], []
    if not code[2:8].isdigit():
        problems.append(
            Problem("credit_code_division", f"统一社会信用代码第 3–8 位应为数字的行政区划码，得到 {code[2:8]}", field, value=value)
        )
    expected = credit_check_symbol(code[:17])
    if code[17] != expected:
        problems.append(Problem("credit_code_check", f"统一社会信用代码校验位应为 {expected}，得到 {code[17]}，请核对", field, value=value))
    organisation = organisation_check_symbol(code[8:16])
    if code[16] != organisation:
        message = f"其中组织机构代码的校验位（第 17 位）应为 {organisation}，得到 {code[16]}；旧码可能如此，请核对后保留"
        warnings.append(Problem("credit_code_organisation", message, field, value=value))
    return CreditCheck(code, tuple(problems), tuple(warnings))


def credit_code(text: str, field: str | None = None) -> str:
    """The stored form of a valid credit code, or a refusal."""
    check = check_credit_code(text, field)
    if check.problems:
        raise Refused(*check.problems)
    return check.code


def synthetic_credit_code(number: int, division: str = "220100", authority: str = "91") -> str:
    """A valid credit code of the demo range, the ``number``-th of 31^5; the same number gives the same code."""
    if not 0 <= number < SYNTHETIC_COUNT:
        raise ValueError(f"synthetic credit codes are numbered 0 to {SYNTHETIC_COUNT - 1}, got {number}")
    tail = ""
    for _ in range(8 - len(SYNTHETIC_PREFIX)):
        number, digit = divmod(number, 31)
        tail = CREDIT_SYMBOLS[digit] + tail
    organisation = SYNTHETIC_PREFIX + tail
    body = authority + division + organisation + organisation_check_symbol(organisation)
    return body + credit_check_symbol(body)


@dataclass(frozen=True)
class ApplicationNumber:
    """A Chinese patent application number: 12 or 8 ``digits`` and the ``check`` symbol, apart."""

    digits: str
    check: str

    @property
    def kind(self) -> int:
        """1 invention, 2 utility model, 3 design, 8 and 9 invention and utility model by PCT."""
        return int(self.digits[4] if len(self.digits) == 12 else self.digits[2])

    @property
    def year(self) -> int:
        """The year of filing; the two-digit years of the old form are 1985 to 2003."""
        return int(self.digits[:4]) if len(self.digits) == 12 else 1900 + int(self.digits[:2]) + (100 if int(self.digits[:2]) < 85 else 0)

    def __str__(self) -> str:
        return f"{self.digits}.{self.check}"

    @property
    def patent_number(self) -> str:
        """The number of the granted patent (专利号)."""
        return f"ZL{self}"


def application_check_symbol(digits: str) -> str:
    """The check symbol of an application number of 12 or 8 digits."""
    left = sum(int(d) * w for d, w in zip(digits, _PATENT_WEIGHTS, strict=False)) % 11
    return "X" if left == 10 else str(left)


def application_of(year: int, serial: int, kind: int = 1) -> str:
    """The application number of a serial number (at most seven digits) in a year, with its check symbol; ``kind`` as in :class:`ApplicationNumber`."""
    digits = f"{year}{kind}{serial:07d}"
    return f"{digits}.{application_check_symbol(digits)}"


def application_number(text: str, field: str | None = None) -> ApplicationNumber:
    """Parse an application or patent number, with or without ``ZL``, ``CN``, point and spaces.

    Refused: ``patent_number_form``, ``patent_number_kind`` (kind not 1, 2, 3, 8, 9), ``patent_number_check``.
    """
    found = _application(text)
    if isinstance(found, ApplicationNumber):
        return found
    if found is None:
        shape = _PATENT_SHAPE.match(_tidy(text))
        if shape:
            kind = shape[2] or shape[3]
            raise Refused.one("patent_number_kind", f"专利申请号的种类位应为 1、2、3、8、9 之一，得到 {kind}", field=field, value=text)
        message = "专利申请号应为 12 位（2003年10月前为 8 位）数字加校验位，如 201710601862.3；可带 ZL 或 CN"
        raise Refused.one("patent_number_form", message, field=field, value=text)
    expected, check = found
    raise Refused.one("patent_number_check", f"专利申请号校验位应为 {expected}，得到 {check}，请核对", field=field, value=text)


@functools.lru_cache(maxsize=1024)  # the check, the key and the stored form of one row ask for the same number
def _application(text: str) -> ApplicationNumber | tuple[str, str] | None:
    """The number, the check symbol expected beside the one written where they differ, or ``None`` where the form is wrong."""
    match = _PATENT.match(_tidy(text))
    if match is None:
        return None
    digits, check = match.groups()
    expected = application_check_symbol(digits)
    return ApplicationNumber(digits, check) if check == expected else (expected, check)


def check_identity_number(text: str, field: str | None = None) -> tuple[Problem, ...]:
    """Check an 18-digit identity number (公民身份号码). The number itself never appears in a problem.

    The platform does not store such numbers; the check serves a form that must pass one on.
    """
    number = _tidy(text)
    if not re.fullmatch(r"\d{17}[0-9X]", number):
        return (Problem("identity_form", "身份证号应为 17 位数字加校验位（数字或 X）", field),)
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return (Problem("identity_birth", "身份证号第 7–14 位不是有效的出生日期", field),)
    left = sum(int(d) * w for d, w in zip(number[:17], _ID_WEIGHTS, strict=True)) % 11
    if number[17] != "10X98765432"[left]:
        return (Problem("identity_check", "身份证号校验位不符，请核对", field),)
    return ()


def discipline_code(text: str, field: str | None = None) -> str:
    """A discipline code (学科代码) of 3, 5 or 7 digits without points: ``520.20`` is stored as ``52020``."""
    code = _tidy(text).replace(".", "")
    if not re.fullmatch(r"\d{3}(?:\d\d){0,2}", code):
        raise Refused.one("discipline_form", f"学科代码应为 3、5 或 7 位数字，得到 “{text}”", field=field, value=text)
    return code
