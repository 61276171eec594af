"""Declaration of the services registers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trihelix.engines.codes import check_credit_code
from trihelix.engines.errors import Problem
from trihelix.kernel.actor import Actor
from trihelix.kernel.checks import fill, not_negative, order, past
from trihelix.kernel.models import Record
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.kernel.standard import standard_actions
from trihelix.kernel.values import lookup
from trihelix.registers.parties.register import NODES
from trihelix.registers.services import flow, models, sheets


def _stars(row: Mapping[str, Any]) -> Iterable[Problem]:
    if row.get("satisfaction") is not None and not 1 <= row["satisfaction"] <= 5:
        yield Problem("out_of_range", "满意度为 1 到 5 的整数", field="satisfaction", value=row["satisfaction"])


def _agreed(record: Record) -> set[tuple[str, int]]:
    """A side that agreed to the mandate waits for the other; one for whom nobody acts is not asked."""
    case = models.BrokerageCase.objects.get(record=record)
    asked = {getattr(case, f"{s}_id") for s in ("buyer", "seller") if case.mandate in (s, "both") and not getattr(case, f"{s}_agreed_on")}
    return {("agree", body) for body in {case.buyer_id, case.seller_id} - asked if body}


def _own_node(row: Mapping[str, Any], context: Mapping[str, Any], name: str) -> Iterable[Problem]:
    """A station's people write for their own node and those below it."""
    by = context.get("by")
    if by is None or by.sees_all or not by.node_ids or not row.get(name):
        return
    own = Record.objects.filter(pk__in=by.node_ids).values_list("ref", "number", "title", "uid")
    if str(row[name]) not in {str(v) for values in own for v in values}:
        yield Problem("not_your_node", f"“{row[name]}” 不是您的站点；请填写本站点或下级站点", field=name, value=str(row[name]))


def _check_offer(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from order(row, "valid_from", "valid_to")
    yield from not_negative(row, "price_yuan", "promise_days")
    yield from _own_node(row, context, "node")
    if row.get("pricing") == "fixed" and row.get("price_yuan") is None:
        yield Problem("required", "明码标价须填写价格", field="price_yuan")
    if row.get("pricing") in (None, "", "free") and row.get("price_yuan"):
        yield Problem("price_when_free", "免费服务不填价格；请改为明码标价", field="price_yuan", value=row["price_yuan"])


def _check_service(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "served_on", "confirmed_on")
    yield from order(row, "served_on", "confirmed_on")
    yield from not_negative(row, "persons", "price_yuan")
    yield from _stars(row)
    if not row.get("client") and not row.get("client_name"):
        yield Problem("required", "请填写客户，或未登记客户的名称", field="client")
    if row.get("client_code"):
        yield from check_credit_code(row["client_code"], "client_code").problems
    if context.get("import"):
        yield from _own_node(row, context, "organiser")
        if row.get("state") == "confirmed" and not row.get("confirmed_on"):
            yield Problem("required", "已确认的服务须填写客户确认日期", field="confirmed_on")


def _check_campaign(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from order(row, "starts_on", "ends_on")


def _check_visit(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "visited_on")


def _check_researcher(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from past(row, "started_on")
    yield from order(row, "started_on", "ended_on")
    yield from not_negative(row, "persons", "amount_wan", "hours")
    yield from _stars(row)
    if row.get("provider_kind") == "joint_laboratory" and not row.get("laboratory") and not row.get("laboratory_name"):
        yield Problem("required", "请填写联合实验室，未登记的填写名称", field="laboratory")
    if row.get("laboratory") and row.get("laboratory_name"):
        yield Problem("laboratory_twice", "已选登记的联合实验室的，不再填写名称", field="laboratory_name", value=row["laboratory_name"])


def _known_laboratories(rows: list[tuple[int, dict[str, Any]]], by: Actor) -> Iterable[Problem]:
    """A laboratory that the register of platforms does not hold is kept by its name."""
    found = lookup("platforms", {str(row["laboratory"]) for _, row in rows if row.get("laboratory")}, by)
    for _, row in rows:
        if row.get("laboratory") and str(row["laboratory"]) not in found and not row.get("laboratory_name"):
            row["laboratory_name"], row["laboratory"] = str(row["laboratory"]), None
    return ()


def _check_broker(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from order(row, "graded_on", "valid_to")
    yield from order(row, "joined_on", "left_on")
    if row.get("alliance") and not row.get("joined_on"):
        yield Problem("required", "联盟成员须填写入盟日期", field="joined_on")


def _check_brokerage(row: Mapping[str, Any], context: Mapping[str, Any]) -> Iterable[Problem]:
    yield from not_negative(row, "rate_percent", "case_cap_wan", "year_cap_wan", "base_wan")
    if row.get("buyer") and row.get("buyer") == row.get("seller"):
        yield Problem("same_party", "买方与卖方不能是同一单位", field="seller", value=row["seller"])
    if row.get("mandate") == "both" and not row.get("disclosed"):
        yield Problem("double_mandate_hidden", "同时受双方委托须事先向双方披露，请勾选已披露", field="disclosed", clause="双重受托")
    if row.get("rule") and row.get("rate_percent") is not None:
        yield Problem("two_rates", "佣金规则与自定费率只填一项", field="rate_percent")
    for name in ("rate_percent", "buyer_share_percent"):
        if row.get(name) is not None and not 0 <= row[name] <= 100:
            yield Problem("out_of_range", "比例应在 0 与 100 之间", field=name, value=str(row[name]))
    if context.get("import") and not row.get("number") and row.get("commission_wan") is not None:
        yield Problem("computed", "佣金由系统按规则核定，导入时请留空", field="commission_wan")


def _coded(name: str, **defaults: str) -> Callable[[dict[str, Any]], None]:
    """Fill blanks, and write the code in ``name`` without spaces, in capitals."""
    filled = fill(**defaults)

    def prepare(values: dict[str, Any]) -> None:
        filled(values)
        if name in values:
            values[name] = (values[name] or "").replace(" ", "").upper()

    return prepare


def _offer_doc(offer: models.Offer) -> dict[str, Any]:
    return document(
        offer,
        text=[sheets.SERVICES[offer.kind][0], offer.description, offer.node.title],
        facets={"kind_of": [offer.kind]},
        holder=offer.node.title,
    )


def _broker_doc(broker: models.Broker) -> dict[str, Any]:
    return document(broker, text=[broker.introduction, *broker.fields], facets={"field": broker.fields, "region": [broker.division]})


OFFERS = declare(
    Register(
        "service_offers", models.Offer, "服务目录", "Service offer", "FM", flow.OFFER, sheets.OFFERS, area="deals",
        help_zh="“1+10+N”技术市场的八类服务：谁提供、收不收费、几个工作日办结。", help_en="The eight services of the 1 + 10 + N market: who, at what price, within how many working days.",
        list_columns=("number", "title", "kind", "node", "pricing", "promise_days", "state"), filters=("kind", "node", "pricing"),
        create_roles=("owner", "node", "officer", "operator"), refs={"node": "nodes"}, owner_required=False, import_state="offered", import_visibility="public",
        check=_check_offer, prepare=fill(pricing="free"), node_of=lambda offer: offer.node, search_doc=_offer_doc, panels=("services/_offer.html",),
    )
)  # fmt: skip
REQUESTS = declare(
    Register(
        "service_requests", models.ServiceRequest, "服务申请", "Service request", "FQ", flow.REQUEST, sheets.REQUESTS, area="deals", deadlines={"deliver": "due_on"},
        help_zh="向站点申请服务；从申请之日起按目录承诺的工作日办结。", help_en="Ask a node for a service; it is due within the working days promised in the catalogue.",
        list_columns=("number", "title", "owner", "kind", "node", "due_on", "state"), filters=("kind", "node", "due_on", "owner"), public=False,
        refs={"offer": "service_offers", "node": "nodes", "need": "needs", "result": "results"}, change_states=("asked",),
        personal=frozenset({"contact_name", "contact_phone"}), import_visibility="node", node_of=lambda request: request.node,
    )
)  # fmt: skip
SERVICES = declare(
    Register(
        "services", models.Service, "服务记录", "Service", "FW", flow.SERVICE, sheets.SERVICE, area="deals",
        help_zh="每一次服务是一条记录：类别、组织站点、客户类型、结果、佐证，并由客户确认。", help_en="Each service is a record: kind, organising node, client kind, outcome, evidence, confirmed by the client.",
        list_columns=("number", "title", "kind", "organiser", "client_kind", "served_on", "satisfaction", "state"),
        filters=("kind", "channel", "organiser", "client_kind", "client", "served_on", "outcome"), public=False, owner_required=False,
        create_roles=("node", "officer", "operator"), change_states=("recorded", "asked", "disputed"), import_state="recorded", import_visibility="node",
        refs={"organiser": "nodes", "client": "bodies", "request": "service_requests", "need": "needs", "result": "results", "event": "events"},
        check=_check_service, prepare=_coded("client_code", channel="window"), node_of=lambda service: service.organiser,
    )
)  # fmt: skip
CAMPAIGNS = declare(
    Register(
        "visit_campaigns", models.Campaign, "走访批次", "Visit campaign", "ZFP", flow.CAMPAIGN, sheets.CAMPAIGNS, area="needs", deadlines={"close": "ends_on"},
        help_zh="一次走访调研：谁组织、计划走访哪些企业、走访了哪些、提出了哪些需求。", help_en="A campaign of visits: by whom, firms planned and visited, needs raised.",
        list_columns=("number", "title", "owner", "owner_kind", "starts_on", "ends_on", "state"), filters=("owner_kind", "owner", "starts_on"), public=False,
        links={"firms": ("bodies", "planned")}, import_state="running", import_visibility="members", check=_check_campaign, panels=("services/_campaign.html",),
    )
)  # fmt: skip
VISITS = declare(
    Register(
        "visits", models.Visit, "走访记录", "Visit", "ZF", flow.VISIT, sheets.VISITS, area="needs",
        help_zh="走访一家企业一条记录；企业数按不同企业计。", help_en="One record a visit; firms are counted distinct.",
        list_columns=("number", "title", "firm", "campaign", "visited_on", "owner", "state"), filters=("campaign", "firm", "visited_on", "owner"), public=False,
        refs={"campaign": "visit_campaigns", "firm": "bodies"}, links={"needs": ("needs", "raised")}, personal=frozenset({"met"}),
        import_state="recorded", import_visibility="node", check=_check_visit, prepare=fill(way="on_site"), panels=("services/_visit.html",),
    )
)  # fmt: skip
RESEARCHER_SERVICES = declare(
    Register(
        "researcher_services", models.ResearcherService, "科研人员服务企业", "Researchers' service", "KF", flow.RESEARCHER_SERVICE, sheets.RESEARCHER_SERVICES, area="deals",
        help_zh="高校、联合实验室的科研人员为企业做技术开发、技术服务、技术咨询、人员培训，由企业确认，可关联技术合同。",
        help_en="Development, service, consulting and training by researchers, confirmed by the firm, linked to the contract.",
        list_columns=("number", "title", "owner", "kind", "firm", "started_on", "amount_wan", "state"), filters=("kind", "provider_kind", "laboratory", "owner", "firm", "started_on"),
        public=False, refs={"laboratory": "platforms", "researcher": "people", "firm": "bodies", "contract": "contracts"}, keyed=_known_laboratories, change_states=("recorded", "disputed"),
        import_state="recorded", import_visibility="node", check=_check_researcher,
    )
)  # fmt: skip
BROKERS = declare(
    Register(
        "brokers", models.Broker, "技术经理人", "Technology manager", "JR", flow.BROKER, sheets.BROKERS, area="people",
        help_zh="技术经理人（科技经纪人）名册：级别、培训、联盟、经办业务。", help_en="Technology managers: grade, training, alliance, cases.",
        list_columns=("number", "title", "owner", "grade", "division", "alliance", "state"), filters=("grade", "division", "fields", "alliance", "kind", "owner"),
        refs={"person": "people"}, change_states=("applied",), personal=frozenset({"phone", "email"}),
        import_state="registered", import_visibility="public", check=_check_broker, prepare=_coded("certificate_no", kind="person"), search_doc=_broker_doc,
        panels=("services/_broker.html",),
    )
)  # fmt: skip
BROKERAGES = declare(
    Register(
        "brokerages", models.BrokerageCase, "经纪业务", "Brokerage case", "JJY", flow.BROKERAGE, sheets.BROKERAGES, area="deals", rests=_agreed,
        help_zh="技术经理人受一方或双方委托促成交易；双重受托须披露，佣金由系统按规则与上限计算。",
        help_en="A broker's case for one or both sides; a double mandate is shown, the commission is computed by rule with caps.",
        list_columns=("number", "title", "broker", "mandate", "buyer", "seller", "commission_wan", "state"), filters=("mandate", "broker", "opened_on", "rule"),
        public=False, change_states=("opened",), import_visibility="node", check=_check_brokerage, panels=("services/_brokerage.html",),
        refs={"broker": "brokers", "buyer": "bodies", "seller": "bodies", "need": "needs", "result": "results", "match": "matches", "deal": "deals", "contract": "contracts"},
    )
)  # fmt: skip
ACKS = declare(
    Register(
        "exchange_acks", models.ExchangeAck, "交换回执", "Exchange acknowledgement", "JH", flow.ACK, sheets.ACK, area="data",
        help_zh="全国平台等节点对变更流的回执；同一变更只有一条，重发不重复。", help_en="Acknowledgements of partner nodes; one a change, repeats change nothing.",
        list_columns=("number", "peer", "seq", "status", "remote_id", "updated_at"), filters=("peer", "status"), public=False, owner_required=False,
        create_roles=("officer", "operator"), import_state="received", import_visibility="owner",
    )
)  # fmt: skip
ALL = (OFFERS, REQUESTS, SERVICES, CAMPAIGNS, VISITS, RESEARCHER_SERVICES, BROKERS, BROKERAGES, ACKS)
NODES.panels = (*NODES.panels, "services/_node.html")

from trihelix.registers.services import actions, figures  # noqa: E402, F401

for _register in ALL:
    standard_actions(_register)
