from importlib import import_module

from django.apps import AppConfig


class PlatformsConfig(AppConfig):
    name = "trihelix.registers.platforms"
    label = "platforms"
    verbose_name = "创新平台"

    def ready(self) -> None:
        import_module("trihelix.registers.platforms.register")
