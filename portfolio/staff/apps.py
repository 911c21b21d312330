from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    """The people who work in the admin, and their roles."""

    name = "portfolio.staff"
    verbose_name = _("Staff")
