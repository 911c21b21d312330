"""The ledger in the staff admin: to read and to trace; and the closing of periods."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_forms import StaffForm
from portfolio.common.admin_lists import AutocompleteFilter, money_or_undisclosed
from portfolio.common.admin_permissions import OnlyAddedTo, ReadOnly
from portfolio.common.admin_steps import (
    DayField,
    FoundRowField,
    StepForm,
    carried_out,
    reason_field,
    step_page,
)
from portfolio.funding.admin import page
from portfolio.funding.admin.commitments import with_reference
from portfolio.funding.models import Commitment, LedgerEntry, PeriodClosing
from portfolio.funding.operations import entries
from portfolio.funding.operations.steps import STEPS, is_reversible

# The names of accounts as an accountant says them; see docs/ledger.md.
ACCOUNTS = {
    "AVAILABLE": _("Available of the allocation"),
    "OUTSTANDING": _("Promised and outstanding"),
    "INVESTED": _("Paid out"),
    "RESULTS": _("Results of the title"),
    "RECEIVED": _("Received back"),
    "WRITTEN_OFF": _("Written off"),
}


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly, StaffAdmin):
    """Every entry, the latest first. Nothing is edited: what was wrong is reversed.

    The order is the one of recording, which is the primary key: a page is read from its index, however
    many entries there are.
    """

    list_display = ("day", "what", "how_much", "in_base", "of_project", "to_whom", "by_commitment",
                    "place")  # fmt: skip
    list_display_links = ("day",)
    list_filter = (
        "kind",
        ("programme", AutocompleteFilter),
        ("strand", AutocompleteFilter),
        ("counterparty", AutocompleteFilter),
        ("value_date", RangeDateFilter),
    )
    list_filter_submit = True
    list_select_related = (
        "programme", "allocation__strand", "project", "counterparty", "commitment",
    )  # fmt: skip
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("=reference",)
    search_help_text = _("The exact reference of a commitment, or of the bank")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Also the entries of one commitment, from its page."""
        if lookup == "commitment__id__exact":
            return True
        return bool(super().lookup_allowed(lookup, value, request))

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """The entries of the commitment with a reference; where there is none, of the bank's."""
        term = search_term.strip()[:200]
        if not term:
            return queryset, False
        commitment = with_reference(Commitment.objects.all(), term).values_list("pk", flat=True)
        if found := list(commitment):
            return queryset.filter(commitment__in=found), False
        return queryset.filter(reference__in={term, term.upper()}), False

    @display(description=_("value date"))
    def day(self, row: LedgerEntry) -> Any:
        """When it took effect."""
        return row.value_date

    @display(description=_("kind"))
    def what(self, row: LedgerEntry) -> Any:
        """What it records; a reversal is called one."""
        words = row.get_kind_display()
        if row.reversal_of_id is None:
            return words
        return _t("Reversal: %(what)s") % {"what": words}

    @display(description=_("amount"))
    def how_much(self, row: LedgerEntry) -> Any:
        """The amount in its own currency."""
        return money_or_undisclosed(row.amount, row.currency)

    @display(description=_("in base currency"))
    def in_base(self, row: LedgerEntry) -> Any:
        """The amount in the books' currency."""
        return money_or_undisclosed(row.base_amount, row.programme.base_currency)

    @display(description=_("project"))
    def of_project(self, row: LedgerEntry) -> str:
        """The project's name in the reader's script."""
        return str(row.project.name_for(get_language() or "en"))

    @display(description=_("counterparty"))
    def to_whom(self, row: LedgerEntry) -> str:
        """The counterparty's name in the reader's script."""
        return str(row.counterparty.name_for(get_language() or "en"))

    @display(description=_("commitment"))
    def by_commitment(self, row: LedgerEntry) -> SafeString:
        """A link to the page of the commitment."""
        return format_html(
            '<a class="house-link" href="{}">{}</a>',
            page.address_of(row.commitment_id),
            row.commitment.reference,
        )

    @display(description=_("strand and year"))
    def place(self, row: LedgerEntry) -> str:
        """The allocation that it is counted in."""
        return str(row.allocation)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One entry with all that it says, where it stands in the chain, and what came of it."""
        if request.method == "POST":
            raise PermissionDenied
        if not self.has_view_permission(request):
            raise PermissionDenied
        row: Any = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        request.current_app = self.admin_site.name
        label, permission = STEPS["ask-reversal"]
        step = reverse(
            "admin:funding_commitment_step", args=[row.commitment_id, "ask-reversal", row.pk]
        )
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "original": row,
            "facts": list(facts_of(row)),
            "together": LedgerEntry.objects.filter(
                commitment=row.commitment_id, posting=row.posting
            ).exclude(pk=row.pk),
            "step": {"label": label, "url": step}
            if is_reversible(row) and request.user.has_perm(permission)
            else None,
        }
        return TemplateResponse(request, "admin/funding/entry.html", context)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Entries; one alone comes with all that its page names."""
        return super().get_queryset(request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """One entry with all that its page names, in one query."""
        try:
            return LedgerEntry.objects.select_related(
                "programme", "strand", "allocation__strand", "project", "counterparty",
                "commitment", "tranche__commitment", "rate_series", "recorded_by",
                "approval__requested_by", "document", "reversal_of", "reversal", "link",
            ).get(pk=object_id)  # fmt: skip
        except (LedgerEntry.DoesNotExist, ValueError, ValidationError, OverflowError):
            return None


def facts_of(row: LedgerEntry) -> Any:
    """Pairs of what an entry says, each with its word."""
    language = get_language() or "en"
    taken, given = (ACCOUNTS[name] for name in row.accounts)
    base = row.programme.base_currency
    money = money_or_undisclosed
    yield _t("From → to"), f"{taken} → {given}"
    yield _t("IATI transaction type"), row.iati_code or _t("none: no money moves")
    yield _t("Value date"), row.value_date
    yield _t("Amount"), money(row.amount, row.currency)
    if row.currency != base:
        rate = f"{base} {row.rate.normalize():f} = {row.currency} 1"
        said_by = [row.get_rate_source_display(), str(row.rate_series or "")]
        yield _t("Rate"), " · ".join(filter(None, [rate, str(row.rate_date), *said_by]))
        yield _t("In base currency"), money(row.base_amount, base)
        yield _t("At the commitment's rate"), money(row.promised_base_amount, base)
        effect = row.base_amount - row.promised_base_amount
        yield _t("Effect of exchange rates"), money(effect, base)
    yield (
        _t("Commitment"),
        format_html(
            '<a class="house-link" href="{}">{}</a>',
            page.address_of(row.commitment_id),
            row.commitment,
        ),
    )
    if row.tranche:
        yield _t("Tranche"), f"{row.tranche.number} {row.tranche.title}"
    yield _t("Project"), row.project.name_for(language)
    yield _t("Counterparty"), row.counterparty.name_for(language)
    yield _t("Allocation"), row.allocation
    yield from _paper_of(row)
    yield (
        _t("Recorded"),
        f"{timezone.localtime(row.recorded_at):%Y-%m-%d %H:%M:%S} · {row.recorded_by}",
    )
    if row.reference:
        yield _t("Reference"), row.reference
    if row.remarks:
        yield _t("Remarks"), row.remarks
    link = getattr(row, "link", None)
    if link is not None:
        yield _t("Place in the chain"), link.sequence
        yield _t("Hash"), format_html("<code>{}</code>", bytes(link.hash).hex())


def _paper_of(row: LedgerEntry) -> Any:
    if row.approval:
        yield (
            _t("Approval"),
            format_html(
                '<a class="house-link" href="{}">{}</a> {}',
                reverse("admin:funding_approvalrequest_change", args=[row.approval_id]),
                row.approval.get_kind_display(),
                ", ".join(
                    str(decision.decided_by)
                    for decision in row.approval.decisions.select_related("decided_by")
                ),
            ),
        )
    if row.document:
        yield (
            _t("Document"),
            format_html(
                '<a class="house-link" href="{}">{}</a>',
                reverse("admin:partners_document_change", args=[row.document_id]),
                row.document,
            ),
        )
    for words, other in (
        (_t("Reverses"), row.reversal_of),
        (_t("Reversed by"), getattr(row, "reversal", None)),
    ):
        if other is not None:
            yield (
                words,
                format_html(
                    '<a class="house-link" href="{}">{}</a>',
                    reverse("admin:funding_ledgerentry_change", args=[other.pk]),
                    other,
                ),
            )


# --- Closing of periods ----------------------------------------------------------------------

MAY_REOPEN = "funding.reopen_periodclosing"


class ClosingForm(StaffForm):
    """The books are closed through a later day than before; opening them again is another page."""

    def clean(self) -> dict[str, Any] | None:
        """Not earlier than they are closed already."""
        cleaned = super().clean() or self.cleaned_data
        programme, day = cleaned.get("programme"), cleaned.get("through_date")
        if programme and day and (closed := closed_through(programme.pk)) and day < closed:
            words = _(
                "The books are closed through %(day)s: opening them again is a step of its own."
            )
            self.add_error("through_date", str(words) % {"day": closed})
        return cleaned


def closed_through(programme: int) -> Any:
    """The day through which the books of a programme are closed now, or None."""
    last = PeriodClosing.objects.filter(programme=programme).aggregate(last=Max("pk"))["last"]
    return PeriodClosing.objects.get(pk=last).through_date if last else None


class ReopenForm(StepForm):
    """From which day the books are open again, and why."""

    programme = FoundRowField(PeriodClosing._meta.get_field("programme"), label=_("Programme"))
    through_date = DayField(label=_("They stay closed through"))
    reason = reason_field()


@admin.register(PeriodClosing)
class PeriodClosingAdmin(OnlyAddedTo, StaffAdmin):
    """Through which day the books are closed; only ever added to."""

    form = ClosingForm
    list_display = ("programme", "through_date", "reason", "recorded_at", "recorded_by")
    list_filter = (("programme", AutocompleteFilter),)
    list_filter_submit = True
    list_select_related = ("programme", "recorded_by")
    ordering = ("-pk",)
    search_fields = ("reason",)
    autocomplete_fields = ("programme",)
    fields = ("programme", "through_date", "reason")
    change_list_template = "admin/funding/closings.html"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stamp who."""
        obj.recorded_by = request.user
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[Any]:
        """The page that opens the books again."""
        view = self.admin_site.admin_view(self.reopen_view)
        return [path("reopen/", view, name="funding_periodclosing_reopen"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the way to open the books again for who may."""
        may = request.user.has_perm(MAY_REOPEN)
        return super().changelist_view(request, {**(extra_context or {}), "may_reopen": may})

    def reopen_view(self, request: HttpRequest) -> HttpResponse:
        """Open closed books again from an earlier day; it stays on record who did, and why."""
        if not request.user.has_perm(MAY_REOPEN):
            raise PermissionDenied
        form = ReopenForm(request.POST or None)
        back = reverse("admin:funding_periodclosing_changelist")
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            closed = closed_through(said["programme"].pk)
            if closed is None or said["through_date"] >= closed:
                form.refuse(_("They are not closed through a later day: there is nothing to open."))
            elif carried_out(form, lambda: entries.close_period(actor=request.user, **said)):
                self.message_user(request, _("The books are open again."), messages.SUCCESS)
                return HttpResponseRedirect(back)
        return step_page(
            request,
            form,
            title=_("Open closed books again"),
            button=_("Open again"),
            back=back,
            explanation=_("Entries with value dates after the day can be posted again."),
            opts=self.opts,
        )
