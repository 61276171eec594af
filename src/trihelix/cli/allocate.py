"""`trihelix allocate`: review panels, dispatch and draws, with proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from trihelix.cli.base import dumps, emit, read_json
from trihelix.engines.errors import Refused

EXIT = {"infeasible": 3, "feasible": 4}


def _finish(ctx: click.Context, answer: dict[str, Any], output: str | None, as_json: bool, extra: dict[str, Any] | None = None) -> None:
    """Write the file, print the answer (or a summary beside a file), leave with the exit code of its status."""
    if output is not None:
        Path(output).write_text(dumps(answer, 1) + "\n", encoding="utf-8")
    emit({**answer, **(extra or {})}, as_json, None if output is None else _summary(answer))
    ctx.exit(EXIT.get(answer["status"], 0))


def _summary(answer: dict[str, Any]) -> str:
    """A few lines for a person; the file holds the rest."""
    if answer["status"] == "infeasible":
        lines = [f"无解：{answer['reason']['sentence']}"]
        lines += [f"可改：代价 {r['price']}：{dumps(r['changes'])}" for r in answer["repairs"]]
        return "\n".join(lines)
    word = "已证最优" if answer["status"] == "optimal" else "时限内最好结果"
    if "gap" not in answer:
        return f"{word}：换人后总分 {answer['objective']}，减少 {answer['loss']}，保留 {answer['kept']} 席"
    return f"{word}：目标 {answer['objective']}，上界 {answer['bound']}，差距 {answer['gap']:.2e}；最差一项 {answer['worst_item_total']}"


def _one_mode(modes: dict[str, Any]) -> None:
    chosen = [name for name, value in modes.items() if value]
    if len(chosen) > 1:
        raise Refused.one("one_mode", f"这些选项一次只能用一个：{'、'.join(chosen)}", field=chosen[1], value=chosen)


@click.command()
@click.argument("problem_file", metavar="P.json")
@click.option("-o", "--output", metavar="A.json", help="答案文件 / answer file")
@click.option(
    "--time", "time_limit", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True, help="时限（秒）/ seconds"
)
@click.option("--verify", "verify_file", metavar="A.json", help="不用求解器核验答案 / check an answer without a solver")
@click.option("--why", nargs=2, metavar="ITEM EXPERT", help="强制这一组合的确切损失 / exact loss of forcing the pair")
@click.option("--draw", is_flag=True, help="按最优概率抽签 / draw from the optimal probabilities")
@click.option("--seed-commit", metavar="HASH", help="事先公布的承诺值 / commitment published before")
@click.option("--beacon", metavar="TEXT", help="事后公布的公共随机数 / public value known after")
@click.option("--replay", "replay_file", metavar="A.json", help="重演抽签 / draw again from a published answer")
@click.option("--replace", nargs=2, metavar="ITEM EXPERT", help="该专家退出该项，其余变动最少 / least-disturbance replacement")
@click.option("--current", metavar="A.json", help="--replace 所依据的现有安排，缺省为最优解 / the assignment in force")
@click.option("--json", "as_json", is_flag=True, help="JSON")
@click.pass_context
def allocate(
    ctx: click.Context, problem_file: str, output: str | None, time_limit: float, verify_file: str | None, why: tuple[str, str] | None,
    draw: bool, seed_commit: str | None, beacon: str | None, replay_file: str | None, replace: tuple[str, str] | None,
    current: str | None, as_json: bool,
) -> None:  # fmt: skip
    """评审分配、科创专员选派与抽签，附最优性证书。退出码：0 最优，3 无解，4 时限内最好结果，2 题目有误。"""
    from trihelix.engines import allocation

    _one_mode({"--verify": verify_file, "--why": why, "--draw": draw, "--replay": replay_file, "--replace": replace})
    if (seed_commit or beacon) and not draw:
        raise Refused.one("draw_only", "--seed-commit 和 --beacon 只与 --draw 一起使用", field="--draw")
    problem = read_json(problem_file)
    if verify_file is not None:
        report = allocation.verify(problem, read_json(verify_file))
        emit(report, as_json)
        ctx.exit(0 if report["ok"] else 3)
    elif why:
        emit(allocation.why(problem, *why, time_limit=time_limit), as_json)
    elif draw:
        _finish(ctx, allocation.draw(problem, seed_commit or "", beacon or "", time_limit), output, as_json)
    elif replay_file is not None:
        answer, identical = allocation.replay(problem, read_json(replay_file))
        if not identical:
            _finish(
                ctx,
                {**answer, "status": "infeasible", "reason": {"sentence": "重演结果与公布的结果不一致"}},
                output,
                as_json,
                {"identical": False},
            )
        _finish(ctx, answer, output, as_json, {"identical": True})
    elif replace:
        _finish(ctx, allocation.replacement(problem, *replace, read_json(current) if current else None, time_limit), output, as_json)
    else:
        _finish(ctx, allocation.solve(problem, time_limit), output, as_json)
