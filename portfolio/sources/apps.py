from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SourcesConfig(AppConfig):
    """Where a fact comes from."""

    name = "portfolio.sources"
    verbose_name = _("Sources")
