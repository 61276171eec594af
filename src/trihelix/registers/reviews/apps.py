from importlib import import_module

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "trihelix.registers.reviews"
    label = "reviews"
    verbose_name = "评审"

    def ready(self) -> None:
        import_module("trihelix.registers.reviews.register")
