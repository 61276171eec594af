from importlib import import_module

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "trihelix.registers.finance"
    label = "finance"
    verbose_name = "科技金融"

    def ready(self) -> None:
        import_module("trihelix.registers.finance.register")
