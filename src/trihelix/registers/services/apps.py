from importlib import import_module

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "trihelix.registers.services"
    label = "services"
    verbose_name = "市场服务"

    def ready(self) -> None:
        import_module("trihelix.registers.services.register")
