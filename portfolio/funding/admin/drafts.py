"""The form of a commitment while it is a draft."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin import StaffStackedInline, StaffTabularInline
from portfolio.common.admin_forms import LinesField, StaffForm
from portfolio.common.admin_steps import AmountFormField
from portfolio.common.money import AmountField
from portfolio.funding.choices import ConditionKind
from portfolio.funding.models import Commitment, CommitmentSplit, Tranche
from portfolio.funding.operations import commitments
from portfolio.funding.operations.commitments import Share, Slice

# One box for each kind of condition, one condition a line.
BOXES: dict[str, ConditionKind] = {
    "documents": ConditionKind.DOCUMENT_ACCEPTED,
    "milestones": ConditionKind.MILESTONE_REACHED,
    "insurances": ConditionKind.INSURANCE_IN_FORCE,
    "reports": ConditionKind.REPORT_ACCEPTED,
}


class DraftForm(StaffForm):
    """What is promised, to whom and for what. Without a reference it gets the next one of the year."""

    class Meta:
        model = Commitment
        fields = (
            "programme", "project", "payee", "title", "reference", "amount", "currency",
            "agreement", "notes",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "reference" in self.fields:
            self.fields["reference"].required = False
            self.fields["reference"].help_text = _("Empty: the next one of the year.")

    def clean(self) -> dict[str, Any] | None:
        """Give a reference where none was typed; a project belongs to the programme."""
        cleaned = super().clean() or self.cleaned_data
        programme, project = cleaned.get("programme"), cleaned.get("project")
        if programme and not cleaned.get("reference"):
            cleaned["reference"] = commitments.next_reference(timezone.localdate().year)
        if programme and project and project.programme_id != programme.pk:
            self.add_error("project", _("This project is of another programme."))
        cleaned["currency"] = (cleaned.get("currency") or "").upper()
        return cleaned


class ShareForm(StaffForm):
    """What an allocation bears: an amount, or per cent of which the amount follows."""

    class Meta:
        model = CommitmentSplit
        fields = ("allocation", "percentage", "amount")
        help_texts = {"amount": _("Where it is not by per cent.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "amount" in self.fields:
            self.fields["amount"].required = False

    def clean(self) -> dict[str, Any] | None:
        """Either of the two is there."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("percentage") is not None:
            # Worked out from all shares together when they are saved.
            cleaned["amount"] = AmountField().to_python("0.01")
        elif cleaned.get("amount") is None and not self.errors:
            raise ValidationError(_("Give an amount, or per cent of the commitment."))
        return cleaned

    def share(self) -> Share:
        """The share as operations take it."""
        said = self.cleaned_data
        by_percentage = said.get("percentage") is not None
        return Share(
            said["allocation"],
            amount=None if by_percentage else said["amount"],
            percentage=said["percentage"] if by_percentage else None,
        )


class ShareInline(StaffTabularInline):
    """Which allocations bear the commitment."""

    model = CommitmentSplit
    form = ShareForm
    autocomplete_fields = ("allocation",)
    fields = ("allocation", "percentage", "amount")
    extra = 1
    select_related = ("allocation__strand",)
    verbose_name = _("allocation that bears it")
    verbose_name_plural = _("allocations that bear it")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Amounts as people write them."""
        if db_field.name == "amount":
            return AmountFormField(label=capfirst(db_field.verbose_name))
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class SliceForm(StaffForm):
    """A tranche with what it waits for, one condition a line."""

    documents = LinesField(
        base_field=forms.CharField(max_length=300),
        required=False,
        label=_("Documents to be accepted"),
    )
    milestones = LinesField(
        base_field=forms.CharField(max_length=300),
        required=False,
        label=_("Milestones to be reached"),
    )
    insurances = LinesField(
        base_field=forms.CharField(max_length=300), required=False, label=_("Insurances in force")
    )
    reports = LinesField(
        base_field=forms.CharField(max_length=300),
        required=False,
        label=_("Reports to be accepted"),
    )

    class Meta:
        model = Tranche
        fields = ("title", "amount", "due_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in BOXES:
            self.fields[name].widget.attrs["rows"] = 2
        if self.instance.pk:
            for condition in self.instance.conditions.all():
                box = next(name for name, kind in BOXES.items() if kind == condition.kind)
                self.initial.setdefault(box, []).append(condition.description)

    def slice(self) -> tuple[int | None, Slice]:
        """The tranche as operations take it."""
        said = self.cleaned_data
        conditions = [(kind, text) for box, kind in BOXES.items() for text in said.get(box) or []]
        return self.instance.pk, Slice(
            said["amount"], said["due_date"], said.get("title") or "", conditions
        )


class SliceInline(StaffStackedInline):
    """The tranches, each with its conditions."""

    model = Tranche
    form = SliceForm
    extra = 1
    fields = (
        "title",
        ("amount", "due_date"),
        ("documents", "milestones"),
        ("insurances", "reports"),
    )

    def get_queryset(self, request: Any) -> Any:
        """Tranches with their conditions, in two queries."""
        return super().get_queryset(request).prefetch_related("conditions").order_by("number")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Amounts as people write them."""
        if db_field.name == "amount":
            return AmountFormField(label=capfirst(db_field.verbose_name))
        return super().formfield_for_dbfield(db_field, request, **kwargs)
