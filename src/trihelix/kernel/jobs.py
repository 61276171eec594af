"""Work too long for a request: large imports and batch acts. The worker does it, a page shows how far it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import acting, bulk, clock, outbox
from trihelix.kernel.actor import Actor, actor_for
from trihelix.kernel.deputies import acting_for
from trihelix.kernel.errors import Unseen
from trihelix.kernel.models import Job, Outbox, Record
from trihelix.kernel.register import register_of

Runner = Callable[[Job, Actor, Callable[[int, int], None]], dict[str, Any]]
RUNNERS: dict[str, Runner] = {}
SHOWN = 500


def runner(kind: str) -> Callable[[Runner], Runner]:
    """Register the function that does jobs of a kind."""

    def wrap(fn: Runner) -> Runner:
        RUNNERS[kind] = fn
        return fn

    return wrap


def start(*, by: Actor, kind: str, title: str, payload: dict[str, Any], total: int = 0) -> Job:
    """Queue a job of the acting account."""
    with transaction.atomic():
        job = Job.objects.create(
            user_id=by.account, on_behalf_of_id=by.on_behalf_of, kind=kind, title=title[:200], payload=payload, total=total, at=clock.now()
        )
        outbox.put("job", str(job.uid), {"job": job.pk}, clock.now())
    return job


def own(by: Actor, uid: Any) -> Job:
    """A job of the actor."""
    held = Job.objects.filter(user_id=by.user_id, uid=uid).first() if by.user_id else None
    if held is None:
        raise Unseen(Problem("not_found", "找不到这项后台工作，或它不是您交办的", field="job"))
    return held


@outbox.handler("job")
def do(row: Outbox) -> None:
    """Do a queued job once: a job that was begun and did not end is reported, never begun twice."""
    job = Job.objects.select_related("user", "on_behalf_of").get(pk=row.payload["job"])
    if not Job.objects.filter(pk=job.pk, state="waiting").update(state="running"):
        if job.state == "running":
            _end(job, "failed", {"errors": [{"code": "interrupted", "message": "后台进程中断，请核对后重新提交"}]})
        return

    def progress(done: int, total: int) -> None:
        Job.objects.filter(pk=job.pk).update(done=done, total=total)

    try:
        by = acting_for(job.user, job.on_behalf_of) if job.on_behalf_of else actor_for(job.user)
        result = RUNNERS[job.kind](job, by, progress)
    except Refused as refused:
        _end(job, "refused", {"errors": [p.as_json() for p in refused.problems[:SHOWN]]})
    except Exception as exc:
        _end(job, "failed", {"errors": [{"code": "fault", "message": "系统出错，没有写完；已记入系统日志"}]})
        raise exc
    else:
        _end(job, "done", result)


def _end(job: Job, state: str, result: dict[str, Any]) -> None:
    now = clock.now()
    Job.objects.filter(pk=job.pk).update(state=state, result=result, ended_at=now)
    words = {"done": ("已完成", "finished"), "refused": ("未写入", "refused"), "failed": ("未完成", "failed")}[state]
    outbox.notice_to(
        job.user_id, f"后台工作{words[0]}：{job.title}", f"Background work {words[1]}: {job.title}", f"job:{job.uid}:{state}", now
    )


@runner("import")
def import_file(job: Job, by: Actor, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Import an uploaded file: all rows or none."""
    path = Path(job.payload["path"])
    try:
        return bulk.import_file(register_of(job.payload["register"]), path, by, progress=progress)
    finally:
        path.unlink(missing_ok=True)


@runner("batch")
def batch(job: Job, by: Actor, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """One act on many records."""
    p = job.payload
    return act_on(by, p["register"], p["act"], p["records"], p["values"], p["reason"], progress)


def act_on(
    by: Actor, register: str, act: str, records: list[int], given: dict[str, Any], reason: str, progress: Callable[[int, int], None] = lambda d, t: None
) -> dict[str, Any]:  # fmt: skip
    """Do an act on each record by itself: what is refused is reported with its reason and stops no other."""
    held = register_of(register)
    spec = acting.spec_of(held, act)
    refused: list[dict[str, str]] = []
    done = 0
    for n, pk in enumerate(records, 1):
        record = Record.objects.filter(pk=pk, register=register).first()
        try:
            if record is None:
                raise Unseen.record(held.zh, pk)
            spec.run(by=by, record=record.uid, reason=reason, **acting.typed(held, spec, given))
            done += 1
        except Refused as refusal:
            where = (
                {"number": record.number, "title": record.title, "uid": str(record.uid)}
                if record
                else {"number": "", "title": "", "uid": ""}
            )
            refused.append({**where, "message": "；".join(p.message for p in refusal.problems)})
        if n % 20 == 0 or n == len(records):
            progress(n, len(records))
    return {"done": done, "refused": refused[:SHOWN], "refused_count": len(refused)}
