"""Which texts of pages have no English yet: ``python tools/messages.py`` lists them, the test fails for each.

Source texts are Chinese (``{% trans %}``, ``{% blocktrans %}``, ``_()``, ``ngettext()``); English lies in ``locale/en`` of the package
or of the register's own folder. Python is read as syntax, templates by Django's own templatize.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent / "src" / "trihelix"
NAMES = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
CALL = re.compile(r" n?gettext\((u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))")
FIELD = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def python_texts(path: Path) -> Iterator[str]:
    """First arguments of gettext calls in a Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = node.args[0]
            if name in NAMES and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def template_texts(path: Path) -> Iterator[str]:
    """Texts of a Django template."""
    for found in CALL.finditer(templatize(path.read_text(encoding="utf-8"), str(path))):
        yield ast.literal_eval(found[1])


def texts(folder: Path) -> set[str]:
    """All source texts of a folder."""
    out: set[str] = set()
    for path in sorted(folder.rglob("*.py")):
        out.update(python_texts(path))
    for path in sorted(folder.rglob("*.html")):
        out.update(template_texts(path))
    return {t for t in out if t}


def english(folder: Path) -> dict[str, list[str]]:
    """``{source text: English forms}`` of the catalogues in a folder and below."""
    out: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("locale/en/LC_MESSAGES/django.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="en"):
                if message.id and not message.fuzzy:
                    source = message.id[0] if isinstance(message.id, tuple) else message.id
                    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
                    out[source] = [str(f) for f in forms]
    return out


def packages() -> list[Path]:
    """The folders whose texts are shown: site, kernel, and each register."""
    return [ROOT / "site", ROOT / "kernel", *sorted(p.parent for p in (ROOT / "registers").glob("*/__init__.py"))]


def missing(folder: Path) -> list[str]:
    """Source texts of a folder without a complete English one anywhere."""
    held = english(ROOT)
    return sorted(t for t in texts(folder) if t not in held or not all(held[t]))


def unlike() -> list[str]:
    """Source texts whose English names other fields than they do."""
    wrong = []
    for source, forms in english(ROOT).items():
        fields = set(FIELD.findall(source))
        if any(set(FIELD.findall(f)) - fields for f in forms) or not fields <= set(FIELD.findall(forms[-1])):
            wrong.append(source)
    return sorted(wrong)


if __name__ == "__main__":
    for package in packages():
        for text in missing(package):
            print(f"{package.relative_to(ROOT)}: {text}")
