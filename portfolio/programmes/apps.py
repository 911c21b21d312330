from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    """Programmes, their strands and the projects they fund."""

    name = "portfolio.programmes"
    verbose_name = _("Programmes")
