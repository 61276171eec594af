"""The only writers of contract texts: drafting, versions, confirmation by hash, signing."""

from __future__ import annotations

from typing import Any

from trihelix.engines.contracts import signed_text
from trihelix.engines.contracts.drafting import compose, missing, price_faults
from trihelix.engines.errors import Problem, Refused
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run, action, find
from trihelix.kernel.actor import SYSTEM
from trihelix.kernel.register import register_of
from trihelix.kernel.standard import change_entry, create_entry, editable
from trihelix.registers.contracts import drafts, sheets, signing
from trihelix.registers.contracts.access import SIDES, admit_sides, may_read, others, side_of
from trihelix.registers.contracts.actions.deals import EITHER
from trihelix.registers.contracts.actions.obligations import from_payment_plan
from trihelix.registers.contracts.models import ContractDraft, Deal, DraftVersion, Signature

DERIVED = ("turnover_wan", "technical_wan", "text_version", "text_sha256", "state", "number", "uid", "version", "synthetic")
OWN = tuple(c for c in sheets.DRAFTS.columns if c.name not in DERIVED)
PROVIDERS = {p.id: (p.zh, p.en) for p in signing.PROVIDERS.values()}


def deal_of(a: Run, name: Any) -> Deal:
    """A deal that the actor may write texts and obligations for."""
    record = find(register_of("deals"), name, a.by)
    if not set(EITHER) & a.by.roles_on(record):
        raise Refused.one("not_yours", "只有交易双方或经办站点可以办理", field="deal", value=record.number)
    deal: Deal = record.entry
    return deal


@action(
    "contract_drafts", "create", "起草合同", "Draft a contract", creates=True, roles=("owner", "node", "officer", "operator"), fields=OWN
)
def create(a: Run, draft: ContractDraft, **values: Any) -> None:
    """Start the text of a deal. Refuses deals not open, a sub-kind of another kind, and a second text while one is negotiated."""
    deal = deal_of(a, values["deal"])
    a.require(deal.record.state == "open", "deal_not_open", "双方开启交易后才能起草合同", field="deal", value=deal.record.state)
    held = ContractDraft.objects.filter(deal=deal.record, record__state__in=("drafting", "agreed")).select_related("record").first()
    a.require(held is None, "text_open", f"本交易已有协商中的合同文本 {held.record.number if held else ''}", field="deal")
    side = side_of(deal, a.by)
    create_entry(a, draft, {**values, "deal": str(deal.record.uid)}, owner=getattr(deal, side) if side else deal.record.owner)
    a.record.visibility, a.record.node = "owner", deal.record.node
    a.on_saved.append(lambda: a.link(deal.record, "deal"))
    a.on_saved.append(lambda: admit_sides(a.record, deal, a.now))


@action("contract_drafts", "change", "修改", "Change", roles=EITHER)
def change(a: Run, draft: ContractDraft, **values: Any) -> None:
    """Either side edits the text while it is drafted; versions made already stay as they are."""
    a.require(
        editable(a.register, a.record, a.by), "not_editable", "双方已确认的文本须先形成新版本才能再改", field="state", value=a.record.state
    )
    _open_only(a, draft)
    a.require(
        "deal" not in values or find(register_of("deals"), values["deal"], a.by).pk == draft.deal_id,
        "deal_fixed",
        "合同文本不能换交易",
        field="deal",
    )
    derived = sorted(set(values) & set(DERIVED))
    a.require(not derived, "by_act", "此列由系统写入", field=derived[0] if derived else None)
    values.pop("deal", None)
    change_entry(a, draft, values)


def _open_only(a: Run, draft: ContractDraft) -> Deal:
    deal: Deal = draft.deal.entry
    if not may_read(deal, a.by, _writer(draft, deal)):
        raise Refused.one("nda_first", "双方签署保密约定后才能查看和办理合同文本", field="deal", clause="保密约定")
    return deal


def _writer(draft: ContractDraft, deal: Deal) -> str:
    return next((s for s in SIDES if getattr(deal, f"{s}_id") == draft.record.owner_id), "")


@action("contract_drafts", "fill_clause", "填写条款", "Fill a clause", roles=EITHER, fields=(
    Column("clause", "text", "条款", "Clause", required=True, example="subject"), Column("text", "longtext", "内容", "Text", help="留空即删去，由法律的补充规则处理"),
))  # fmt: skip
def fill_clause(a: Run, draft: ContractDraft, *, clause: str, text: str = "") -> None:
    """Write, change or empty one clause. Refuses clauses that the kind does not have."""
    a.require(a.record.state == "drafting", "not_editable", "双方已确认的文本须先形成新版本才能再改", field="state", value=a.record.state)
    _open_only(a, draft)
    known = {c.id: c for c in drafts.template(draft).of(draft.subkind)}
    a.require(clause in known, "unknown_clause", f"本类合同没有条款 “{clause}”；可用：{'、'.join(known)}", field="clause", value=clause)
    rows = {row["clause"]: row["text"] for row in draft.clauses} | {clause: (text or "").strip()}
    draft.clauses = [{"clause": key, "text": rows[key]} for key in known if rows.get(key)]


@action("contract_drafts", "make_version", "形成版本", "Make a version", fields=(Column("note", "text", "说明", "Note"),))
def make_version(a: Run, draft: ContractDraft, *, note: str = "") -> None:
    """Fix the text as it stands as the next version, named by its hash. Refuses one equal to the last, and sums that do not agree."""
    deal = _open_only(a, draft)
    terms = drafts.engine_terms(draft)
    if faults := price_faults(terms):
        raise Refused.of(Problem("price_conflict", text, field="amount_items") for text in faults)
    made = compose(drafts.template(draft), terms)
    last = draft.versions.last()
    a.require(last is None or last.sha256 != made.sha256, "no_change", f"文本与第 {last.version if last else 0} 版相同", field="note")
    row = DraftVersion.objects.create(
        draft=draft, version=(last.version if last else 0) + 1, title=drafts.title_of(draft), text=made.text, sha256=made.sha256,
        lines=[{"id": x.id, "title": x.title, "text": x.text, "origin": x.origin} for x in made.lines], terms=drafts.structured(draft),
        turnover_fen=draft.turnover_fen, note=(note or "")[:200], side=side_of(deal, a.by) or "desk", at=a.now, by_id=a.by.user_id,
    )  # fmt: skip
    draft.text_version, draft.text_sha256 = row.version, row.sha256
    a.extra["version"] = [last.version if last else None, {"version": row.version, "sha256": row.sha256}]
    a.notify(
        f"合同文本第 {row.version} 版：{a.record.title}", bodies=others(deal, a.by), key=row.sha256[:8],
        en=f"Contract text, version {row.version}: {a.record.title}",
    )  # fmt: skip


def _named(a: Run, draft: ContractDraft, sha256: str) -> DraftVersion:
    """The newest version, which the hash must name: nobody confirms or signs a text they did not mean."""
    last = draft.versions.last()
    digest = sha256.strip().lower()
    if last is None or last.sha256 != digest:
        raise Refused.one("not_this_text", "摘要与最新版本不符：文本已更新，请重新阅读后再办理", field="sha256", value=digest[:80])
    return last


@action("contract_drafts", "confirm_version", "确认版本", "Confirm a version", fields=(
    Column("sha256", "text", "版本 SHA-256", "SHA-256 of the version", required=True),
))  # fmt: skip
def confirm_version(a: Run, draft: ContractDraft, *, sha256: str) -> None:
    """Confirm the newest version by its hash; when both sides did, the text can be signed. Refuses texts that lack a required clause."""
    deal = _open_only(a, draft)
    version = _named(a, draft, sha256)
    lacking = [x for x in missing(compose(drafts.template(draft), drafts.engine_terms(draft)).lines) if x.need == "required"]
    if lacking:
        raise Refused.of(
            Problem("clause_missing", f"缺少“{x.title}”：{x.why}", field="clauses", clause=x.article, value=x.id) for x in lacking
        )
    a.require(
        version.terms == _plain(drafts.structured(draft)),
        "edited_since",
        "形成版本后又有修改，请先形成新版本",
        field="sha256",
        value=version.version,
    )
    sides = [s for s in SIDES if getattr(deal, f"{s}_id") in a.by.bodies and getattr(version, f"{s}_on") is None]
    a.require(sides, "already_confirmed", "贵单位已确认本版本，等待对方", field="sha256")
    for side in sides:
        setattr(version, f"{side}_on", a.today)
    version.save(update_fields=["buyer_on", "seller_on"])
    a.extra["confirmed"] = [None, {"version": version.version, "sha256": version.sha256, "sides": sides}]
    a.go("agreed" if version.buyer_on and version.seller_on else "drafting")
    a.notify(
        f"对方已确认合同文本第 {version.version} 版：{a.record.title}",
        bodies=others(deal, a.by),
        key=f"c{version.version}",
        en=f"Version confirmed: {a.record.title}",
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    from trihelix.kernel.action import plain

    return dict(plain(values))


@action("contract_drafts", "sign_text", "签署", "Sign", fields=(
    Column("sha256", "text", "版本 SHA-256", "SHA-256 of the version", required=True), Column("signer", "text", "签署人", "Signer", required=True),
    Column("provider", "choice", "签名方式", "Provider", choices=PROVIDERS),
))  # fmt: skip
def sign_text(a: Run, draft: ContractDraft, *, sha256: str, signer: str, provider: str = "local") -> None:
    """Sign the confirmed version by its hash. With both signatures the deal is signed and the payment plan becomes obligations."""
    deal = _open_only(a, draft)
    version = _named(a, draft, sha256)
    sides = [s for s in SIDES if getattr(deal, f"{s}_id") in a.by.bodies and not version.signatures.filter(side=s).exists()]
    a.require(sides, "already_signed", "贵单位已签署，等待对方", field="sha256")
    for side in sides:
        payload = {
            "kind": signed_text.KIND, "document": a.record.number, "version": version.version, "text_sha256": version.sha256, "side": side,
            "party": getattr(deal, side).title, "signer": signer.strip(), "at": a.now.isoformat(),
        }  # fmt: skip
        envelope = signing.provider(provider or "local").sign(payload)
        fault = signed_text.fault_of(envelope, version.sha256)
        a.require(not fault, "signature_invalid", f"签名核对不通过：{fault}", field="provider", value=provider)
        Signature.objects.create(
            version=version,
            side=side,
            provider=provider or "local",
            signer=payload["signer"],
            envelope=envelope,
            at=a.now,
            by_id=a.by.user_id,
        )
    a.extra["signed"] = [None, {"version": version.version, "sha256": version.sha256, "sides": sides, "provider": provider or "local"}]
    done = set(version.signatures.values_list("side", flat=True)) >= set(SIDES)
    a.go("signed" if done else "agreed")
    a.notify(
        f"对方已签署：{a.record.title}", bodies=others(deal, a.by), key=f"s{version.version}", en=f"The other side signed: {a.record.title}"
    )
    if done:
        draft.signed_on = a.today
        a.after_saved(lambda: _conclude(a, draft, deal, version))


def _conclude(a: Run, draft: ContractDraft, deal: Deal, version: DraftVersion) -> None:
    register_of("deals").acts["sign"].run(
        by=SYSTEM, record=deal.record, amount_wan=version.turnover_fen or deal.amount_fen or 0, signed_on=a.today, text_sha256=version.sha256,
        draft=a.record, now=a.now,
    )  # fmt: skip
    from_payment_plan(draft, deal, a.now)
