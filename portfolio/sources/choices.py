"""Words of sources and claims."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.TextChoices):
    """What sort of document a source is."""

    PRESS_ARTICLE = "PRESS_ARTICLE", _("Press article")
    PRESS_RELEASE = "PRESS_RELEASE", _("Press release")
    FILING = "FILING", _("Company filing")
    REGISTER = "REGISTER", _("Public register")
    REPORT = "REPORT", _("Report")
    WEBSITE = "WEBSITE", _("Website")
    AGREEMENT = "AGREEMENT", _("Agreement")
    CORRESPONDENCE = "CORRESPONDENCE", _("Correspondence")


class ClaimKind(models.TextChoices):
    """How a statement is meant by the one who made it."""

    PLAN = "PLAN", _("Plan")
    EXPECTATION = "EXPECTATION", _("Expectation")
    OBJECTIVE = "OBJECTIVE", _("Objective")
    ASSERTION = "ASSERTION", _("Assertion")


class Language(models.TextChoices):
    """Languages a source is written in. Source: BCP 47."""

    EN = "en", _("English")
    ZH_HANT = "zh-Hant", _("Chinese, Traditional script")
    ZH_HANS = "zh-Hans", _("Chinese, Simplified script")
    YUE = "yue", _("Cantonese")
