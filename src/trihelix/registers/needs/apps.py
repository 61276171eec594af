from importlib import import_module

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "trihelix.registers.needs"
    label = "needs"
    verbose_name = "技术需求"

    def ready(self) -> None:
        import_module("trihelix.registers.needs.register")
