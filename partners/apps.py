from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Organisations and people."""

    name = "partners"
    verbose_name = _("Partners")
