"""What the forms of all steps share: what they are about, documents, exchange rates."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from partners.admin.paper import PaperForm
from portfolio.common.admin_steps import DayField, ListField, StepForm
from portfolio.funding.choices import RateSource
from portfolio.funding.models import RateField
from portfolio.funding.operations.dossier import Dossier
from portfolio.funding.operations.exchange import Rate


class CommitmentStepForm(StepForm):
    """A step of the commitment in `dossier` or, with `subject`, of one of its parts."""

    done: Any = _("Done.")
    explanation: Any = ""

    def __init__(
        self, *args: Any, dossier: Dossier, subject: Any, user: Any, today: datetime.date, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.dossier, self.commitment, self.subject = dossier, dossier.commitment, subject
        self.user, self.today = user, today
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to what the step is about."""

    def facts(self) -> list[tuple[Any, Any]]:
        """Pairs that say what the step is about."""
        return []

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Take the step."""
        raise NotImplementedError

    def forget(self) -> None:
        """Remove what a refused step left outside the database."""


class WithDocument(PaperForm, CommitmentStepForm):
    """A step with a paper."""

    def prepare(self) -> None:
        """Who may not add documents is not offered to."""
        super().prepare()
        self.offer_paper_to(self.user)


class WithRate(CommitmentStepForm):
    """A step in another currency than the books': at the published rate, unless told another."""

    rate_day = "value_date"
    rate = RateField(_("Rate"), null=True, blank=True).formfield(
        required=False, help_text=_("Empty: the last one published on or before the day.")
    )
    rate_date = DayField(label=_("Rate of"), required=False)
    rate_source = ListField(
        label=_("Rate from"),
        required=False,
        choices=[("", "–"), *((s.value, s.label) for s in (RateSource.BANK, RateSource.AGREEMENT))],
    )

    def prepare(self) -> None:
        """No rate between a currency and itself."""
        super().prepare()
        if self.commitment.currency == self.commitment.programme.base_currency:
            for name in ("rate", "rate_date", "rate_source"):
                del self.fields[name]
            return
        self.fields["rate"].label = _t("%(base)s for one %(currency)s") % {
            "base": self.commitment.programme.base_currency,
            "currency": self.commitment.currency,
        }
        self.fields["rate"].widget.attrs["class"] = self.fields["rate_date"].widget.attrs["class"]

    def clean(self) -> dict[str, Any]:
        """A rate comes with where it is from."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("rate") and not cleaned.get("rate_source"):
            self.add_error("rate_source", _t("Say where the rate comes from."))
        return cleaned

    def rate_given(self, on: datetime.date) -> Rate | None:
        """The rate that was typed, or None for the published one."""
        rate: Decimal | None = self.cleaned_data.get("rate")
        if not rate:
            return None
        return Rate(
            rate, self.cleaned_data.get("rate_date") or on, self.cleaned_data["rate_source"]
        )
