"""Files of the book as pages hand them out and take them in: YAML text, small, UTF-8."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from trihelix.engines.errors import Refused


def offered(text: str, name: str) -> HttpResponse:
    """A file of the book as a download."""
    return HttpResponse(
        text, content_type="application/yaml; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    )


def handed_in(request: HttpRequest, what: str, limit: int) -> tuple[str, str]:
    """Text and name of the uploaded ``file``; ``what`` names its kind. Refuses none, more than ``limit`` bytes (told as 1 MB), other encodings."""
    upload = request.FILES.get("file")
    if upload is None or upload.size is None or upload.size > limit:
        raise Refused.one("no_file", f"请选择一个不超过 1 MB 的{what}文件（.yaml）", field="file")
    try:
        return upload.read().decode("utf-8"), upload.name or "upload.yaml"
    except UnicodeDecodeError:
        raise Refused.one("bad_encoding", f"{what}文件应为 UTF-8 文字", field="file", value=upload.name) from None
