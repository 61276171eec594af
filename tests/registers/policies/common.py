"""What the tests of check-up and rules share: a day, a firm's facts, acts by name, a signed-in browser."""

import datetime as dt

from django.test import Client

from trihelix.kernel.models import User
from trihelix.kernel.register import register_of

DAY = dt.date(2026, 5, 1)
FACTS = {
    "tech_staff": 40, "assets": 3000, "cost": 2000, "rd": 300, "ip1": 2, "ip2": 0, "staff": 120, "sales": 3000, "resident": True, "banned": False,
    "incident": False, "blacklisted": False,
}  # fmt: skip


def run(register: str, act: str):
    return register_of(register).acts[act].run


def client(name: str) -> Client:
    out = Client()
    out.force_login(User.objects.get(username=name))
    return out
