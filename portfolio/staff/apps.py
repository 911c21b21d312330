from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    """The people who work in the admin, and their roles."""

    default = True
    name = "portfolio.staff"
    verbose_name = _("Staff")


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the site of ours."""

    default = False
    default_site = "portfolio.staff.site.StaffSite"
