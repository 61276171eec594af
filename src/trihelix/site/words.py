"""Choices in words that several pages show."""

from __future__ import annotations

from django.utils.translation import gettext as _


def often_words() -> list[tuple[str, str]]:
    """How often an alert may come, in words."""
    return [("never", _("不提醒")), ("once", _("有新的就提醒")), ("daily", _("每天提醒")), ("weekly", _("每周提醒"))]
