from importlib import import_module

from django.apps import AppConfig


class IntakesConfig(AppConfig):
    name = "trihelix.registers.intakes"
    label = "intakes"
    verbose_name = "征集"

    def ready(self) -> None:
        import_module("trihelix.registers.intakes.register")
