"""The firm of the demo that the tests of policies look at."""

import pytest

from trihelix.kernel.models import Record


@pytest.fixture
def firm(db):
    return Record.objects.get(register="bodies", ref="firm-jicui")
