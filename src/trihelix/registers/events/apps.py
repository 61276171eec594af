from importlib import import_module

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "trihelix.registers.events"
    label = "events"
    verbose_name = "活动"

    def ready(self) -> None:
        import_module("trihelix.registers.events.register")
