"""A browserless visitor for each role, on the demo province."""

import datetime as dt

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.test import Client

from trihelix.kernel import bulk
from trihelix.kernel.accounts import operator
from trihelix.kernel.models import Record, User
from trihelix.kernel.register import register_of
from trihelix.site.settings import PACKAGE


@pytest.fixture(scope="session", autouse=True)
def english():
    """The compiled catalogues of the site, made anew from their sources so that an old one cannot hide a change."""
    for folder in (PACKAGE, PACKAGE / "site"):
        source = folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
        with source.open("rb") as text, source.with_suffix(".mo").open("wb") as out:
            write_mo(out, read_po(text, locale="en"))


@pytest.fixture
def visit(db):
    """``visit("jicui")``: a client signed in as a demo account; ``visit()``: a visitor."""

    def sign_in(username=None):
        client = Client()
        if username:
            client.force_login(User.objects.get(username=username))
        return client

    return sign_in


@pytest.fixture
def need(db):
    """A published need of the demo firm ``jicui``, in the care of its own station."""
    firm = Record.objects.get(register="bodies", grants__user__username="jicui", grants__role="body_admin")
    row = {
        "ref": "SITE-1", "title": "轧辊表面微裂纹在线识别准确率不足", "owner": firm.ref, "kind": "technical", "problem": "强光与水雾下误报多，需要稳定的在线检测方法。",
        "indicators": [{"name": "识别准确率", "op": ">=", "target": "98", "unit": "%"}], "budget_wan": 88_000_000, "ownership": "shared",
        "deadline": dt.date(2031, 3, 14), "fields": [next(iter(register_of("needs").column("fields").choices))], "synthetic": True,
    }  # fmt: skip
    bulk.import_rows(register_of("needs"), [row], operator(), "site tests")
    return Record.objects.get(register="needs", ref="SITE-1")
