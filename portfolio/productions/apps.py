from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductionsConfig(AppConfig):
    """Films and series."""

    name = "portfolio.productions"
    verbose_name = _("Productions")

    def ready(self) -> None:
        """Let staff import productions from files."""
        from portfolio.productions.imports import register_importers

        register_importers()
