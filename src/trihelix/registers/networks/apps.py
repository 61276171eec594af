from importlib import import_module

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "trihelix.registers.networks"
    label = "networks"
    verbose_name = "联盟与研究院"

    def ready(self) -> None:
        import_module("trihelix.registers.networks.register")
