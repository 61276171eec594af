"""Letter of appointment, three-party agreement, evaluation report of a batch: Word files from the book's texts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from trihelix.engines.documents import Document, docx, parse
from trihelix.engines.documents.blocks import Block, Heading, Paragraph, Table
from trihelix.engines.money import format_wan
from trihelix.kernel import clock
from trihelix.registers.secondments import queries, sheets, terms
from trihelix.registers.secondments.models import Batch, Secondment

PARTIES = {"host": "甲方", "person": "乙方", "home": "丙方"}


def _day(value: dt.date | None) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if value else "　　年　月　日"


def _values(row: Secondment) -> dict[str, str]:
    rule = terms.kind_terms(row.kind)
    served = f"不少于 {row.days_per_year} 天" if row.days_per_year else f"不少于 {row.hours_per_year or rule.get('hours_per_year', 0)} 学时"
    department = row.batch.owner.title if row.batch is not None and row.batch.owner is not None else "（主管部门）"
    signed = (
        "\n\n".join(f"{PARTIES[s['party']]}：{s['name']}（{s['at'][:10]}）" for s in row.signatures) or "甲方：　　　　乙方：　　　　丙方："
    )
    return {
        "person": row.person.title, "host": row.host.title, "home": row.record.owner.title if row.record.owner else "", "title": row.post_title or sheets.KINDS[row.kind][0],
        "kind": sheets.KINDS[row.kind][0], "starts": _day(row.starts_on), "ends": _day(row.ends_on), "days": served, "department": department, "appointed": _day(row.appointed_on),
        "duties": "、".join(sheets.DUTIES[d][0] for d in row.duties) or "按三方商定", "letter": row.letter_no or "（未编号）", "pay": f"{format_wan(row.pay_fen)} 万元" if row.pay_fen else "无",
        "payer": sheets.PAYERS[row.payer][0] if row.payer else "按三方商定", "ip": row.ip_terms or "按法律规定和三方另行约定。", "exit": row.exit_terms or "任何一方提前结束，应提前三十日书面通知，并办理工作交接。",
        "signatures": signed,
    }  # fmt: skip


def letter(row: Secondment) -> bytes:
    """The letter of appointment (聘书)."""
    return docx(Document("聘　书", parse(terms.terms()["letter"].format(**_values(row))), _note(row), issued=row.appointed_on))


def agreement(row: Secondment) -> bytes:
    """The three-party agreement (三方协议), with the signatures given so far."""
    return docx(Document("人才选派三方协议", parse(terms.terms()["agreement"].format(**_values(row))), _note(row), issued=row.appointed_on))


def _note(row: Any) -> str:
    return "演示数据（合成）" if row.record.synthetic else ""


def report(batch: Batch, found: dict[str, Any]) -> bytes:
    """The evaluation report (评估报告) of a batch: every number from the records."""
    blocks: list[Block] = [
        Paragraph(f"截至{_day(clock.today())}，按系统记录统计。只有接收单位确认的服务计入。"),
        Heading(1, "一、规模"),
        Table(("指标", "数值"), (("任命次数", str(found["appointments"])), ("人数（去重）", str(found["people"])), ("接收单位（去重）", str(found["hosts"])), ("续聘", str(found["renewed"])))),
        Heading(1, "二、服务"),
        Table(
            ("指标", "数值"),
            (("服务记录", str(found["logs"])), ("服务天数", str(found["days"])), ("解决问题", str(found["solved"])), ("技术合同到账（万元）", format_wan(found["contract_fen"]))),
        ),
    ]  # fmt: skip
    if found["outputs"]:
        blocks += [
            Heading(1, "三、产出"),
            Table(("类别", "数量"), tuple((sheets.OUTPUTS[k][0], str(n)) for k, n in sorted(found["outputs"].items()))),
        ]
    grades = tuple((sheets.GRADES[g][0], str(found["grades"].get(g, 0))) for g in sheets.GRADES)
    mean = "—" if found["score"] is None else f"{found['score']:.2f}"
    blocks += [Heading(1, "四、评估"), Table(("等次", "人次"), grades), Paragraph(f"平均得分 {mean}。评分标准为待核实的缺省值。")]
    if found["ends"]:
        blocks += [
            Heading(1, "五、提前结束"),
            Table(("原因", "人次"), tuple((sheets.ENDS[k][0], str(n)) for k, n in sorted(found["ends"].items()))),
        ]
    money = tuple((zh, format_wan(found[k])) for k, zh in (("approved", "核定"), ("allotted", "下达"), ("paid", "支付")))
    blocks += [Heading(1, "六、补助（万元）"), Table(("环节", "金额"), money)]
    return docx(Document(f"{batch.title}评估报告", tuple(blocks), _note(batch), issued=clock.today()))


def evaluated(batch: Batch, by: Any) -> bytes:
    """The report with the numbers that the viewer may see."""
    return report(batch, queries.evaluation(batch, by))
