"""Countries and territories: ISO 3166-1 alpha-2."""

from functools import cache
from typing import Any

import pycountry
from babel import Locale
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portfolio.common.locales import locale_of

ISO_3166_1 = tuple(sorted(country.alpha_2 for country in pycountry.countries))


class TerritoryField(models.CharField):
    """An ISO 3166-1 alpha-2 code, or blank where no source states one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_length": 2})

    def deconstruct(self) -> Any:
        """Django's own class, so that migrations import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def territory_is_iso3166(*, name: str, field: str = "country") -> models.CheckConstraint:
    """The code is one of ISO 3166-1, or blank."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__in": ("", *ISO_3166_1)}),
        violation_error_message=_(
            "Give a country code of ISO 3166-1, such as HK, or leave it empty."
        ),
    )


def validate_territory(code: str) -> None:
    """The code is one of ISO 3166-1.  Raises: ValidationError."""
    if code not in ISO_3166_1:
        raise ValidationError(
            _("%(code)s is no country code of ISO 3166-1."), params={"code": code}, code="territory"
        )


class ListedTerritoryField(TerritoryField):
    """A code of ISO 3166-1 in a list, which a form judges one by one."""

    default_validators = [validate_territory]


@cache
def _names(locale: str) -> dict[str, str]:
    return dict(Locale.parse(locale).territories)


def territory_name(code: str, language: str) -> str:
    """The everyday name of a country or territory. Source: CLDR, but for the two SARs."""
    short = {"HK": gettext("Hong Kong"), "MO": gettext("Macao"), "CN": gettext("Mainland China")}
    return short.get(code) or _names(locale_of(language)).get(code, code)
