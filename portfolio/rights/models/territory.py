"""Named sets of territories."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.history import keeps_history
from portfolio.common.names import NamedInThreeScripts, has_a_name
from portfolio.common.search import SearchableQuerySet

WORLD = "WORLD"


class TerritoryBits(models.Field):
    """A set of territories as PostgreSQL compares it: one bit for each pair of letters.

    The bit of `HK` is 7 × 26 + 10; a code that ISO 3166-1 gives out later has its place already.
    """

    def db_type(self, connection: Any) -> str:
        """676 bits."""
        return "bit(676)"


class TerritorySetQuerySet(SearchableQuerySet):
    """Sets of territories."""


@keeps_history(exclude=("bits",))
class TerritorySet(NamedInThreeScripts):
    """Territories under one name, as agreements use it: the world, Greater China, Southeast Asia.

    A set that some right names stays as it is, because the agreement meant what it said that day.
    Source: ISO 3166-1 alpha-2 for what is in it.
    """

    code = models.CharField(_("code"), max_length=30, unique=True)
    codes = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("territories"),
        help_text=_("ISO 3166-1 codes such as HK, MO, TW. One a line."),
    )
    bits = models.GeneratedField(
        expression=Func(F("codes"), function="rights_territory_bits"),
        output_field=TerritoryBits(),
        db_persist=True,
        editable=False,
    )

    objects = TerritorySetQuerySet.as_manager()

    class Meta:
        verbose_name = _("set of territories")
        verbose_name_plural = _("sets of territories")
        ordering = ["code"]
        constraints = [
            has_a_name(name="territoryset_has_a_name"),
            models.CheckConstraint(
                name="territoryset_code_is_a_word",
                condition=Q(code__regex=r"^[A-Z][A-Z0-9_]{2,29}$"),
                violation_error_message=_(
                    "Use three or more capital letters, digits and underscores, such as GREATER_CHINA."
                ),
            ),
            models.CheckConstraint(
                name="territoryset_has_territories",
                condition=~Q(codes=[]),
                violation_error_message=_("Give at least one territory."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="territoryset_is_of_known_territories",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(new__code=WORLD),
                func=pgtrigger.Func(
                    """
                    IF EXISTS (
                        SELECT 1 FROM unnest(NEW.codes) c WHERE NOT EXISTS (
                            SELECT 1 FROM rights_territoryset w
                            WHERE w.code = 'WORLD' AND c = ANY (w.codes)))
                    THEN
                        RAISE EXCEPTION 'territoryset_is_of_known_territories: use ISO 3166-1 codes such as HK, MO, TW'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]
