"""What the steps of a title's money ask for: budgets and cost reports."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES, UnfoldAdminTextareaWidget

from partners.admin.paper import PaperForm
from partners.choices import DocumentKind
from portfolio.common.admin_lists import money_or_undisclosed
from portfolio.common.admin_steps import (
    AmountFormField,
    DayField,
    LineField,
    SentencesField,
    StepForm,
    UploadField,
)
from portfolio.common.refusals import Refused
from portfolio.imports.reading.table import MOST_BYTES
from portfolio.productions.choices import BudgetCategory, Verdict
from portfolio.productions.imports.accounts import accounts_of, as_text, costs_of
from portfolio.productions.models import BudgetVersion, Production
from portfolio.productions.operations import budgets
from portfolio.productions.operations.costs import Cost, record_cost_report
from portfolio.productions.operations.title_money import reports_of


class MoneyForm(StepForm):
    """A step of the money of `production`, about `subject` where it has one."""

    done: Any = _("Done.")
    explanation: Any = ""

    def __init__(
        self,
        *args: Any,
        production: Production,
        subject: Any,
        user: Any,
        today: datetime.date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.production, self.subject, self.today = production, subject, today
        if isinstance(self, PaperForm):
            self.offer_paper_to(user)
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to what the step is about."""

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Take the step."""
        raise NotImplementedError

    def forget(self) -> None:
        """Remove what a refused step left outside the database."""


class PastedField(forms.CharField):
    """Rows pasted from a spreadsheet, with their headings."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 12, "class": "house-pasted", "spellcheck": "false", "wrap": "off"}
        kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs=attrs))
        super().__init__(**{"max_length": 200_000, "strip": False, **kwargs})


class AccountsForm(MoneyForm):
    """Accounts, pasted or in a file."""

    pasted = PastedField(
        label=_("Accounts"), required=False,
        help_text=_(
            "Paste from a spreadsheet, with headings: account, category, name, amount. A category is one of: "
            "above the line, below the line, post, other costs, contingency."
        ),
    )  # fmt: skip
    upload = UploadField(
        label=_("Or a file"), required=False, help_text=_("CSV or Excel, with the same headings.")
    )

    def clean(self) -> dict[str, Any]:
        """The accounts, understood; a row that is not is named."""
        said = super().clean() or {}
        said["accounts"] = None
        if data := given(said.get("upload"), said.get("pasted", "")):
            try:
                said["accounts"] = accounts_of(data)
            except Refused as refused:
                raise ValidationError(str(refused)) from None
        return said


def given(file: Any, text: str) -> bytes:
    """The bytes of the file or, without one, of the text. Raises: ValidationError."""
    if not file:
        return text.encode() if text.strip() else b""
    if file.size > MOST_BYTES:
        raise ValidationError(_("The file is larger than 5 MB."))
    return bytes(file.read())


class BeginBudget(AccountsForm):
    """In which currency, why, and with which accounts."""

    currency = LineField(label=_("Currency"), max_length=3)
    reason = SentencesField(label=_("Reason"), required=False)
    field_order = ("currency", "reason", "pasted", "upload")
    done = _("The version is begun; lock it when its accounts are right.")
    explanation = _(
        "Without accounts it begins with those of the version before it. Nothing changes in that."
    )

    def prepare(self) -> None:
        """The currency of the version before; a later one says why."""
        last = BudgetVersion.objects.filter(production=self.production).order_by("-number").first()
        self.fields["currency"].initial = (
            last.currency if last else self.production.programme.base_currency
        )
        self.fields["reason"].required = last is not None

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Begin it."""
        said = self.cleaned_data
        return budgets.begin_budget(
            production=self.production, currency=said["currency"].upper(), reason=said["reason"],
            accounts=said["accounts"], actor=actor, at=at,
        )  # fmt: skip


class EnterAccounts(AccountsForm):
    """The accounts of an open version, all of them."""

    subject: BudgetVersion
    done = _("The accounts are entered.")
    explanation = _("They take the place of all accounts of this version.")

    def prepare(self) -> None:
        """As they are now."""
        self.fields["pasted"].initial = as_text(self.subject)

    def clean(self) -> dict[str, Any]:
        """At least one."""
        said = super().clean()
        if not self.errors and not said.get("accounts"):
            raise ValidationError(_("Paste the accounts, or choose a file."))
        return said

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Enter them."""
        return budgets.enter_accounts(
            version=self.subject, accounts=self.cleaned_data["accounts"], actor=actor
        )


class LockBudget(MoneyForm):
    """Whether one is sure."""

    done = _("The version is locked; somebody else approves it.")
    explanation = _("A locked version never changes again. Somebody else decides about it.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Lock it."""
        return budgets.lock_budget(version=self.subject, actor=actor, at=at)


class ApproveBudget(PaperForm, MoneyForm):
    """What was considered, and the paper of it."""

    verdict = Verdict.APPROVED
    document_kind = DocumentKind.DECISION
    reason = SentencesField(label=_("Remarks"), required=False)
    done: Any = _("The budget is approved.")
    explanation: Any = _(
        "From now on this version counts; the one approved before it is superseded."
    )

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Decide."""
        return budgets.decide_budget(
            version=self.subject, verdict=self.verdict, reason=self.cleaned_data["reason"],
            document=self.paper(actor=actor, at=at), actor=actor, at=at,
        )  # fmt: skip


class RejectBudget(ApproveBudget):
    """Why, and the paper of it."""

    verdict = Verdict.REJECTED
    reason = SentencesField(label=_("Reason"))
    done = _("The budget is rejected; another version may follow.")
    explanation = ""


COLUMNS = (
    ("to_date", _("To date")),
    ("committed", _("On order")),
    ("to_complete", _("To complete")),
)


class CostGrid(forms.Widget):
    """A table with a line for each account and a box for each amount."""

    accounts: tuple[tuple[str, str, str], ...] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """Account, name and budget, and three boxes."""
        css = " ".join([*INPUT_CLASSES, "house-cell"])
        heads = format_html_join(
            "", '<th scope="col">{}</th>', ((words,) for _key, words in COLUMNS)
        )
        lines = []
        for code, words, budget in self.accounts:
            boxes = format_html_join(
                "",
                '<td><input type="text" inputmode="decimal" name="{}" value="{}" class="{}" aria-label="{} {}"></td>',
                (
                    (f"{name}-{code}-{key}", (value or {}).get((code, key), ""), css, code, column)
                    for key, column in COLUMNS
                ),
            )  # fmt: skip
            lines.append((code, words, budget, boxes))
        body = format_html_join(
            "",
            '<tr><th scope="row">{} <span class="house-quiet">{}</span></th><td>{}</td>{}</tr>',
            lines,
        )
        return format_html(
            '<div class="house-scroll house-grid"><table class="house-table"><thead><tr>'
            '<th scope="col">{}</th><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></div>',
            _("Account"), _("Budget"), heads, body,
        )  # fmt: skip

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[tuple[str, str], str]:
        """What stands in each box."""
        return {
            (code, key): data.get(f"{name}-{code}-{key}", "").strip()
            for code, _words, _budget in self.accounts
            for key, _column in COLUMNS
        }


class CostGridField(forms.Field):
    """Three amounts for each account; what is empty is named, since it is not nothing."""

    widget = CostGrid
    is_looked_at = True

    def clean(self, value: Any) -> Mapping[tuple[str, str], Decimal]:
        """The amounts. Raises: ValidationError."""
        if not self.is_looked_at:
            return {}
        box = AmountFormField(min_value=0)
        found, faults = {}, []
        for (code, key), text in value.items():
            try:
                found[code, key] = box.clean(text)
            except ValidationError as fault:
                column = dict(COLUMNS)[key]
                faults.append(f"{code}, {column}: {' '.join(fault.messages)}")
        if faults:
            raise ValidationError(faults[:20])
        return found


class RecordCosts(PaperForm, MoneyForm):
    """As of which day, whose report, and three amounts an account."""

    subject: BudgetVersion
    document_kind = DocumentKind.REPORT
    as_of = DayField(label=_("As of"))
    source = LineField(
        label=_("Source"),
        max_length=300,
        help_text=_("Whose report it is, such as: line producer."),
    )
    costs = CostGridField(label=_("Accounts"), required=False)
    table = UploadField(
        label=_("Or the table as a file"), required=False,
        help_text=_(
            "CSV or Excel with headings: account, to date, on order, to complete; category and name of "
            "accounts that are not in the budget."
        ),
    )  # fmt: skip
    remarks = SentencesField(
        label=_("Remarks"), required=False,
        help_text=_("Needed where there is a report as of this day already."),
    )  # fmt: skip
    done = _("The cost report is recorded.")
    explanation = _("A report is never changed: one that was wrong is followed by another.")

    def prepare(self) -> None:
        """The figures of the report before or, in the first, everything still to come."""
        self.fields["as_of"].initial = self.today
        field = self.fields["costs"]
        lines = list(self.subject.lines.order_by("code"))
        last = next(iter(reports_of(self.production)), None)
        before = {row.code: row for row in last.lines.all()} if last else {}
        field.widget.accounts = tuple(
            (
                line.code, str(line).removeprefix(f"{line.code} "),
                str(money_or_undisclosed(line.amount, self.subject.currency)),
            )
            for line in lines
        )  # fmt: skip
        nothing = Decimal("0.00")
        field.initial = {
            (line.code, key): getattr(before.get(line.code), key, first)
            for line in lines
            for key, first in (
                ("to_date", nothing), ("committed", nothing),
                ("to_complete", nothing if line.code in before else line.amount),
            )
        }  # fmt: skip

    def full_clean(self) -> None:
        """With a file the table is not looked at."""
        if self.files.get("table"):
            self.fields["costs"].is_looked_at = False  # type: ignore[attr-defined]
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        """The figures, from the file or from the table."""
        said = super().clean() or {}
        if said.get("table"):
            try:
                said["rows"] = costs_of(given(said["table"], ""), self.subject)
            except Refused as refused:
                raise ValidationError(str(refused)) from None
        elif said.get("costs"):
            figures = said["costs"]
            said["rows"] = [
                Cost(
                    line.code, BudgetCategory(line.category),
                    *(figures[line.code, key] for key, _column in COLUMNS),
                )
                for line in self.subject.lines.all()
            ]  # fmt: skip
        return said

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Record it."""
        said = self.cleaned_data
        return record_cost_report(
            budget=self.subject, as_of=said["as_of"], source=said["source"], costs=said["rows"],
            remarks=said["remarks"], document=self.paper(actor=actor, at=at), actor=actor,
        )  # fmt: skip
