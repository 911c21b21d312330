from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductionsConfig(AppConfig):
    """Films and series."""

    name = "portfolio.productions"
    verbose_name = _("Productions")
