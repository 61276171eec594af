"""Make or update the tables.

An empty database gets its tables straight from the models and the migrations are noted as applied: replaying them one by one costs
Django seconds a register, and a test holds that both ways give the same tables. A database that exists is migrated step by step.
"""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class _NoModules(dict[str, None]):
    """Says of every app that it has no migrations."""

    def __contains__(self, app: object) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None

    def get(self, app: str, default: object = None) -> None:
        return None


def without_migrations() -> None:
    """Let the tables of this process's database come from the models alone (tests)."""
    settings.MIGRATION_MODULES = _NoModules()


def planned() -> list[str]:
    """The migrations that have not been applied."""
    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def bring_up() -> list[str]:
    """Create or migrate the tables; returns the migrations that were outstanding."""
    outstanding = planned()
    if not connection.introspection.table_names():
        modules = settings.MIGRATION_MODULES
        without_migrations()
        try:
            call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
        finally:
            settings.MIGRATION_MODULES = modules
        call_command("migrate", fake=True, interactive=False, verbosity=0)
    elif outstanding:
        call_command("migrate", interactive=False, verbosity=0)
    return outstanding
