from importlib import import_module

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "trihelix.registers.contracts"
    label = "contracts"
    verbose_name = "交易与合同"

    def ready(self) -> None:
        import_module("trihelix.registers.contracts.register")
