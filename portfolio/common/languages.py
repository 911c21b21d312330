"""Languages of works: tags of BCP 47, such as yue, zh-Hant or en-GB."""

import re
from typing import Any

import pycountry
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.db.models.functions import Cast
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _

# Language, script, region and variants in their usual writing (RFC 5646, 2.1.1); no extensions.
ONE_TAG = r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
LONGEST_TAG = 35


def language_name_exists(tag: str) -> None:
    """The parts of a tag are known: ISO 639, ISO 15924, ISO 3166-1 or a UN region of three digits.

    Raises: ValidationError, which names the part.
    """
    language, *rest = tag.split("-")
    if pycountry.languages.get(**{f"alpha_{len(language)}": language}) is None:
        raise ValidationError(
            _("%(part)s is no language of ISO 639."), params={"part": language}, code="language"
        )
    for part in rest:
        if len(part) == 4 and part.isalpha() and pycountry.scripts.get(alpha_4=part) is None:
            raise ValidationError(
                _("%(part)s is no script of ISO 15924."), params={"part": part}, code="script"
            )
        if len(part) == 2 and pycountry.countries.get(alpha_2=part) is None:
            raise ValidationError(
                _("%(part)s is no territory of ISO 3166-1."), params={"part": part}, code="region"
            )


def validate_language_tag(tag: str) -> None:
    """The text is a language tag.  Raises: ValidationError."""
    if len(tag) > LONGEST_TAG or not re.fullmatch(ONE_TAG, tag):
        raise ValidationError(
            _("%(tag)s is no language tag of BCP 47, such as yue, zh-Hant or en-GB."),
            params={"tag": tag},
            code="tag",
        )
    language_name_exists(tag)


class LanguageTagField(models.CharField):
    """A language tag of BCP 47."""

    default_validators = [validate_language_tag]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_length": LONGEST_TAG})

    def deconstruct(self) -> Any:
        """Django's own class, so that migrations import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def languages_field(label: Any, **kwargs: Any) -> ArrayField:
    """A list of language tags, in the order in which they matter."""
    return ArrayField(
        LanguageTagField(),
        verbose_name=label,
        default=list,
        db_default=[],
        blank=True,
        **kwargs,
    )


def languages_are_bcp47(*, name: str, field: str) -> models.CheckConstraint:
    """Every text of the list is written as a language tag."""
    # Written as PostgreSQL writes an array: an element that holds a comma stands in quotes.
    listed = Cast(F(field), models.TextField())
    return models.CheckConstraint(
        name=name,
        condition=Regex(listed, rf"^\{{({ONE_TAG}(,{ONE_TAG})*)?\}}$"),
        violation_error_message=_(
            "Write languages as tags of BCP 47, one a line, such as yue, zh-Hant or en-GB."
        ),
    )
