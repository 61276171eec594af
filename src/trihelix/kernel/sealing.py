"""Keepers of a sealed lot, the same for bids and for applications: named before publication, two of three open, early or not.

A *lot* is a typed row with ``lot_key``, ``keepers``, ``wrapped``, ``peeled`` and ``closes_at``. Keepers take part in the case with
the role ``keeper``; what they do is journalled by the acts that call these steps.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Protocol

from trihelix.engines import sealing
from trihelix.engines.errors import Refused
from trihelix.engines.sheets import Column
from trihelix.kernel.action import Run
from trihelix.kernel.models import User

if TYPE_CHECKING:
    import pyrage

KEEPER_ROWS = (
    Column("keepers", "rows", "保管人", "Keepers", required=True, rows=(
        Column("username", "text", "账号", "Account", required=True, example="officer"), Column("public_key", "text", "公钥", "Public key", required=True, example="age1…"),
    )),
)  # fmt: skip
PEELED = (
    Column("pair", "text", "密钥组", "Pair", required=True, example="0+1"), Column("layer", "longtext", "解开外层后的密文", "Inner layer", required=True),
)  # fmt: skip
OPEN = (
    Column("pair", "text", "密钥组", "Pair", required=True, example="0+1"), Column("lot_key", "text", "密封私钥", "Lot's secret key", required=True),
)  # fmt: skip


class Lot(Protocol):
    """A typed row that is sealed to a key of its own."""

    lot_key: str
    keepers: list[dict[str, Any]]
    wrapped: dict[str, str]
    peeled: dict[str, dict[str, Any]]
    closes_at: dt.datetime | None


def name_keepers(a: Run, lot: Lot, keepers: list[dict[str, str]]) -> None:
    """Make the lot's key and wrap its secret for each pair of three keepers; the secret itself is not kept anywhere.

    Refuses unknown accounts, other than three different people, and keys that are none.
    """
    users = [User.objects.filter(username=str(k["username"])).first() for k in keepers]
    unknown = [k["username"] for k, u in zip(keepers, users, strict=True) if u is None]
    a.require(not unknown, "unknown_account", f"没有账号：{'、'.join(unknown)}", field="keepers", value=unknown)
    held = [(k, u) for k, u in zip(keepers, users, strict=True) if u is not None]
    a.require(len({u.pk for _, u in held}) == sealing.KEEPERS, "three_keepers", "须指定三位不同的保管人", field="keepers")
    lot.lot_key, lot.wrapped = sealing.new_lot([str(k["public_key"]) for k, _ in held])
    lot.keepers = [{"user": u.pk, "username": u.username, "public_key": str(k["public_key"]).strip()} for k, u in held]
    lot.peeled = {}
    for former in a.record.participants.filter(role="keeper", until=None):
        former.until = a.now
        former.save(update_fields=["until"])
    for _, user in held:
        a.admit("keeper", user_id=user.pk)


def is_early(lot: Lot, now: dt.datetime) -> bool:
    """Whether the closing moment has not passed; a lot without one is never late."""
    return lot.closes_at is None or now <= lot.closes_at


def _position(a: Run, lot: Lot) -> int:
    found = next((i for i, k in enumerate(lot.keepers) if k["user"] == a.by.user_id), None)
    if found is None:
        raise Refused.one("not_keeper", "您不是指定的密钥保管人", field="act")
    return found


def peel(a: Run, lot: Lot, pair: str, layer: str) -> None:
    """File the inner layer that the outer keeper of a pair got off-line; the inner keeper can then open. Journalled, early or not."""
    position = _position(a, lot)
    a.require(pair in lot.wrapped, "unknown_pair", f"没有密钥组 “{pair}”；可用：{'、'.join(lot.wrapped)}", field="pair", value=pair)
    a.require(pair.split("+")[1] == str(position), "not_outer", "该密钥组的外层由另一保管人解开", field="pair", value=pair)
    lot.peeled = {**lot.peeled, pair: {"layer": layer.strip(), "by": a.by.user_id, "at": a.now.isoformat()}}
    a.extra["peeled"] = [None, {"pair": pair, "early": is_early(lot, a.now)}]


def opened(a: Run, lot: Lot, pair: str, lot_key: str) -> pyrage.x25519.Identity:
    """The lot's secret key from the inner keeper, after another keeper took off the outer layer. Refuses one person alone and wrong keys."""
    position = _position(a, lot)
    held = lot.peeled.get(pair)
    if held is None:
        raise Refused.one("second_keeper", "须先由另一位保管人解开外层", field="pair", value=pair)
    two = pair.split("+")[0] == str(position) and held["by"] != a.by.user_id
    a.require(two, "second_keeper", "开启须由两位不同的保管人完成", field="pair")
    return sealing.identity_of(lot_key, lot.lot_key)
