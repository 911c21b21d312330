"""Numbers of productions in public registers."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.history import keeps_history
from portfolio.common.identifiers import SYNTAX, canonical
from portfolio.productions.choices import WorkScheme
from portfolio.productions.models.production import Production

WRITTEN = Q()
for _scheme, _syntax in SYNTAX.items():
    WRITTEN |= Q(scheme=_scheme, value__regex=_syntax)


@keeps_history()
class ProductionIdentifier(models.Model):
    """The number under which a register knows a production; as public as the production.

    Source: EIDR, ISAN (ISO 15706), IMDb, Wikidata, Douban.
    """

    production = models.ForeignKey(
        Production,
        on_delete=models.CASCADE,
        related_name="identifiers",
        verbose_name=_("production"),
    )
    scheme = models.CharField(_("register"), max_length=10, choices=WorkScheme)
    value = models.CharField(
        _("number"),
        max_length=80,
        help_text=_("As written in the register, or the address of its page there."),
    )

    class Meta:
        verbose_name = _("number in a register")
        verbose_name_plural = _("numbers in registers")
        ordering = ["production", "scheme"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "value"],
                name="production_identifier_belongs_to_one",
                violation_error_message=_("Another production has this number already."),
            ),
            models.UniqueConstraint(
                fields=["production", "scheme"],
                name="production_identifier_is_the_only_one_of_its_register",
                violation_error_message=_("The production has a number of this register already."),
            ),
            # Together they also say which registers there are.
            models.CheckConstraint(
                name="production_identifier_is_written_as_its_register_does",
                condition=WRITTEN,
                violation_error_message=_("The number is not written as the register writes it."),
            ),
            models.CheckConstraint(
                name="production_identifier_was_not_mistyped",
                condition=Q(
                    Func(
                        F("scheme"),
                        F("value"),
                        function="production_number_checks",
                        output_field=models.BooleanField(),
                    )
                ),
                violation_error_message=_(
                    "The check character of the number is wrong: a digit was mistyped."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"

    def clean(self) -> None:
        """Bring the number into its usual form; say what is wrong with it."""
        if self.scheme not in WorkScheme.values or not self.value:
            return
        try:
            self.value = canonical(self.scheme, self.value)
        except ValidationError as fault:
            raise ValidationError({"value": fault}) from None
