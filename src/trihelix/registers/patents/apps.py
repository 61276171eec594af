from importlib import import_module

from django.apps import AppConfig


class PatentsConfig(AppConfig):
    name = "trihelix.registers.patents"
    label = "patents"
    verbose_name = "专利"

    def ready(self) -> None:
        import_module("trihelix.registers.patents.register")
