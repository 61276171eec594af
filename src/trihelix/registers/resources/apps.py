from importlib import import_module

from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "trihelix.registers.resources"
    label = "resources"
    verbose_name = "仪器与场景"

    def ready(self) -> None:
        import_module("trihelix.registers.resources.register")
