"""Files of a record: added and opened by case."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trihelix.engines.errors import Problem, Refused
from trihelix.kernel import files
from trihelix.kernel.errors import Denied, Unseen
from trihelix.kernel.models import File
from trihelix.kernel.register import Register
from trihelix.site.attachments import attachment
from trihelix.site.pages import common


@require_POST
def upload(request: HttpRequest, register: Register, uid: uuid.UUID) -> HttpResponse:
    """Add a file to the record through its action."""
    record, _entry = common.load(request, register, uid)
    attach = register.acts.get("attach")
    if attach is None:
        raise Unseen(Problem("not_found", f"{register.zh}不接收文件", field="act", value="attach"))
    sent = request.FILES.get("file")
    if sent is None:
        raise Refused.one("required", "请选择要上传的文件", field="file")
    attach.run(by=request.actor, record=record.uid, stream=sent.file, name=sent.name or "", part=request.POST.get("part", "open"))
    messages.success(request, _("已添加文件：%(name)s") % {"name": sent.name})
    return HttpResponseRedirect(reverse("record", args=[register, record.uid]) + "?tab=files")


@require_safe
def download(request: HttpRequest, register: Register, uid: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """Send a file of the record; always as a download, never shown inside the site."""
    record, _entry = common.load(request, register, uid)
    held = File.objects.filter(record=record, uid=file).first()
    if held is None:
        raise Unseen(Problem("not_found", "此记录没有该文件", field="file", value=str(file)))
    if not files.may_read(register, held, request.actor):
        raise Denied(Problem("confidential", "这是保密部分：请先在对接中接受保密约定", field="file"))
    return attachment(held, request.actor)
