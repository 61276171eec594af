from importlib import import_module

from django.apps import AppConfig


class TitlesConfig(AppConfig):
    name = "trihelix.registers.titles"
    label = "titles"
    verbose_name = "职称与人才载体"

    def ready(self) -> None:
        import_module("trihelix.registers.titles.register")
