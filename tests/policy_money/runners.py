"""What each ``run`` of a policy case calls, and the plain answer it is compared on."""

from __future__ import annotations

import os
from fractions import Fraction
from functools import cache
from typing import Any

from trihelix.engines import contracts, evaluation, instruments, shares
from trihelix.engines.books import books_root
from trihelix.engines.contracts import pricing, tax
from trihelix.engines.money import exact, format_decimal, format_wan, parse_money, wan_to_fen
from trihelix.engines.shares import capital, rights
from trihelix.engines.workdays import Calendar

BOOK = books_root(os.environ) / "jilin"


@cache
def contract_book():
    return contracts.load_contract_book(BOOK)


@cache
def share_book():
    return shares.load_share_book(BOOK)


@cache
def models():
    return instruments.load_models(BOOK)


@cache
def calendar():
    return Calendar.load(BOOK / "calendar")


def _record(given: dict[str, Any]):
    return contracts.parse_contract(given, contract_book())


def _check(case):
    return contracts.check(_record(case["given"]), case["day"], contract_book(), calendar()).as_json()


def _check_twice(case):
    first = _check(case)
    again = {**case["given"], "known": [{"fingerprint": first["fingerprint"], "body": "长春登记点"}]}
    return _check({**case, "given": again})


def _change(case):
    record = _record(case["given"])
    new = [wan_to_fen(case[k]) if k in case else None for k in ("turnover_wan", "technical_wan")]
    effect = contracts.after_registration(case["event"], case["day"], record.certificates, record.benefit_use, *new)
    answer: dict[str, Any] = {"current": effect.current and effect.current.version, "versions": len(effect.certificates)}
    answer |= {"notices": [n.to for n in effect.notices], "first_turnover_fen": effect.certificates[0].turnover}
    return answer | ({"current_turnover_fen": effect.current.turnover} if effect.current else {})


def _benefit(case):
    found = next(b for b in contracts.benefits(_record(case["given"]), contract_book()) if b.kind == case["benefit"])
    wanted = case["expect"].get("text_has", "")
    return found.as_json() | {"text_has": wanted if wanted in found.text else found.text}


def _cash_reward(case):
    given = case["given"]
    found = tax.cash_reward(wan_to_fen(given["amount_wan"]), given["received_on"], given["paid_on"], given["registered"], contract_book())
    return {"halved": found.halved, "counted_fen": found.counted}


def _price(case):
    given = case["given"]
    notice = given.get("notice")
    sale = pricing.Sale(
        way=given["way"],
        price=wan_to_fen(given["price_wan"]),
        signed_on=given.get("signed_on"),
        notice=notice and pricing.PriceNotice(frozenset(notice["scope"]), notice["from"], notice["to"], wan_to_fen(notice["price_wan"])),
        rofr_answer=given["rofr"],
        related_buyer=given.get("related_buyer", False),
    )
    return {"problems": [p.code for p in pricing.problems(sale, contract_book())], "immunity_ready": pricing.immunity_ready(sale)}


def _cit(case):
    given = case["given"]
    found = tax.cit_estimate(*(wan_to_fen(given[k]) for k in ("income_wan", "cost_wan", "taxes_wan")), contract_book())
    return {"without_fen": found.without, "with_fen": found.with_benefit, **found.figures}


def _vat(case):
    return {"saved_fen": tax.vat_estimate(wan_to_fen(case["given"]["fee_wan"]), contract_book()).saved}


def _rd(case):
    found = tax.rd_estimate(wan_to_fen(case["given"]["fee_wan"]), contract_book(), exact(case["given"]["rate"]))
    return {"saved_fen": found.saved, **found.figures}


def _shares_tax(case):
    given = case["given"]
    return {"tax_fen": tax.shares_tax(*(wan_to_fen(given[k]) for k in ("sold_wan", "original_wan", "fees_wan")), contract_book())}


def _licence_record(case):
    return {"due": pricing.licence_record_due(case["given"]["effective_on"], contract_book())}


def _share(case):
    answer = shares.share(shares.parse_share(case["given"]), share_book()).as_json()
    return answer | {"warnings": [w["code"] for w in answer["warnings"]]}


def _least_main(case):
    rule = share_book().rule(case["given"]["rule"])
    return {"least": str(rule.floor("licence", None).value * rule.value("main_floor").value)}


def _patent_award(case):
    given = case["given"]
    inventors = {k: exact(v) for k, v in given["inventors"].items()}
    found = rights.patent_award(given["kind"], given["granted_on"], inventors, share_book())
    return {"due": found.due, "total_fen": found.total, "inventors": found.inventors}


def _owners(given, signs=None):
    return [rights.Owner(k, exact(v), k == signs) for k, v in given["owners"].items()]


def _co_owners(case):
    return rights.co_owner_split(wan_to_fen(case["given"]["net_wan"]), _owners(case["given"]))


def _reward_besides_rights(case):
    given = case["given"]
    found = rights.reward_besides_rights(share_book().rule(given["rule"]), given["holds_rights"], given["chose_reward"])
    return {"code": found and found.code}


def _use_right(case):
    rights.check_use_right(case["given"]["use_from"], case["given"]["use_to"], share_book())
    return {"ok": True}


def _ownership(case):
    given = case["given"]
    rights.check_ownership(_owners(given, given["signs"]), given["unit"], given["completers"], given["consents"])
    return {"ok": True}


def _idle(case):
    found = rights.idle(case["given"]["since"], case["day"], share_book())
    return {"state": found.state, "months": found.months, "free_on": found.free_on}


def _head_filing(case):
    rights.check_head_filing(case["given"]["signed_on"], case["given"]["filed_on"])
    return {"ok": True}


def _timeline(case):
    rows = instruments.timeline(instruments.parse_instrument(case["given"], models()), case.get("day"))
    total = sum(r.amount for r in rows)
    answer: dict[str, Any] = {"sum_fen": total, "count": len(rows), "dues": [r.due for r in rows], "statuses": [r.status for r in rows]}
    whole = case.get("expect", {}).get("left_of_fen")
    return answer | ({"left_of_fen": whole, "left_fen": whole - total} if whole else {})


def _convert(case):
    given = case["given"]
    found = instruments.convert(
        wan_to_fen(given["funded_wan"]),
        wan_to_fen(given["pre_wan"]),
        wan_to_fen(given["round_wan"]),
        exact(given["shares_before"]),
        exact(given.get("discount", 0)),
        exact(given["cap"]) if "cap" in given else None,
    )
    return {
        "price_wan": str(found.price / 1_000_000),
        "shares": str(found.shares),
        "round_shares": str(found.round_shares),
        "own": str(found.own),
        "own_percent": format_decimal(found.own * 100, 2),
        "rest_fen": found.rest,
        "capped": found.capped,
    }


def _buyback(case):
    given = case["given"]
    fen = instruments.buyback(wan_to_fen(given["funded_wan"]), exact(given["rate"]), given["years"])
    return {"fen": fen, "wan": format_wan(fen, 1)}


def _surplus(case):
    given = case["given"]
    amounts = [wan_to_fen(given[k]) for k in ("received_wan", "spent_wan", "overhead_wan", "taxes_wan", "reserve_wan")]
    return {"fen": capital.surplus(capital.Project(*amounts, source=given.get("source", "contract")))}


def _capital(case):
    given = case["given"]
    found = capital.capital_shares(wan_to_fen(given["pre_wan"]), {k: wan_to_fen(v) for k, v in given["contributions"].items()})
    assert sum(found.values()) == 1
    return {k: str(v) for k, v in found.items()}


def _commission(case):
    given = case["given"]
    rule = share_book().commissions[given["rule"]]
    found = capital.commission(wan_to_fen(given["base_wan"]), rule, wan_to_fen(given.get("earned_wan", 0)))
    return {"before_fen": found.before_cap, "fen": found.amount, "capped_by": found.capped_by}


def _both_sides(case):
    given = case["given"]
    return {"parts": capital.both_sides(wan_to_fen(given["amount_wan"]), disclosed=given.get("disclosed", True))}


def _expert(case):
    given = case["given"]
    expert = evaluation.Expert("e", given["employer"], given.get("years_since_joint_paper"))
    return {"excluded": list(evaluation.exclusions(expert, given["completers"]))}


def _upper_bound(case):
    people, received = (parse_money(case["given"][k], "yi") for k in ("to_people_yi", "received_yi"))
    return {"percent": format_decimal(Fraction(100 * people, received), 1)}


RUNNERS = {
    "check": _check,
    "check_twice": _check_twice,
    "change": _change,
    "benefit": _benefit,
    "cash_reward": _cash_reward,
    "price": _price,
    "cit": _cit,
    "vat": _vat,
    "rd": _rd,
    "shares_tax": _shares_tax,
    "licence_record": _licence_record,
    "share": _share,
    "least_main": _least_main,
    "patent_award": _patent_award,
    "co_owners": _co_owners,
    "reward_besides_rights": _reward_besides_rights,
    "use_right": _use_right,
    "ownership": _ownership,
    "idle": _idle,
    "head_filing": _head_filing,
    "timeline": _timeline,
    "convert": _convert,
    "buyback": _buyback,
    "surplus": _surplus,
    "capital": _capital,
    "commission": _commission,
    "both_sides": _both_sides,
    "expert": _expert,
    "upper_bound": _upper_bound,
}
