from importlib import import_module

from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    name = "trihelix.registers.experts"
    label = "experts"
    verbose_name = "专家"

    def ready(self) -> None:
        import_module("trihelix.registers.experts.register")
