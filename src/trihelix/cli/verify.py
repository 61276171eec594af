"""`trihelix verify`: replay the journal of this data folder, or of a backup bundle or exported chain."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from trihelix.cli import bundle as bundles
from trihelix.cli import setup
from trihelix.cli.base import emit
from trihelix.engines.errors import Refused

NEGATIVE = 3  # a proven negative answer


def parse_head(text: str) -> tuple[int, str] | None:
    """``SEQ:HASH`` noted elsewhere."""
    if not text:
        return None
    seq, sign, digest = text.partition(":")
    if not sign or not seq.isdigit() or len(digest) != 64:
        raise Refused.one("bad_head", "链头应写成 序号:64 位十六进制摘要", field="head", value=text)
    return int(seq), digest.lower()


def _bundle(path: Path, head: tuple[int, str] | None) -> dict[str, Any]:
    """Check a bundle: every member's hash, then its chain up to the head of its manifest."""
    from trihelix.engines import bundle as decisions
    from trihelix.engines.contracts import signed_text
    from trihelix.kernel.evidence import check_rows

    raw = path.read_bytes()
    if decisions.is_decision(raw):
        return decisions.verify(raw)
    if signed_text.is_signed_text(raw):
        return signed_text.verify(raw)
    if path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            return check_rows(lines, path.name, head)
    with tempfile.TemporaryDirectory(prefix="trihelix-verify-") as scratch:
        manifest = bundles.extract(path, Path(scratch))
        noted = (manifest["head"]["seq"], manifest["head"]["hash"])
        with (Path(scratch) / "journal.jsonl").open(encoding="utf-8") as lines:
            return {**check_rows(lines, path.name, head or noted), "members": len(manifest["members"]), "made_at": manifest["made_at"]}


@click.command()
@click.argument("bundle", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--head", "head_text", default="", metavar="SEQ:HASH", help="另处记下的链头，用以发现被截断的尾部 / a head noted elsewhere")
@setup.json_option
def verify(bundle: Path | None, head_text: str, as_json: bool) -> None:
    """重放流水链，指出被改动、删除、插入或截断的条目；给出备份包时校验备份包。"""
    head = parse_head(head_text)
    setup.ready(tables=bundle is None)
    if bundle is not None:
        answer = _bundle(bundle, head)
    else:
        from trihelix.kernel import journal
        from trihelix.kernel.models import JournalSeal

        answer = journal.verify()
        if head and JournalSeal.objects.filter(seq=head[0]).values_list("hash", flat=True).first() != head[1]:
            text = f"第 {head[0]} 号封条与给定的链头不符，或已不存在"
            answer = {
                **answer,
                "ok": False,
                "faults": [*answer["faults"], {"seq": head[0], "entry": None, "action": None, "fault": "cut", "message": text}],
            }
    if "verdict" in answer and answer["ok"]:
        emit(answer, as_json, f"✓ 决定案卷完整：{answer['subject']}，{answer['made_at']}")
        return
    if "signers" in answer and answer["ok"]:
        names = "；".join(f"{s['party']} {s['signer']}（{s['provider']}）" for s in answer["signers"])
        emit(answer, as_json, f"✓ 签名合同完整：{answer['subject']}；{names}；签名根证书 {'、'.join(answer['roots']) or '无'}")
        return
    lines = (
        [f"✓ 流水链完整：{answer['sealed']} 条，链头 {answer['head'][:16]}…"]
        if answer["ok"]
        else [f"✗ {f['message'] if isinstance(f, dict) else f}" for f in answer["faults"]]
    )
    emit(answer, as_json, "\n".join(lines))
    if not answer["ok"]:
        raise click.exceptions.Exit(NEGATIVE)
