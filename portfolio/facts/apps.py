from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactsConfig(AppConfig):
    """Loads a programme's published facts from a file."""

    name = "portfolio.facts"
    verbose_name = _("Facts")
