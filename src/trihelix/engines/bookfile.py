"""Read a book's YAML strictly: duplicate keys are errors, and every mapping remembers its file and line.

Books are data that officials edit, so each refusal must say the file, the line and what to do
(the habit is OpenFisca's parameter loader).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from trihelix.engines.errors import Problem, Refused


class Node(dict[str, Any]):
    """A YAML mapping that knows its ``file``, its ``line`` and the line of each key (1-based)."""

    file: str = ""
    line: int = 0
    lines: dict[str, int]

    def where(self, key: str | None = None) -> str:
        """``file:line`` of the mapping or of one of its keys."""
        line = self.lines.get(key, self.line) if key is not None else self.line
        return f"{self.file}:{line}"


class BookError(Refused):
    """A book file is wrong; the message begins with file and line."""

    @classmethod
    def at(cls, node: Node, key: str | None, code: str, message: str) -> BookError:
        return cls(Problem(code, f"{node.where(key)}: {message}", field=key))


# LibYAML's parser where the wheel brings it: ten times faster, the same values and marks.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    book_name = ""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Iterator[Node]:
    out = Node()
    out.file, out.line, out.lines = loader.book_name, node.start_mark.line + 1, {}
    yield out
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        key = key if isinstance(key, str) else str(key)
        if key in out:
            raise BookError(Problem("duplicate_key", f"{out.file}:{line}: 键 “{key}” 重复", field=key))
        try:
            out[key] = loader.construct_object(value_node, deep=True)
        except ValueError as exc:  # a date that is none, such as 2025-13-40
            raise BookError(Problem("yaml", f"{out.file}:{line}: 键 “{key}” 的值无效：{exc}", field=key)) from exc
        out.lines[key] = line


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_text(text: str, name: str) -> Any:
    """Parse YAML text; ``name`` is the file shown in errors."""
    try:
        loader = _Loader(text)
        loader.book_name = name
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise BookError(Problem("yaml", f"{name}:{line}: YAML 语法错误：{exc.problem}")) from exc
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1 if isinstance(exc.position, int) else 1
        raise BookError(Problem("yaml", f"{name}:{line}: YAML 语法错误：不能有控制字符 {exc.character!r}")) from exc
    except (ValueError, RecursionError) as exc:  # a value that is none, nesting without end
        raise BookError(Problem("yaml", f"{name}:1: YAML 语法错误：{exc}")) from exc


def load_file(path: Path, root: Path | None = None) -> Any:
    """Parse one YAML file; errors show its path relative to ``root``."""
    name = str(path.relative_to(root)) if root else str(path)
    return load_text(path.read_text(encoding="utf-8"), name)


def check_keys(node: Node, *, required: Iterable[str] = (), optional: Iterable[str] = ()) -> None:
    """Refuse unknown and missing keys of a mapping, by name, with file and line."""
    required = list(required)
    known = {*required, *optional}
    problems = [
        Problem("unknown_key", f"{node.where(k)}: 未知的键 “{k}”；可用：{', '.join(sorted(known))}", field=k)
        for k in node
        if k not in known
    ]
    problems += [Problem("missing_key", f"{node.where()}: 缺少键 “{k}”", field=k) for k in required if k not in node]
    if problems:
        raise BookError(*problems)
