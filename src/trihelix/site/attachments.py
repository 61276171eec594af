"""Files of records as downloads: what page, signed link and API send alike."""

from __future__ import annotations

from django.http import FileResponse

from trihelix.kernel import files
from trihelix.kernel.actor import Actor
from trihelix.kernel.models import File


def attachment(file: File, by: Actor) -> FileResponse:
    """A file for a reader who may have it, marked where the case asks for it; always a download, never shown inside the site."""
    stream, size = files.handed_out(file, by)
    response = FileResponse(stream, as_attachment=True, filename=file.name, content_type=file.mime)
    response["Content-Length"] = str(size)
    return response
