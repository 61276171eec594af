from importlib import import_module

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "trihelix.registers.policies"
    label = "policies"
    verbose_name = "政策"

    def ready(self) -> None:
        import_module("trihelix.registers.policies.register")
