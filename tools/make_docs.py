"""Write the generated parts of the documentation: state diagrams, columns and acts of every register, and the list of error codes.

Run ``python tools/make_docs.py``; ``--check`` says which pages are out of date and exits 1. Hand-written text around the marked blocks stays.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trihelix.site.settings")
os.environ.setdefault("TRIHELIX_HOME", tempfile.mkdtemp(prefix="trihelix-docs-"))


def register_block(register) -> str:
    """State diagram, acts and columns of one register."""
    from trihelix.engines.flow import mermaid

    lines = [
        f"### {register.en} ({register.zh}) — `{register.id}`, numbers `{register.prefix}-YYYY-NNNNNN`",
        "",
        register.help_en or register.help_zh,
        "",
    ]
    lines += [
        "```mermaid",
        mermaid(register.flow, "en").rstrip(),
        "```",
        "",
        "| Act | 中文 | From | To | Who | Clock |",
        "|---|---|---|---|---|---|",
    ]
    for t in register.flow.transitions:
        to = ", ".join(dict.fromkeys((t.target, *t.targets)))
        lines.append(f"| `{t.act}` | {t.zh} | {', '.join(t.sources)} | {to} | {', '.join(t.roles)} | {t.clock or ''} |")
    moved = {t.act for t in register.flow.transitions}
    for name, act in sorted(register.acts.items()):
        if name not in moved and not act.hidden:
            lines.append(f"| `{name}` | {act.zh} | | | {', '.join(act.roles)} | |")
    lines += ["", "| Column | 中文 | Kind | Unit | Required |", "|---|---|---|---|---|"]
    for c in register.sheet.columns:
        lines.append(f"| `{c.name}` | {c.zh} | {c.kind} | {c.unit or ''} | {'yes' if c.required else ''} |")
    return "\n".join(lines)


def replace_block(text: str, name: str, body: str) -> str:
    """Put a generated block between its markers, or at the end where there are none."""
    start, end = f"<!-- generated: {name} -->", "<!-- end -->"
    block = f"{start}\n{body}\n{end}"
    pattern = re.compile(re.escape(start) + r".*?" + re.escape(end), re.S)
    return pattern.sub(lambda _: block, text) if pattern.search(text) else text.rstrip() + "\n\n" + block + "\n"


def error_codes() -> list[tuple[str, str]]:
    """``(code, first message)`` of every refusal in the source, found in the syntax tree."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = {"Problem": 0, "one": 0, "wrong": 1, "refuse": 0, "require": 1, "Guard": 0, "at": 2}.get(name)
            if place is None or len(node.args) <= place + 1:
                continue
            code, message = node.args[place], node.args[place + 1]
            if isinstance(code, ast.Constant) and isinstance(code.value, str) and re.fullmatch(r"[a-z][a-z0-9_]*", code.value):
                found.setdefault(code.value, _text(message))
    return sorted(found.items())


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)
    return "…"


def pages() -> dict[Path, str]:
    """Every generated page with the text it should have."""
    import django

    django.setup()
    from trihelix.kernel.register import REGISTERS

    out: dict[Path, str] = {}
    for register in REGISTERS.values():
        app = register.model._meta.app_label
        path = DOCS / "registers" / f"{app}.md"
        text = out.get(path) or (path.read_text(encoding="utf-8") if path.exists() else f"# {app.title()}\n")
        out[path] = replace_block(text, f"register {register.id}", register_block(register))
    rows = "\n".join(f"| `{code}` | {message.replace('|', '/')} |" for code, message in error_codes())
    path = DOCS / "errors.md"
    head = path.read_text(encoding="utf-8") if path.exists() else "# Error codes\n\nStable codes of refusals, read from the code.\n"
    out[path] = replace_block(head, "codes", f"| Code | Message (first use) |\n|---|---|\n{rows}")
    return out


def main() -> int:
    stale = []
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(("out of date: " if "--check" in sys.argv else "wrote ") + str(path.relative_to(ROOT)))
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
