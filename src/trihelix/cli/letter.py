"""`trihelix letter`: the reply to a proposal regenerated from records, in the form of official papers."""

from __future__ import annotations

from pathlib import Path

import click

from trihelix.cli import setup
from trihelix.cli.base import emit
from trihelix.cli.workdays import parse_date
from trihelix.engines.errors import Refused


@click.command()
@click.option("--as-of", "as_of", metavar="DATE", help="截止日期，默认今天 / the day D of the letter")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Word 文件 / the Word file (.docx)")
@click.option("--html", "as_html", is_flag=True, help="另存网页 / also the HTML twin")
@click.option("--pdf", "as_pdf", is_flag=True, help="另存 PDF / also the PDF")
@click.option("--footnotes", is_flag=True, help="每个数后标指标编号 / mark each number with its figure")
@click.option("--annex/--no-annex", default=True, show_default=True, help="附数字的定义与记录摘要 / annex of figures")
@setup.as_option
@setup.json_option
def letter(
    as_of: str | None, output: Path | None, as_html: bool, as_pdf: bool, footnotes: bool, annex: bool, username: str, as_json: bool
) -> None:
    """答复：由记录生成的复函（GB/T 9704 格式）；缺记录的写明缺项，数字不能手改。"""
    if output is None:
        raise Refused.one("usage", "请用 -o 指定输出文件，例如 -o letter.docx", field="output")
    if output.suffix.lower() != ".docx":
        raise Refused.one(
            "bad_output", f"“{output.name}” 应以 .docx 结尾；网页与 PDF 用 --html、--pdf 另存在旁", field="output", value=str(output)
        )
    if not output.resolve().parent.is_dir():
        raise Refused.one("no_folder", f"目录 {output.parent} 不存在", field="output", value=str(output.parent))
    day = None if as_of is None else parse_date(as_of, "as-of")
    setup.ready()
    from trihelix.engines.documents import official
    from trihelix.engines.documents.web import pdf
    from trihelix.kernel import clock, journal
    from trihelix.registers.figures.letter import build, hovered, plain

    journal.seal_pending()
    built = build(setup.actor(username), day or clock.today(), footnotes=footnotes, annex=annex)
    bare = plain(built.official)
    made = {output: official.docx(bare)}
    if as_html:
        made[output.with_suffix(".html")] = hovered(official.html(built.official), built.answers).encode()
    if as_pdf:
        made[output.with_suffix(".pdf")] = pdf(official.html(bare))
    for path, content in made.items():
        path.write_bytes(content)
    answer = {
        "files": [str(p) for p in made], "number": built.official.number, "day": built.official.day, "seq": built.seq,
        "figures": {k: {"value": x.text, "unit": x.figure.unit, "records": len(x.lines), "digest": x.digest} for k, x in built.answers.items()},
        "gaps": built.gaps,
    }  # fmt: skip
    lines = [f"已生成 {'、'.join(answer['files'])}：{len(built.answers)} 个指标，{len(built.gaps)} 处缺项"]
    emit(answer, as_json, "\n".join(lines + [f"  缺 {g['place']} {g['name']}：{g['reason']}" for g in built.gaps]))
