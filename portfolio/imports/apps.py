from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """Files of others: read, shown, confirmed and taken back."""

    name = "portfolio.imports"
    verbose_name = _("Imports")
