"""What the steps of a financing plan and of co-production ask for."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from partners.admin.paper import PaperForm
from partners.choices import DocumentKind
from portfolio.common.admin_steps import (
    AmountFormField,
    DayField,
    FoundRowField,
    LineField,
    ListField,
    SentencesField,
)
from portfolio.funding.choices import RateSource
from portfolio.funding.operations.exchange import Rate
from portfolio.productions.admin.money_forms import MoneyForm
from portfolio.productions.choices import FinancingKind, Secured
from portfolio.productions.models import (
    CoproductionShare,
    CoproductionTerms,
    FinancingPlan,
    FinancingSource,
    WaterfallPosition,
)
from portfolio.productions.operations import coproduction, financing
from portfolio.productions.operations.title_money import approved_budget, shares_on

MOST_PRODUCERS = 8


class BeginPlan(MoneyForm):
    """In which currency, and why."""

    currency = LineField(label=_("Currency"), max_length=3)
    reason = SentencesField(label=_("Reason"), required=False)
    done = _("The plan is begun; add its sources, then lock it.")
    explanation = _("It begins with the sources of the version before it in the same currency.")

    def prepare(self) -> None:
        """The currency of the budget; a later one says why."""
        budget = approved_budget(self.production) or self.production.budgets.first()
        self.fields["currency"].initial = (
            budget.currency if budget else self.production.programme.base_currency
        )
        self.fields["reason"].required = self.production.financing_plans.exists()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Begin it."""
        said = self.cleaned_data
        return financing.begin_plan(
            production=self.production, currency=said["currency"].upper(), reason=said["reason"],
            actor=actor, at=at,
        )  # fmt: skip


class AddSource(MoneyForm):
    """What sort of money, whose, how much, and where it recoups."""

    subject: FinancingPlan
    kind = ListField(label=_("Kind"), choices=FinancingKind.choices)
    party = FoundRowField(
        FinancingSource._meta.get_field("party"), label=_("Party"), required=False,
        help_text=_("Empty while nobody is found, and where it is the programme itself."),
    )  # fmt: skip
    is_programme = forms.BooleanField(
        label=_("The programme itself"), required=False, widget=UnfoldBooleanWidget()
    )
    commitment = FoundRowField(
        FinancingSource._meta.get_field("commitment"), label=_("Commitment"), required=False,
        help_text=_("Of the programme to this title."),
    )  # fmt: skip
    amount = AmountFormField(label=_("Amount"))
    currency = LineField(label=_("Currency"), max_length=3)
    rate = forms.DecimalField(
        label=_("Rate"), required=False, max_digits=24, decimal_places=12,
        help_text=_("Empty: the last published rate."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    rate_source = ListField(
        label=_("Rate from"), required=False,
        choices=[(s.value, s.label) for s in (RateSource.AGREEMENT, RateSource.BANK)],
    )  # fmt: skip
    recoupment_place = forms.IntegerField(
        label=_("Recoupment place"), required=False, min_value=1, max_value=999,
        help_text=_("1 recoups first; equal places recoup together; empty recoups nothing."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    position = ListField(label=_("Position in the waterfall"), required=False)
    done = _("The source is added.")

    def prepare(self) -> None:
        """The plan's currency; positions of the title's waterfalls."""
        self.fields["currency"].initial = self.subject.currency
        self.fields["commitment"].queryset = self.production.commitments.all()  # type: ignore[attr-defined]
        positions = (
            WaterfallPosition.objects.filter(tier__version__waterfall__production=self.production)
            .select_related("party", "tier__version__waterfall__agreement")
            .order_by(
                "tier__version__waterfall", "-tier__version__number", "tier__number", "number"
            )
        )
        found: dict[tuple[int, str], WaterfallPosition] = {}
        for row in positions[:500]:
            found.setdefault((row.tier.version.waterfall_id, row.code), row)
        self.fields["position"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *(
                (row.pk, f"{row.tier.version.waterfall.agreement.reference}: {row.code}, {row}")
                for row in found.values()
            ),
        ]
        if not found:
            del self.fields["position"]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Add it."""
        said = dict(self.cleaned_data)
        said["currency"] = said["currency"].upper()
        number, source = said.pop("rate"), said.pop("rate_source")
        said["position_id"] = int(said.pop("position", "") or 0) or None
        rate = None
        if number is not None and said["currency"] != self.subject.currency:
            rate = Rate(number, self.today, source or RateSource.AGREEMENT)
        return financing.add_source(
            plan=self.subject, rate=rate, on=self.today, actor=actor, **said
        )


class RemoveSource(MoneyForm):
    """Whether one is sure."""

    subject: FinancingSource
    done = _("The source is removed.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Remove it."""
        return financing.remove_source(source=self.subject, actor=actor)


class LockPlan(MoneyForm):
    """Whether one is sure."""

    done = _("The plan is locked.")
    explanation = _(
        "In a locked plan a source may become surer, and nothing else changes. Financial close asks for a "
        "locked plan that is equal to the approved budget."
    )

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Lock it."""
        return financing.lock_plan(plan=self.subject, actor=actor, at=at)


class SecureSource(PaperForm, MoneyForm):
    """A letter of intent or a signature, its day and its paper."""

    subject: FinancingSource
    document_kind = DocumentKind.OTHER
    secured = ListField(
        label=_("Secured"),
        choices=[(s.value, s.label) for s in (Secured.SIGNED, Secured.LETTER_OF_INTENT)],
    )
    secured_date = DayField(label=_("Dated"))
    done = _("It is recorded how sure the source is.")

    def prepare(self) -> None:
        """Usually today."""
        self.fields["secured_date"].initial = self.today

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Record it."""
        said = self.cleaned_data
        return financing.secure_source(
            source=self.subject, secured=Secured(said["secured"]), secured_date=said["secured_date"],
            document=self.paper(actor=actor, at=at), actor=actor,
        )  # fmt: skip


class RecordShares(MoneyForm):
    """From when on, by which agreement, and every producer with a share."""

    effective_date = DayField(label=_("In effect from"))
    agreement = FoundRowField(
        CoproductionTerms._meta.get_field("agreement"), label=_("Agreement"), required=False
    )
    reason = SentencesField(
        label=_("Reason"), required=False, help_text=_("Needed where there is no agreement.")
    )
    done = _("The shares are recorded.")
    explanation = _(
        "All shares at once; together they make 100 per cent. Earlier ones stay on record."
    )

    def prepare(self) -> None:
        """A pair of boxes for each, with the shares of today."""
        self.fields["effective_date"].initial = self.today
        terms = shares_on(self.production, self.today)
        held = list(terms.shares.all()) if terms else []
        field = CoproductionShare._meta.get_field("organisation")
        for number in range(1, MOST_PRODUCERS + 1):
            row = held[number - 1] if number <= len(held) else None
            self.fields[f"party_{number}"] = FoundRowField(
                field, label=_("Co-producer %(number)s") % {"number": number}, required=False,
                initial=row and row.organisation_id,
            )  # fmt: skip
            self.fields[f"share_{number}"] = forms.DecimalField(
                label=_("Share %(number)s, %%") % {"number": number}, required=False, max_digits=7,
                decimal_places=4, initial=row and row.share,
                widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Who has a share is named, and who is named has one."""
        said = super().clean() or {}
        for number in range(1, MOST_PRODUCERS + 1):
            party, share = said.get(f"party_{number}"), said.get(f"share_{number}")
            if (party is None) != (share is None) and not self.errors:
                self.add_error(
                    f"share_{number}", _("Give both the co-producer and the share, or neither.")
                )
        return said

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Record them."""
        said = self.cleaned_data
        pairs = (
            (said[f"party_{number}"], said[f"share_{number}"])
            for number in range(1, MOST_PRODUCERS + 1)
        )
        return coproduction.record_shares(
            production=self.production, effective_date=said["effective_date"],
            agreement=said["agreement"], reason=said["reason"], actor=actor,
            shares=[(party, share) for party, share in pairs if party is not None],
        )  # fmt: skip
