"""A second, independently written computation of share-outs, used only to check the engine.

It shares nothing with the engine: fen are handed out one by one to the largest shortfall, and net comes from a bucket of
unpaid costs instead of running totals. It knows refunds up to what was received before, as a real deal has them.
"""

from __future__ import annotations

from fractions import Fraction


def hand_out(total: int, claims: list[Fraction]) -> list[int]:
    """Everybody gets the whole fen of the claim, then single fen go to the largest shortfall, first come first."""
    sign, amount = (-1, -total) if total < 0 else (1, total)
    given = [int(amount * c / sum(claims)) for c in claims]
    while sum(given) < amount:
        shortfalls = [amount * c / sum(claims) - g for c, g in zip(claims, given, strict=True)]
        given[shortfalls.index(max(shortfalls))] += 1
    return [sign * g for g in given]


def buckets(entries: list[tuple[int, int]]) -> list[int]:
    """Net per ``(amount, costs)``: income first fills the bucket of unpaid costs; a refund empties what was shared."""
    out, unpaid, shared = [], 0, 0
    for amount, costs in entries:
        if amount >= 0:
            unpaid += costs
            net = max(0, amount - unpaid)
            unpaid = max(0, unpaid - amount)
        else:
            loss = -amount + costs
            net = -min(shared, loss)
            unpaid += loss + net
        shared += net
        out.append(net)
    return out


def payouts(entries: list[tuple[int, int]], p: Fraction, office: Fraction, ratios: dict[str, Fraction], of_reward: bool) -> list[dict]:
    """Per entry: net, pool, office, unit, members, and what each member is really paid after set-off."""
    debt = dict.fromkeys(ratios, 0)
    rows = []
    for net in buckets(entries):
        if of_reward:
            pool, unit = hand_out(net, [p, 1 - p])
            people, desk = hand_out(pool, [1 - office, office])
        else:
            people, desk, unit = hand_out(net, [p, office, 1 - p - office])
            pool = people
        members = dict(zip(ratios, hand_out(people, list(ratios.values())), strict=True))
        paid = {}
        for name, part in members.items():
            paid[name] = max(0, part - debt[name])
            debt[name] = max(0, debt[name] - part)
        rows.append({"net_fen": net, "pool_fen": pool, "office_fen": desk, "unit_fen": unit, "members": members, "payable": paid})
    return rows
