from importlib import import_module

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "trihelix.registers.parties"
    label = "parties"
    verbose_name = "主体"

    def ready(self) -> None:
        import_module("trihelix.registers.parties.register")
