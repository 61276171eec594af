from importlib import import_module

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "trihelix.registers.programmes"
    label = "programmes"
    verbose_name = "科技计划"

    def ready(self) -> None:
        import_module("trihelix.registers.programmes.register")
