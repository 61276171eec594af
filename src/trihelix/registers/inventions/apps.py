from importlib import import_module

from django.apps import AppConfig


class InventionsConfig(AppConfig):
    name = "trihelix.registers.inventions"
    label = "inventions"
    verbose_name = "职务科技成果"

    def ready(self) -> None:
        import_module("trihelix.registers.inventions.register")
