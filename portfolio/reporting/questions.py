"""What a reader asks of a report page, in the address: read, shown in a form, and given on in links."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portfolio.common.api.reading import FIRST_DAY, LAST_DAY
from portfolio.funding.models import LedgerDelta, SpanTotal
from portfolio.programmes.models import Programme
from portfolio.reporting.terms import Terms

# What is being written while a report is read may be dated some moments back: a pin stands before it.
PINNED_BACK = datetime.timedelta(minutes=2)

# What the lines of a report may be of, by itself the first.
SHEET_GROUPS: Mapping[str, Any] = {
    "strand_year": _("Strand and fiscal year"),
    "strand": _("Strand"),
    "fiscal_year": _("Fiscal year"),
    "partner": _("Partner"),
    "project": _("Project"),
}
FLOW_GROUPS: Mapping[str, Any] = {
    "month": _("Month"),
    "quarter": _("Quarter"),
    "fiscal_year": _("Fiscal year"),
}


def moment_of(text: str) -> datetime.datetime:
    """An instant from its ISO form; without an offset it is of the clock in Hong Kong.

    Raises: ValueError.
    """
    found = datetime.datetime.fromisoformat(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=timezone.get_default_timezone())
    # By the year alone first: the ends of the calendar cannot be moved to another time zone.
    if not FIRST_DAY.year <= found.year <= LAST_DAY.year:
        raise ValueError("The moment is out of range.")
    return found


def moment_text(moment: datetime.datetime) -> str:
    """An instant as it stands in an address: in UTC, so that it means the same to everybody."""
    utc = moment.astimezone(datetime.UTC)
    return utc.replace(tzinfo=None).isoformat() + "Z"


class MomentInput(forms.DateTimeInput):
    """The browser's own box for a day and a time, in Hong Kong's clock."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> str:
        """The instant as the box can hold it."""
        try:
            found = value if isinstance(value, datetime.datetime) else moment_of(str(value))
        except ValueError:
            return ""
        return timezone.localtime(found).replace(tzinfo=None).isoformat()


class MomentField(forms.Field):
    """An instant, with or without an offset."""

    widget = MomentInput(attrs={"step": "1"})

    def to_python(self, value: Any) -> datetime.datetime | None:
        """The instant. Raises: ValidationError."""
        if value in self.empty_values:
            return None
        try:
            return moment_of(str(value))
        except ValueError:
            raise forms.ValidationError(_("Give a day and a time.")) from None


class QuestionForm(forms.Form):
    """The terms of a report."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(), to_field_name="slug", empty_label=None, label=_("Programme")
    )
    as_of = forms.DateField(
        label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Value dates up to and including this day."),
    )  # fmt: skip
    known_at = MomentField(
        label=_("As known at"), required=False,
        help_text=_("What was recorded until then; empty for everything."),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    group_by = forms.ChoiceField(label=_("Lines by"), required=False)

    def __init__(
        self,
        data: Any,
        *,
        without: tuple[str, ...] = (),
        groups: Mapping[str, Any] = SHEET_GROUPS,
        programme: Any = None,
    ) -> None:
        super().__init__(data)
        self.fields["group_by"].choices = list(groups.items())  # type: ignore[attr-defined]
        self.fields["programme"].queryset = Programme.objects.order_by("-announced_date", "pk")  # type: ignore[attr-defined]
        everything = _("All, in base currency")
        used = currencies_of(programme) if programme is not None else []
        self.fields["currency"].choices = [("", everything), *((c, c) for c in used)]  # type: ignore[attr-defined]
        for name in without:
            del self.fields[name]
        for field in self.fields.values():
            field.widget.attrs["class"] = "report-input"

    def clean_as_of(self) -> datetime.date:
        """A day within two centuries of now."""
        day: datetime.date = self.cleaned_data["as_of"]
        if not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("Give a day from 1990 to 2200."))
        return day


def currencies_of(programme: Programme) -> list[str]:
    """The currencies in which something was posted, by the totals and what is not in them yet.

    Queries: one.
    """
    mine = {"allocation__strand__programme": programme}
    folded = SpanTotal.objects.filter(span="YEAR", **mine).order_by().values_list("currency")
    fresh = LedgerDelta.objects.filter(**mine).order_by().values_list("currency")
    return sorted(currency for (currency,) in folded.union(fresh))


@dataclass(frozen=True)
class Asked:
    """The terms of a report page and how its lines are made; None is as that page does by itself."""

    terms: Terms
    group_by: str | None = None

    def address(self, route: str, **more: Any) -> str:
        """The address of another page that asks the same, and more; both clocks stay."""
        terms = self.terms
        values: dict[str, Any] = {
            "programme": terms.programme.slug,
            "as_of": terms.as_of.isoformat(),
        }
        if terms.known_at is not None:
            values["known_at"] = moment_text(terms.known_at)
        if terms.currency is not None:
            values["currency"] = terms.currency
        if self.group_by is not None:
            values["group_by"] = self.group_by
        values |= {name: value for name, value in more.items() if value is not None}
        return f"{reverse(f'admin:{route}')}?{urlencode(values)}"

    def pinned(self, now: datetime.datetime) -> "Asked":
        """The same with both clocks stopped: it says the same for ever."""
        back = (now - PINNED_BACK).replace(microsecond=0)
        return replace(self, terms=replace(self.terms, known_at=self.terms.known_at or back))

    def unpinned(self) -> "Asked":
        """The same as everything is known now."""
        return replace(self, terms=replace(self.terms, known_at=None))


def read(
    request: HttpRequest,
    now: datetime.datetime,
    *,
    without: tuple[str, ...] = (),
    groups: Mapping[str, Any] = SHEET_GROUPS,
) -> tuple[QuestionForm, Asked | None]:
    """The form of a page and what is asked; None where it cannot be understood.

    What is not given is the programme announced last, today in Hong Kong, everything that is known,
    every currency, and the first of `groups`.
    """
    programmes = Programme.objects.order_by("-announced_date", "pk")
    # PostgreSQL takes no NUL, and no text of ours has one.
    said = {name: str(request.GET[name]).replace("\x00", "\ufffd") for name in request.GET}
    wanted = said.get("programme")
    chosen = (programmes.filter(slug=wanted[:100]) if wanted else programmes).first()
    given = {
        "programme": chosen.slug if chosen and not wanted else (wanted or ""),
        "as_of": timezone.localdate(now).isoformat(),
        "group_by": next(iter(groups)),
        **{name: value for name, value in said.items() if value},
    }
    form = QuestionForm(given, without=without, groups=groups, programme=chosen)
    if not form.is_valid():
        return form, None
    clean = form.cleaned_data
    terms = Terms(
        clean["programme"], clean["as_of"], clean.get("known_at"), clean.get("currency") or None
    )
    group_by = clean.get("group_by")
    return form, Asked(terms, None if group_by == next(iter(groups)) else group_by or None)
