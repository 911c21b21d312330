from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScholarshipsConfig(AppConfig):
    """Scholarship schemes."""

    name = "scholarships"
    verbose_name = _("Scholarships")
