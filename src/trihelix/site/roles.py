"""What the roles of flows are called on screen: who has a task, who may do an act."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trihelix.kernel.actor import OWNER

WORDS = {
    "ally": gettext_lazy("联盟成员"),
    "chair": gettext_lazy("牵头单位"),
    "in_charge": gettext_lazy("落实单位"),
    "institute": gettext_lazy("研究院"),
    "introducer": gettext_lazy("引荐单位"),
    "landlord": gettext_lazy("园区运营单位"),
    "line": gettext_lazy("服务机构"),
    "referred": gettext_lazy("转介机构"),
    "servant": gettext_lazy("服务机构"),
    "case:co": gettext_lazy("协办单位"),
    "case:split": gettext_lazy("分办单位"),
    "case:handler": gettext_lazy("受理人"),
    "broker": gettext_lazy("技术经理人"),
    "client": gettext_lazy("服务对象"),
    "college": gettext_lazy("学院审核人"),
    "counterpart": gettext_lazy("受让方"),
    "licensee": gettext_lazy("被许可方"),
    "stock_body": gettext_lazy("盘点单位"),
    "stock_done": gettext_lazy("已完成盘点的单位"),
    "completer": gettext_lazy("完成人"),
    "creditor": gettext_lazy("对方（债权方）"),
    "debtor": gettext_lazy("履行方"),
    "demand": gettext_lazy("需求方"),
    "expert": gettext_lazy("专家"),
    "firm": gettext_lazy("企业"),
    "host": gettext_lazy("接收单位"),
    "secondee": gettext_lazy("选派人员"),
    "keeper": gettext_lazy("保管人"),
    "lead": gettext_lazy("主办单位"),
    "manager": gettext_lazy("参与方"),
    "mandator": gettext_lazy("参与方"),
    "organiser": gettext_lazy("主办方"),
    "bank": gettext_lazy("金融机构"),
    "tax_office": gettext_lazy("税务部门"),
    "incubator": gettext_lazy("孵化载体"),
    "committee": gettext_lazy("评审委员会"),
    "partner": gettext_lazy("合作单位"),
    "recommender": gettext_lazy("推荐单位"),
    "taker": gettext_lazy("揭榜方"),
    "trustee": gettext_lazy("受托机构"),
    "owner": gettext_lazy("所属单位"), "node": gettext_lazy("经办站点"), "author": gettext_lazy("填报人"), "officer": gettext_lazy("主管处室"),
    "auditor": gettext_lazy("审计"), "leader": gettext_lazy("厅领导"), "finance": gettext_lazy("财务"), "discipline": gettext_lazy("纪检监督"),
    "admin": gettext_lazy("系统管理员"), "operator": gettext_lazy("运行维护"), "reviewer_office": gettext_lazy("评审办公室"),
    "system": gettext_lazy("系统自动"), "anyone": gettext_lazy("登录用户"), "member": gettext_lazy("单位成员"),
    "body_admin": gettext_lazy("单位管理员"), "transfer_office": gettext_lazy("成果转化机构"), "researcher": gettext_lazy("科研人员"),
    "signer": gettext_lazy("签署人"), "body_finance": gettext_lazy("单位财务"), "station": gettext_lazy("站点人员"),
    "recipient": gettext_lazy("受邀方"),
    "invited_side": gettext_lazy("受邀方"),
    "participant": gettext_lazy("参与方"), "need_side": gettext_lazy("需求方"), "result_side": gettext_lazy("成果方"),
    "reviewer": gettext_lazy("评审专家"), "applicant": gettext_lazy("申报单位"), "payee": gettext_lazy("收款单位"),
    "buyer": gettext_lazy("受让方"), "seller": gettext_lazy("转让方"),
}  # fmt: skip


def word(role: str) -> str:
    """The word of a role; ``owner:signer`` reads as that role inside the owner body."""
    if role.startswith(OWNER):
        return _("所属单位的%(role)s") % {"role": word(role.removeprefix(OWNER))}
    return str(WORDS.get(role, role))


def listed(roles: Iterable[str]) -> str:
    """Several roles in one line."""
    return _("、").join(word(r) for r in roles)


LINKS = {
    "objection": gettext_lazy("异议"),
    "recipient": gettext_lazy("可接收单位"), "line": gettext_lazy("授信"), "agreement": gettext_lazy("合作协议"), "list": gettext_lazy("名单"), "product": gettext_lazy("金融产品"), "statement": gettext_lazy("创新评价报告"), "fund": gettext_lazy("基金"), "follows": gettext_lazy("跟进的投资"), "credit": gettext_lazy("授信"), "consent": gettext_lazy("授权同意"),
    "network": gettext_lazy("联合体"), "institute": gettext_lazy("研究院"), "park": gettext_lazy("园区"), "tenancy": gettext_lazy("入驻"),
    "resource": gettext_lazy("共享资源"), "scene": gettext_lazy("应用场景"), "client": gettext_lazy("客户"), "parent": gettext_lazy("上级"),
    "post": gettext_lazy("岗位需求"), "secondment": gettext_lazy("选派"), "renewal": gettext_lazy("上一任期"), "succeeds": gettext_lazy("接替"),
    "output": gettext_lazy("产出"), "review": gettext_lazy("评审"),
    "same_as": gettext_lazy("同一需求"), "holder": gettext_lazy("持有单位"), "completer": gettext_lazy("完成人"), "need": gettext_lazy("需求"),
    "result": gettext_lazy("成果"), "match": gettext_lazy("对接"), "deal": gettext_lazy("交易"), "evidence": gettext_lazy("依据"),
    "partner": gettext_lazy("合作单位"), "foreign": gettext_lazy("境外合作方"), "basis": gettext_lazy("依据文件"), "served": gettext_lazy("服务的企业"),
    "project": gettext_lazy("项目"), "replaces": gettext_lazy("被替代的"),
    "stock_body": gettext_lazy("盘点单位"), "issuer": gettext_lazy("印发单位"), "patent": gettext_lazy("专利"), "patent_deal": gettext_lazy("专利转让许可"),
    "listing": gettext_lazy("挂牌"), "contact": gettext_lazy("对接企业"), "patent_product": gettext_lazy("专利产品"),
    "contract": gettext_lazy("合同"), "award": gettext_lazy("立项"), "member": gettext_lazy("成员"), "from": gettext_lazy("来源"),
    "broker": gettext_lazy("技术经理人"), "transfer": gettext_lazy("成果转化"),
}  # fmt: skip


def link_word(kind: str) -> str:
    """What a link between two records is called."""
    return str(LINKS.get(kind, kind))


VISIBILITY = {
    "public": gettext_lazy("公开"), "members": gettext_lazy("登录单位可见"), "node": gettext_lazy("本单位与所属站点可见"),
    "owner": gettext_lazy("仅本单位可见"), "sealed": gettext_lazy("密封"),
}  # fmt: skip


def visibility_word(visibility: str) -> str:
    """Who may see a record, in words."""
    return str(VISIBILITY.get(visibility, visibility))
