"""Shared fixtures. The demo province is loaded once per database and worker; each test runs in its own rolled-back transaction."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# A data folder of its own for each test process, before Django reads its settings.
_HOME = tempfile.mkdtemp(prefix="trihelix-test-")
os.environ["TRIHELIX_HOME"] = _HOME
os.environ.setdefault("TRIHELIX_LOG_LEVEL", "ERROR")
os.environ.pop("TRIHELIX_BOOKS", None)

import pytest  # noqa: E402

from trihelix.kernel.home import mark_demo  # noqa: E402

STRICT = os.environ.get("TRIHELIX_CI") == "1"


def missing(what: str) -> None:
    """Skip with a message on a user's machine; fail in continuous integration, where everything is installed."""
    if STRICT:
        pytest.fail(f"{what} is missing, and TRIHELIX_CI=1 turns this skip into a failure")
    pytest.skip(f"{what} is not installed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):
    """Tests share a province without the illustrations of most registers; those that look at them load them."""
    from trihelix.cli.demo import province

    province.PARTS = ("programmes", "governance")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """The test database with the demo province in it."""
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    from trihelix.kernel.tables import without_migrations

    without_migrations()  # a test of its own holds that migrations give the same tables
    with django_db_blocker.unblock():
        config = setup_databases(verbosity=0, interactive=False)
        mark_demo()
        from trihelix.cli.demo.province import load_province

        load_province(seed=1)
        if connections["default"].vendor == "postgresql":
            connections.close_all()
    yield
    with django_db_blocker.unblock():
        teardown_databases(config, verbosity=0)


@pytest.fixture
def actor(db):
    """``actor("firm1")``: the actor of a demo account."""
    from trihelix.kernel.accounts import actor_named

    return actor_named


@pytest.fixture
def op(db):
    """The operator of the command line."""
    from trihelix.kernel.accounts import operator

    return operator()


@pytest.fixture(scope="session")
def home() -> Path:
    return Path(_HOME)
