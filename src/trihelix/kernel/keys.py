"""API keys (接口密钥): issue, find, revoke. The secret is shown once; the database keeps its hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from django.db import transaction

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import clock, journal, outbox
from trihelix.kernel.actor import Actor
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import ApiKey

SCOPES = ("read", "write")
MARK = "thx"
USED_EVERY = dt.timedelta(hours=1)
MOST_DAYS = 730


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()  # the secret has 256 bits, so a slow hash would add nothing


def issue(*, by: Actor, name: str, scopes: Iterable[str] = SCOPES, days: int = 365, now: dt.datetime | None = None) -> tuple[ApiKey, str]:
    """A new key of the acting account and its secret, shown once. Refuses unknown scopes, an empty name, over two years."""
    moment, wanted = now or clock.now(), sorted(set(scopes))
    if by.user_id is None:
        raise Denied(Problem("sign_in", "请先登录再申请接口密钥"))
    problems = [
        Problem("unknown_scope", f"没有权限范围 “{s}”；可用：{'、'.join(SCOPES)}", field="scopes", value=s)
        for s in wanted
        if s not in SCOPES
    ]
    if not name.strip():
        problems.append(Problem("required", "请写明密钥的用途", field="name"))
    if not wanted:
        problems.append(Problem("required", f"请至少选择一个权限范围：{'、'.join(SCOPES)}", field="scopes"))
    if not 1 <= days <= MOST_DAYS:
        problems.append(Problem("bad_number", f"有效天数应为 1 至 {MOST_DAYS}", field="days", value=days))
    if problems:
        raise Refused.of(problems)
    prefix = secrets.token_hex(6)
    token = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        key = ApiKey.objects.create(
            user_id=by.user_id, name=name.strip()[:80], prefix=prefix, hash=_digest(token), scopes=wanted, created_at=moment,
            expires_at=moment + dt.timedelta(days=days),
        )  # fmt: skip
        _note(
            "kernel.issue_key", by, {"prefix": [None, prefix], "scopes": [None, wanted], "expires_at": [None, str(key.expires_at)]}, moment
        )
    return key, token


def revoke(*, by: Actor, prefix: str, now: dt.datetime | None = None) -> ApiKey:
    """End a key of the acting account (an administrator: of any account). Ending it twice changes nothing."""
    moment = now or clock.now()
    with transaction.atomic():
        key = ApiKey.objects.select_for_update().filter(prefix=prefix).first()
        if key is None or (key.user_id != by.user_id and not by.roles & {"admin", "operator"}):
            raise Unseen(Problem("not_found", f"找不到密钥 “{prefix}”", field="prefix", value=prefix))
        if key.revoked_at is None:
            key.revoked_at = moment
            key.save(update_fields=["revoked_at"])
            _note("kernel.revoke_key", by, {"prefix": [prefix, None]}, moment)
    return key


def _note(action: str, by: Actor, changes: dict[str, list[object]], moment: dt.datetime) -> None:
    journal.append(
        action=action, register="kernel", at=moment, record=None, changes=changes, actor=by.user_id, on_behalf_of=by.on_behalf_of
    )  # fmt: skip
    transaction.on_commit(outbox.wake)


def find(token: str, now: dt.datetime | None = None) -> ApiKey | None:
    """The live key of a secret with its account, or nothing; notes its use at most once an hour."""
    moment = now or clock.now()
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != MARK:
        return None
    key = ApiKey.objects.select_related("user").filter(prefix=parts[1]).first()
    if key is None or not hmac.compare_digest(key.hash, _digest(token)):
        return None
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= moment) or not key.user.is_active:
        return None
    if key.last_used_at is None or key.last_used_at < moment - USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=moment)
    return key
