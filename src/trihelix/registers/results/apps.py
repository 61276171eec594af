from importlib import import_module

from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "trihelix.registers.results"
    label = "results"
    verbose_name = "科技成果"

    def ready(self) -> None:
        import_module("trihelix.registers.results.register")
