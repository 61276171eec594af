from importlib import import_module

from django.apps import AppConfig


class MatchesConfig(AppConfig):
    name = "trihelix.registers.matches"
    label = "matches"
    verbose_name = "对接"

    def ready(self) -> None:
        import_module("trihelix.registers.matches.register")
