from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    """Questions across apps."""

    name = "portfolio.reporting"
    verbose_name = _("Reporting")
