"""The governance content beside the demo province; rolled back after each test."""

import random

import pytest


@pytest.fixture
def loaded(op):
    """Measures, results, commitments, plans, the proposal and its reply as records."""
    from trihelix.cli.demo import governance
    from trihelix.cli.demo.province import Context
    from trihelix.kernel import clock

    governance.load(Context(op, random.Random(1), clock.today()))
    return op
