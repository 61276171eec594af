"""Declarations of institutes, councils, parks, investments, partners, clients and prospects."""

from __future__ import annotations

from typing import Any

from trihelix.kernel.checks import fill
from trihelix.kernel.register import Register, declare
from trihelix.kernel.search_docs import document
from trihelix.registers.networks import checks, models
from trihelix.registers.networks.checks import rules
from trihelix.registers.networks.flow import others as flow
from trihelix.registers.networks.sheets import institute as isheets
from trihelix.registers.networks.sheets import others as sheets

OF = {"institute": "institutes", "network": "networks"}


def _partner_doc(partner: models.Partner) -> dict[str, Any]:
    text = [sheets.PARTNERS[partner.kind][0], partner.offers, partner.looks_for, partner.place]
    return document(partner, text=text, facets={"kind_of": [partner.kind], "field": partner.fields})


INSTITUTES = declare(
    Register(
        "institutes", models.Institute, "研究院与专业所", "Institute", "YJY", flow.INSTITUTE, isheets.INSTITUTE, area="platforms",
        help_zh="研究院：章程、理事会、院长、运营公司、出资方；下设专业所。", help_en="The institute: charter, council, president, company, investors; professional institutes below.",
        list_columns=("number", "title", "kind", "owner", "parent", "president", "founded_on", "state"), filters=("kind", "parent", "fields", "owner"),
        refs={"parent": "institutes", "network": "networks", "company": "bodies"}, check=rules(past=("charter_on", "founded_on"), positive=("capital_wan",), more=checks.shares),
        import_state="running", import_visibility="public", create_roles=("owner", "officer", "operator"), panels=("networks/_institute.html", "networks/_composition.html"),
    )
)  # fmt: skip
SEATS = declare(
    Register(
        "council_seats", models.CouncilSeat, "理事会席位", "Council seat", "XW", flow.SEAT, isheets.SEAT, area="platforms",
        help_zh="理事会、董事会、监事会、专家委员会的席位与任期。", help_en="Seats of councils, boards and committees with their terms.", list_columns=("number", "title", "institute", "network", "organ", "position", "owner", "term_to", "state"),
        filters=("institute", "network", "organ", "position", "owner"), refs={**OF, "person": "people"}, check=rules(past=("ended_on",), order=(("starts_on", "term_to"), ("starts_on", "ended_on")), exactly=(("institute", "network"),)),
        prepare=fill(organ="council"), import_state=lambda row: "ended" if row.get("ended_on") else "serving", import_visibility="public", personal=frozenset({"person_name"}),
    )
)  # fmt: skip
RESOLUTIONS = declare(
    Register(
        "council_resolutions", models.Resolution, "理事会决议", "Resolution", "LJY", flow.RESOLUTION, isheets.RESOLUTION, area="platforms", deadlines={"carry_out": "due_on"},
        help_zh="决议的表决、落实单位与期限。", help_en="Votes, who carries out, by when.", list_columns=("number", "title", "institute", "network", "met_on", "in_charge", "due_on", "state"),
        filters=("institute", "network", "met_on", "in_charge"), public=False, refs={**OF, "in_charge": "bodies"},
        check=rules(past=("met_on", "done_on"), positive=("in_favour", "against", "abstained"), order=(("met_on", "due_on"), ("met_on", "done_on")), exactly=(("institute", "network"),)),
        import_state=lambda row: "carried_out" if row.get("done_on") else "adopted" if row.get("in_favour") is not None else "tabled", import_visibility="node",
    )
)  # fmt: skip
LABS = declare(
    Register(
        "institute_labs", models.InstituteLab, "专业所企业重点实验室", "Firm laboratory of an institute", "ZSY", flow.LAB, isheets.LAB, area="platforms",
        help_zh="专业所与成员企业共建的企业重点实验室。", help_en="Key laboratories that institutes build with member firms.", list_columns=("number", "title", "institute", "owner", "money_wan", "opened_on", "state"),
        filters=("institute", "network", "owner", "fields"), refs={**OF, "platform": "platforms"}, check=rules(past=("opened_on", "agreed_on"), positive=("money_wan",), order=(("agreed_on", "opened_on"),)),
        import_state=lambda row: "running" if row.get("opened_on") else "proposed", import_visibility="public",
    )
)  # fmt: skip
PARKS = declare(
    Register(
        "parks", models.Park, "产业孵化园", "Incubation park", "YQF", flow.PARK, isheets.PARK, area="platforms",
        help_zh="园区面积、在驻企业、投资到位。", help_en="Area, tenants, investment paid.", list_columns=("number", "title", "owner", "institute", "area_m2", "opened_on", "state"), filters=("institute", "division", "owner"),
        refs={"institute": "institutes"}, check=rules(past=("opened_on",), more=checks.area), import_state=lambda row: "open" if row.get("opened_on") else "preparing", import_visibility="public",
        panels=("networks/_park.html",),
    )
)  # fmt: skip
TENANCIES = declare(
    Register(
        "tenancies", models.Tenancy, "入驻企业", "Tenancy", "RZ", flow.TENANCY, isheets.TENANCY, area="platforms",
        help_zh="入驻申请、入驻、迁出；吸引的投资分承诺与到位。", help_en="Application, moving in and out; investment promised and paid.", list_columns=("number", "title", "park", "owner", "area_m2", "moved_in_on", "moved_out_on", "state"),
        filters=("park", "owner", "moved_in_on"), public=False, refs={"park": "parks"}, change_states=("asked", "agreed", "active"), imported=checks.firm_of("firm"),
        check=rules(past=("moved_in_on", "moved_out_on", "asked_on"), order=(("moved_in_on", "moved_out_on"), ("moved_in_on", "lease_to"), ("asked_on", "moved_in_on"))),
        import_state=lambda row: "left" if row.get("moved_out_on") else "active" if row.get("moved_in_on") else "asked", import_visibility="node", panels=("networks/_tenancy.html",),
    )
)  # fmt: skip
TENANT_INVESTMENTS = declare(
    Register(
        "tenant_investments", models.TenantInvestment, "入驻企业获投", "Investment of a tenant", "RT", flow.INVESTMENT, isheets.INVESTMENT, area="platforms", deadlines={"pay": "due_on"},
        help_zh="承诺与到位分别登记；指标按到位金额计。", help_en="Promised and paid apart; the figure counts what was paid.", list_columns=("number", "title", "tenancy", "investor", "promised_wan", "due_on", "paid_wan", "paid_on", "state"),
        filters=("tenancy", "investor", "paid_on", "owner"), public=False, refs={"tenancy": "tenancies", "investor": "bodies"}, change_states=("promised",),
        check=rules(past=("promised_on", "paid_on"), positive=("promised_wan", "paid_wan"), order=(("promised_on", "due_on"),), together=(("paid_wan", "paid_on"),), one_of=(("promised_wan", "paid_wan"), ("investor_name", "investor"))),
        import_state=lambda row: "paid" if row.get("paid_on") else "promised", import_visibility="node",
    )
)  # fmt: skip
DEALS = declare(
    Register(
        "alliance_deals", models.Deal, "联盟投资项目", "Deal of the alliance", "TM", flow.DEAL, sheets.DEAL, area="deals",
        help_zh="成员的投资：签约、出资、完成；每项注明是否由联盟活动促成。", help_en="Investments of members: signed, paid, closed; each says whether the alliance brought it about.",
        list_columns=("number", "title", "network", "owner", "committed_wan", "signed_on", "closed_on", "attribution", "state"), filters=("network", "owner", "attribution", "round", "signed_on", "closed_on", "fields"), public=False,
        refs={"network": "networks", "fund": "bodies", "target": "bodies", "result": "results", "activity": "network_activities", "introduction": "introductions"}, change_states=("talking", "signed", "paying"),
        check=rules(past=("signed_on", "closed_on"), positive=("committed_wan",), order=(("signed_on", "closed_on"),), one_of=(("target_name", "target"),), more=checks.attribution),
        import_state=lambda row: "closed" if row.get("closed_on") else "signed" if row.get("signed_on") else "talking", import_visibility="node", panels=("networks/_deal.html",),
    )
)  # fmt: skip
PAYMENTS = declare(
    Register(
        "alliance_payments", models.DealPayment, "联盟出资记录", "Payment on a deal", "CZ", flow.KEPT, sheets.DEAL_PAYMENT, area="deals",
        help_zh="投资款到位的每一笔。", help_en="Every payment on a deal.", list_columns=("number", "title", "deal", "owner", "paid_wan", "paid_on", "state"), filters=("deal", "owner", "paid_on"), public=False,
        refs={"deal": "alliance_deals"}, change_states=(), check=rules(past=("paid_on",), more=checks.paid), import_visibility="node", create_roles=("officer", "operator"),
    )
)  # fmt: skip
ATTRACTED = declare(
    Register(
        "attracted_firms", models.AttractedFirm, "招商引入企业", "Firm attracted", "ZYR", flow.ATTRACTED, sheets.ATTRACTED, area="deals",
        help_zh="联盟引入并落地的企业。", help_en="Firms that the alliance brought to the province.", list_columns=("number", "title", "network", "firm", "firm_name", "division", "landed_on", "state"), filters=("network", "division", "landed_on", "owner"), public=False,
        refs={"network": "networks", "firm": "bodies", "deal": "alliance_deals"}, prepare=checks.firm_key, check=rules(past=("landed_on", "agreed_on"), positive=("investment_wan",), order=(("agreed_on", "landed_on"),), one_of=(("firm_name", "firm"),)),
        import_state=lambda row: "landed" if row.get("landed_on") else "agreed", import_visibility="node",
    )
)  # fmt: skip
INCUBATIONS = declare(
    Register(
        "incubations", models.Incubation, "孵化服务", "Incubation service", "FH", flow.KEPT, sheets.INCUBATED, area="deals",
        help_zh="联盟或研究院对企业的孵化服务。", help_en="Incubation services of the alliance or the institute.", list_columns=("number", "title", "network", "institute", "firm", "firm_name", "kind", "starts_on", "state"),
        filters=("network", "institute", "kind", "starts_on", "owner"), public=False, refs={**OF, "firm": "bodies"}, prepare=checks.firm_key,
        check=rules(past=("starts_on",), order=(("starts_on", "ends_on"),), one_of=(("firm_name", "firm"),), exactly=(("institute", "network"),)), import_visibility="node",
    )
)  # fmt: skip
PARTNERS = declare(
    Register(
        "partners", models.Partner, "合作方名录", "Partner", "HZ", flow.PARTNER, sheets.PARTNER, area="data",
        help_zh="省外院所、金融机构、咨询机构、链上企业、中央企业。", help_en="Outside institutes, finance, consultants, chain firms, central firms.", list_columns=("number", "title", "kind", "place", "fields", "state"),
        filters=("kind", "fields", "owner"), refs={"body": "bodies"}, import_visibility="members", personal=frozenset({"contact", "phone", "email"}), search_doc=_partner_doc, owner_required=False, panels=("networks/_partner.html",),
    )
)  # fmt: skip
INTRODUCTIONS = declare(
    Register(
        "introductions", models.Introduction, "引荐", "Introduction", "YJ", flow.INTRODUCTION, sheets.INTRODUCTION, area="deals",
        help_zh="谁引荐谁、会面、答复与结果。", help_en="Who was introduced to whom, the meeting, the answer, the result.", list_columns=("number", "title", "owner", "partner", "by_body", "met_on", "next_on", "state"),
        filters=("owner", "partner", "network", "by_body", "met_on"), public=False, refs={"partner": "partners", "network": "networks", "by_body": "bodies", "need": "needs", "result": "results", "contract": "contracts"},
        change_states=("proposed", "met", "answered"), check=rules(past=("asked_on", "met_on"), order=(("asked_on", "met_on"),)), import_visibility="node",
        import_state=lambda row: "agreed" if row.get("outcome") else "answered" if row.get("answer") else "met" if row.get("met_on") else "proposed",
    )
)  # fmt: skip
CLIENTS = declare(
    Register(
        "clients", models.Client, "共享客户", "Shared client", "KH", flow.CLIENT, sheets.CLIENT, area="data",
        help_zh="大市场、运营中心、平台、投资机构共用的一份客户档案；经客户同意后共享联系记录。", help_en="One record of a client for market, centre, platforms and investors; contacts are shared with consent.",
        list_columns=("number", "title", "owner", "tags", "consent_on", "state"), filters=("owner", "tags", "consent_on"), public=False, check=rules(past=("consent_on", "since")),
        imported=checks.firm_of("body"), import_visibility="node", panels=("networks/_client.html",),
    )
)  # fmt: skip
CONTACTS = declare(
    Register(
        "client_contacts", models.ClientContact, "客户联系记录", "Contact with a client", "KL", flow.CONTACT, sheets.CONTACT, area="data",
        help_zh="各条线与客户的联系、所需与转介。", help_en="Contacts of each line, what is wanted, referrals.", list_columns=("number", "title", "client", "line", "owner", "contacted_on", "refer_to", "state"),
        filters=("client", "line", "owner", "contacted_on"), public=False, refs={"client": "clients", "refer_to": "bodies"}, check=rules(past=("contacted_on",), order=(("contacted_on", "follow_up_on"),)), import_visibility="node",
    )
)  # fmt: skip
PROSPECTS = declare(
    Register(
        "prospects", models.Prospect, "合作储备", "Prospect", "QZ", flow.PROSPECT, sheets.PROSPECT, area="deals", deadlines={"talk": "next_on"},
        help_zh="联合基金、央企、投资机构的洽谈进展与下一步。", help_en="Talks on joint funds, with central firms and investors, and the next step.", list_columns=("number", "title", "kind", "counterpart", "counterpart_name", "expected_wan", "next_on", "state"),
        filters=("kind", "owner", "next_on", "fields"), public=False, refs={"counterpart": "bodies"}, check=rules(past=("agreed_on",), positive=("expected_wan", "agreed_wan"), one_of=(("counterpart_name", "counterpart"),)),
        import_state=lambda row: "agreed" if row.get("agreed_on") else "talking" if row.get("talks") else "listed", import_visibility="node",
    )
)  # fmt: skip
OTHERS = (
    INSTITUTES, SEATS, RESOLUTIONS, LABS, PARKS, TENANCIES, TENANT_INVESTMENTS, DEALS, PAYMENTS, ATTRACTED, INCUBATIONS, PARTNERS, INTRODUCTIONS, CLIENTS,
    CONTACTS, PROSPECTS,
)  # fmt: skip
