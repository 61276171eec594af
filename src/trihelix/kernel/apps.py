from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "trihelix.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "内核"

    def ready(self) -> None:
        """Register the worker's ticks and handlers of the desk."""
        from trihelix.kernel import alerts, digests, jobs, letters, reminders  # noqa: F401
