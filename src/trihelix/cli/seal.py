"""`trihelix seal FILE`: encrypt a submission to the public key of its lot, off-line, before it reaches any server."""

from __future__ import annotations

from pathlib import Path

import click

from trihelix.cli.base import emit
from trihelix.engines.errors import Problem, Refused


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--recipient", "recipients", multiple=True, required=True, metavar="age1…", help="标段公钥，可给多个 / public key of the lot")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="缺省为 FILE.age")
@click.option("--json", "as_json", is_flag=True, help="JSON")
def seal(file: Path, recipients: tuple[str, ...], output: Path | None, as_json: bool) -> None:
    """用标段公钥加密投标或申报文件（age 格式）；本机离线完成，原文件不动。"""
    import hashlib

    import pyrage

    from trihelix.cli.bundle import whole_file

    keys, problems = [], []
    for text in dict.fromkeys(recipients):
        try:
            keys.append(pyrage.x25519.Recipient.from_str(text.strip()))
        except pyrage.RecipientError:
            problems.append(Problem("bad_recipient", "公钥无效；应为标段公告中以 age1 开头的一串字符", field="recipient", value=text))
    if problems:
        raise Refused.of(problems)
    target = output or file.with_name(file.name + ".age")
    with whole_file(target) as part:
        pyrage.encrypt_file(str(file), str(part), keys)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    emit(
        {"file": str(target), "bytes": target.stat().st_size, "sha256": digest, "recipients": len(keys)},
        as_json,
        f"已加密为 {target}（SHA-256 {digest}）",
    )
