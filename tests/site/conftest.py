"""A browserless visitor for each role, on the demo province."""

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.test import Client

from trihelix.kernel.models import Record, User
from trihelix.site.settings import PACKAGE


@pytest.fixture(scope="session", autouse=True)
def english():
    """The compiled catalogue of the site, made anew from its source so that an old one cannot hide a change."""
    source = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
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
    """A published need of the demo firm."""
    return Record.objects.filter(register="needs", owner__grants__user__username="jicui", state="published").first()
