"""`trihelix allocate`: review panels, dispatch and draws, with proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from trihelix.cli.base import dumps, emit, read_json

EXIT = {"infeasible": 3, "feasible": 4}


def _finish(ctx: click.Context, answer: dict[str, Any], output: str | None, as_json: bool) -> None:
    if output is not None:
        Path(output).write_text(dumps(answer, 1) + "\n", encoding="utf-8")
    emit(answer, as_json, None if output is None else _summary(answer))
    ctx.exit(EXIT.get(answer["status"], 0))


def _summary(answer: dict[str, Any]) -> str:
    """A few lines for a person; the file holds the rest."""
    if answer["status"] == "infeasible":
        lines = [f"无解：{answer['reason']['sentence']}"]
        lines += [f"可改：代价 {r['price']}：{dumps(r['changes'])}" for r in answer["repairs"]]
        return "\n".join(lines)
    word = "已证最优" if answer["status"] == "optimal" else "时限内最好结果"
    return f"{word}：目标 {answer['objective']}，上界 {answer['bound']}，差距 {answer['gap']:.2e}；最差一项 {answer['worst_item_total']}"


@click.command()
@click.argument("problem_file", metavar="P.json")
@click.option("-o", "--output", help="答案文件 / answer file")
@click.option("--time", "time_limit", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True, help="时限（秒）")
@click.option("--verify", "verify_file", metavar="A.json", help="不用求解器核验答案")
@click.option("--json", "as_json", is_flag=True, help="JSON")
@click.pass_context
def allocate(ctx: click.Context, problem_file: str, output: str | None, time_limit: float, verify_file: str | None, as_json: bool) -> None:
    """评审分配、科创专员选派与抽签，附最优性证书。"""
    from trihelix.engines import allocation

    problem = read_json(problem_file)
    if verify_file is not None:
        report = allocation.verify(problem, read_json(verify_file))
        emit(report, as_json)
        ctx.exit(0 if report["ok"] else 3)
    _finish(ctx, allocation.solve(problem, time_limit), output, as_json)
