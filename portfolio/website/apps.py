from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebsiteConfig(AppConfig):
    """The public pages."""

    name = "portfolio.website"
    verbose_name = _("Website")
