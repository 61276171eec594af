from importlib import import_module

from django.apps import AppConfig


class LadderConfig(AppConfig):
    name = "trihelix.registers.ladder"
    label = "ladder"
    verbose_name = "梯度培育"

    def ready(self) -> None:
        import_module("trihelix.registers.ladder.register")
