from importlib import import_module

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "trihelix.registers.figures"
    label = "figures"
    verbose_name = "指标"

    def ready(self) -> None:
        import_module("trihelix.registers.figures.register")
