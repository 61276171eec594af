"""Reads and checks the problem file; every refusal names its path in the JSON (``experts[3].cap``)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from trihelix.engines.errors import Problem as Wrong
from trihelix.engines.errors import Refused

MOST_ERRORS = 50


class Reader:
    """Collects what is wrong, so that one run names every fault (up to ``MOST_ERRORS``)."""

    def __init__(self) -> None:
        self.wrong: list[Wrong] = []

    def fault(self, path: str, code: str, message: str, value: Any = None) -> None:
        """Note a fault; broken characters (lone surrogates) are shown as a question mark, so that every message can be printed."""
        if len(self.wrong) < MOST_ERRORS:
            self.wrong.append(Wrong(code, _whole(f"{path}：{message}"), field=_whole(path), value=_shown(value)))

    def stop_if_wrong(self) -> None:
        if self.wrong:
            raise Refused.of(self.wrong)

    def mapping(self, value: Any, path: str, known: Sequence[str] | None = None) -> Mapping[str, Any]:
        """An object; keys outside ``known`` are refused by name."""
        if not isinstance(value, Mapping):
            self.fault(path or "$", "not_object", "应为 JSON 对象", value)
            return {}
        for key in value:
            if _whole(str(key)) != key:
                self.fault(path or "$", "not_text", "键含有不成字的字符", key)
            elif known is not None and key not in known:
                self.fault(f"{path}.{key}" if path else str(key), "unknown_key", f"不认识的键“{key}”；可用：{'、'.join(known)}", key)
        return value

    def array(self, value: Any, path: str) -> Sequence[Any]:
        if isinstance(value, list | tuple):
            return value
        self.fault(path, "not_list", "应为数组", value)
        return ()

    def text(self, value: Any, path: str) -> str:
        if isinstance(value, str) and value.strip() and _whole(value) == value:
            return value
        self.fault(path, "not_text", "应为非空文本", value)
        return ""

    def whole(self, value: Any, path: str, low: int = 0, high: int = 10**6) -> int:
        """An integer in ``low..high``; a boolean or a fraction is refused."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(path, "not_integer", "应为整数", value)
        elif not low <= value <= high:
            self.fault(path, "out_of_range", f"应在 {low} 到 {high} 之间，实为 {value}", value)
        else:
            return value
        return low

    def share(self, value: Any, path: str) -> Fraction:
        """A share in 0..1: a number, a text such as ``1/3``, or ``[1, 3]``; read exactly as written."""
        out: Fraction | None = None
        if isinstance(value, int | float) and not isinstance(value, bool):
            out = Fraction(str(value)) if value == value and abs(value) < 1e9 else None
        elif isinstance(value, str) and re.fullmatch(r"\d+(\.\d+|/0*[1-9]\d*)?", value):
            out = Fraction(value)
        elif isinstance(value, list | tuple) and len(value) == 2 and all(type(v) is int for v in value) and value[1] > 0:
            out = Fraction(value[0], value[1])
        if out is None or not 0 <= out <= 1:
            self.fault(path, "bad_share", "占比应为 0 到 1 之间的数、“1/3”或 [1, 3]", value)
            return Fraction(0)
        return out

    def price(self, value: Any, path: str) -> Fraction:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 10**9:
            return Fraction(str(value))
        self.fault(path, "bad_price", "放宽的单价应为正数；不许放宽的规则不写价格", value)
        return Fraction(1)


def _whole(text: str) -> str:
    """The text with halves of characters replaced by a question mark: UTF-8 has no form for them."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def is_text(value: Any) -> bool:
    """Whether a JSON value holds whole characters only."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(value: Any) -> Any:
    """A value as an error may carry it."""
    if isinstance(value, str):
        return _whole(value)
    return value if isinstance(value, int | float | None) else json.loads(_whole(json.dumps(value, ensure_ascii=False, default=str)))


def digest_of(raw: Any) -> str:
    """SHA-256 over the canonical JSON of the input (sorted keys, no spaces): what a certificate or a draw commits to."""
    text = json.dumps(raw, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
