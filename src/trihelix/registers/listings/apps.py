from importlib import import_module

from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "trihelix.registers.listings"
    label = "listings"
    verbose_name = "挂牌交易"

    def ready(self) -> None:
        import_module("trihelix.registers.listings.register")
