from importlib import import_module

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "trihelix.registers.governance"
    label = "governance"
    verbose_name = "治理"

    def ready(self) -> None:
        import_module("trihelix.registers.governance.register")
