"""Refusals of acts on records. Codes are stable; each says why and what to do, and leaks nothing about what exists."""

from __future__ import annotations

from trihelix.engines.errors import Problem, Refused


class Denied(Refused):
    """The actor lacks the right (403)."""

    status = 403


class Unseen(Refused):
    """No such record for this viewer (404): absent and invisible look the same."""

    status = 404

    @classmethod
    def record(cls, register: str, name: object) -> Unseen:
        return cls(Problem("not_found", f"找不到 {register} “{name}”，或您无权查看。请核对编号，或联系所属单位管理员", value=str(name)))


class Conflict(Refused):
    """The state does not allow the act, or something else is in the way (409)."""

    status = 409


class Stale(Conflict):
    """Somebody changed the record meanwhile; the differences come along (409, 412 over HTTP preconditions)."""

    status = 412
