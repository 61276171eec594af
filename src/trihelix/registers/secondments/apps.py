from importlib import import_module

from django.apps import AppConfig


class SecondmentsConfig(AppConfig):
    name = "trihelix.registers.secondments"
    label = "secondments"
    verbose_name = "科创专员与人才选派"

    def ready(self) -> None:
        import_module("trihelix.registers.secondments.register")
