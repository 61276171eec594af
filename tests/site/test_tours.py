"""First steps by role: every step opens for the role it is shown to, in both languages."""

import pytest
from django.urls import reverse

from trihelix.kernel.actor import VISITOR
from trihelix.site import tours

pytestmark = pytest.mark.django_db
WHO = {
    "visitor": None, "firm": "jicui", "researcher": "utcm-teacher", "office": "utcm-office", "station": "station-jian", "officer": "officer",
    "reviewer": "reviewer", "leader": "leader", "admin": "admin",
}  # fmt: skip


def test_every_kind_has_a_tour_and_every_step_opens(visit, actor):
    assert set(tours.tours()) == set(WHO)
    wrong = []
    for kind, username in WHO.items():
        client = visit(username)
        found = tours.kind_of(actor(username) if username else VISITOR)
        if found != kind:
            wrong.append((kind, found))
        page = client.get(reverse("help")).content.decode()
        for step in tours.tours()[found]:
            status = client.get(step["path"]).status_code
            if status != 200 or step["zh"] not in page:
                wrong.append((kind, step["path"], status))
    assert not wrong


def test_steps_are_told_in_english_too(visit):
    client = visit()
    client.cookies["django_language"] = "en"
    page = client.get(reverse("help")).content.decode()
    assert all(s["en"].split(":")[0] in page for s in tours.tours()["visitor"])
