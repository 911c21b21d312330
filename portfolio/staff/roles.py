"""Who may do what: one table, from which the groups are made.

A change here takes effect by a new migration that calls `write_roles`; docs/roles.md shows the same
table, and tests hold the three together.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

AREAS: Mapping[str, tuple[str, ...]] = {
    "programmes": (
        "programmes.Programme",
        "programmes.QuotedEquivalent",
        "programmes.ProgrammePartner",
        "programmes.ProgrammeCitation",
        "programmes.Strand",
        "programmes.StrandCitation",
    ),
    "projects": ("programmes.Project", "programmes.ProjectCitation"),
    "productions": (
        "productions.Production",
        "productions.Participation",
        "productions.Credit",
        "productions.Season",
        "productions.Episode",
        "productions.Milestone",
        "productions.ScheduleVersion",
        "productions.ScheduleDate",
        "productions.Deliverable",
        "productions.Release",
        "productions.ProductionIdentifier",
        "productions.ProductionImage",
    ),
    "stages of productions": ("productions.StageChange",),
    "waterfalls": (
        "productions.Waterfall",
        "productions.WaterfallVersion",
        "productions.WaterfallTier",
        "productions.WaterfallPosition",
    ),
    "receipts of titles": ("productions.Receipt",),
    "budgets": ("productions.BudgetVersion", "productions.BudgetLine"),
    "decisions about budgets": ("productions.BudgetDecision",),
    "cost reports": ("productions.CostReport", "productions.CostLine"),
    "financing plans": ("productions.FinancingPlan", "productions.FinancingSource"),
    "co-production shares": (
        "productions.CoproductionTerms",
        "productions.CoproductionShare",
    ),
    "results of productions": ("productions.Result", "productions.ResultWithdrawal"),
    "venues": (
        "live.Venue",
        "live.Space",
        "live.Capacity",
        "live.VenueCitation",
    ),
    "calendars of venues": ("live.Booking",),
    "concerts": (
        "live.Act",
        "live.Concert",
        "live.Billing",
        "live.Show",
    ),
    "figures of shows": ("live.ShowReport",),
    "venue collaborations": (
        "live.VenueCollaboration",
        "live.Season",
        "live.RevenueShare",
    ),
    "scholarships": (
        "scholarships.Scheme",
        "scholarships.Round",
        "scholarships.EligibilityRule",
        "scholarships.RequiredPaper",
        "scholarships.Criterion",
        "scholarships.RoundReviewer",
        "scholarships.RoundFigures",
    ),
    "applicants": ("scholarships.Applicant",),
    "applications": (
        "scholarships.Application",
        "scholarships.Answers",
        "scholarships.ApplicationFile",
        "scholarships.Consent",
        "scholarships.Letter",
    ),
    "reviews": ("scholarships.Review", "scholarships.Score"),
    "panels": (
        "scholarships.PanelMeeting",
        "scholarships.PanelMember",
        "scholarships.PanelDecision",
    ),
    "awards": (
        "scholarships.Award",
        "scholarships.ProgressReport",
        "scholarships.Outcome",
    ),
    "erasures": ("scholarships.Erasure",),
    "readings of personal data": ("scholarships.PersonalRead",),
    "rights": (
        "rights.Grant",
        "rights.Holdback",
        "rights.Priority",
        "rights.Offer",
        "rights.Event",
    ),
    "sets of territories": ("rights.TerritorySet",),
    "partners": (
        "partners.Organisation",
        "partners.OrganisationIdentifier",
        "partners.OrganisationCitation",
        "partners.Person",
        "partners.Position",
        "partners.PersonCitation",
    ),
    "contacts": ("partners.Contact",),
    "evidence": ("sources.Source", "sources.Claim", "sources.ClaimCitation"),
    "agreements": (
        "partners.Agreement",
        "partners.AgreementParty",
        "partners.AgreementAmendment",
        "partners.AgreementDocument",
        "partners.Document",
    ),
    "standing of partners": ("partners.Block", "partners.Ownership", "partners.Interest"),
    "allocations": ("programmes.Allocation", "programmes.AllocationRevision"),
    "commitments": (
        "funding.Commitment",
        "funding.CommitmentSplit",
        "funding.CommitmentAmendment",
        "funding.AmendmentSplit",
        "funding.Tranche",
        "funding.Condition",
        "funding.DrawdownRequest",
        "funding.ApprovalRequest",
    ),
    "decisions": ("funding.ApprovalDecision",),
    "limits of approval": ("funding.ApprovalLimit",),
    "delegations": ("funding.Delegation",),
    "ledger": ("funding.LedgerEntry",),
    "closing of periods": ("funding.PeriodClosing",),
    "exchange rates": ("funding.RateSeries", "funding.ExchangeRate"),
    "imports": ("imports.ImportBatch", "imports.ImportRow", "imports.ImportWrite"),
    "API tokens": ("staff.ApiToken",),
    "staff accounts": ("staff.User", "staff.Membership"),
    "roles": ("auth.Group",),
    "history": ("pghistory.Events",),
}
"""What is granted together: a row with the rows it is made of."""

ROLES = (
    "Viewer",
    "Programme officer",
    "Finance",
    "Approver",
    "Scholarship officer",
    "Auditor",
    "Administrator",
    "Reviewer",
)

# V view, A add, C change, D delete, R open again, S see what is sealed; a dot is nothing.
# One column a role, in the order above.
TABLE: Mapping[str, tuple[str, ...]] = {
    #                  viewer officer finance approver scholar auditor admin reviewer
    "programmes":     ("V",  "VAC",  "V",    "V",     "V",    "V",    "VACD", "."),
    "projects":       ("V",  "VACD", "V",    "V",     "VACD", "V",    "VACD", "."),
    "productions":    ("V",  "VACD", "V",    "V",     "V",    "V",    "VACD", "."),
    "stages of productions": ("V", "VA", "V", "VA",   "V",    "V",    "VA", "."),
    "waterfalls":     (".",  "VACD", "VACD", "V",     ".",    "V",    "VACD", "."),
    "receipts of titles": (".", "V", "VA",   "V",     ".",    "V",    "VA", "."),
    "budgets":        (".",  "VACD", "VACD", "V",     ".",    "V",    "VACD", "."),
    "decisions about budgets": (".", "V", "V", "VA",  ".",    "V",    "V", "."),
    "cost reports":   (".",  "VA",   "VA",   "V",     ".",    "V",    "VA", "."),
    "financing plans": (".", "VACD", "VACD", "V",     ".",    "V",    "VACD", "."),
    "co-production shares": (".", "VA", "VA", "V",    ".",    "V",    "VA", "."),
    "results of productions": ("V", "VA", "VA", "V",  "V",    "V",    "VA", "."),
    "venues":         ("V",  "VACD", "V",    "V",     "V",    "V",    "VACD", "."),
    "calendars of venues": (".", "VAC", "V", "V",     ".",    "V",    "VAC", "."),
    "concerts":       ("V",  "VACD", "V",    "V",     "V",    "V",    "VACD", "."),
    "figures of shows": (".", "VA",  "VA",   "V",     ".",    "V",    "VA", "."),
    "venue collaborations": ("V", "VACD", "V", "V",   "V",    "V",    "VACD", "."),
    "scholarships":   ("V",  "V",    "V",    "V",     "VACD", "V",    "VACD", "."),
    "applicants":     (".",  ".",    ".",    ".",     "VACS", "V",    "VACS", "."),
    "applications":   (".",  ".",    ".",    ".",     "VACD", "V",    "VAC",  "."),
    # Their own ones, on a desk of their own.
    "reviews":        (".",  ".",    ".",    ".",     "VAC",  "V",    "VAC",  "C"),
    "panels":         (".",  ".",    ".",    ".",     "VACD", "V",    "VACD", "."),
    "awards":         (".",  "V",    "V",    "V",     "VAC",  "V",    "VAC",  "."),
    "erasures":       (".",  ".",    ".",    ".",     "VAC",  "V",    "VAC",  "."),
    "readings of personal data": (".", ".", ".", ".", "V",    "V",    "V",    "."),
    "rights":         ("V",  "VACD", "V",    "V",     ".",    "V",    "VACD", "."),
    "sets of territories": ("V", "VAC", "V", "V",     ".",    "V",    "VACD", "."),
    "partners":       ("V",  "VACD", "VAC",  "V",     "VAC",  "V",    "VACD", "."),
    "contacts":       (".",  "VACD", "VACD", "V",     "VACD", "V",    "VACD", "."),
    "evidence":       ("V",  "VACD", "VAC",  "V",     "VAC",  "V",    "VACD", "."),
    "agreements":     ("V",  "VAC",  "VAC",  "V",     "VAC",  "V",    "VACD", "."),
    # Who pays may block a payee, and somebody else lifts the block.
    "standing of partners": (".", "VAC", "VA", "VA",  "V",    "V",    "VACD", "."),
    "allocations":    ("V",  "V",    "VA",   "V",     "V",    "V",    "VA", "."),
    "commitments":    ("V",  "VACD", "VAC",  "V",     "V",    "V",    "V", "."),
    "decisions":      ("V",  "V",    "V",    "VA",    "V",    "V",    "V", "."),
    "limits of approval": ("V", "V", "V",    "V",     "V",    "V",    "VAC", "."),
    "delegations":    ("V",  "V",    "V",    "VAC",   "V",    "V",    "VAC", "."),
    "ledger":         ("V",  "V",    "VA",   "V",     "V",    "V",    "V", "."),
    "closing of periods": ("V", "V", "VA",   "V",     "V",    "V",    "VR", "."),
    "exchange rates": ("V",  "V",    "VA",   "V",     "V",    "V",    "VA", "."),
    "imports":        (".",  "VA",   "VA",   "V",     ".",    "V",    "VA", "."),
    "API tokens":     (".",  ".",    ".",    ".",     ".",    "V",    "VAC", "."),
    "staff accounts": (".",  ".",    ".",    ".",     ".",    "V",    "VAC", "."),
    "roles":          (".",  ".",    ".",    ".",     ".",    "V",    "V", "."),
    "history":        (".",  ".",    ".",    ".",     ".",    "V",    "V", "."),
}  # fmt: skip

WORDS: Mapping[str, Any] = {
    "Viewer": pgettext_lazy("role", "Viewer"),
    "Programme officer": pgettext_lazy("role", "Programme officer"),
    "Finance": pgettext_lazy("role", "Finance"),
    "Approver": pgettext_lazy("role", "Approver"),
    "Scholarship officer": pgettext_lazy("role", "Scholarship officer"),
    "Auditor": pgettext_lazy("role", "Auditor"),
    "Administrator": pgettext_lazy("role", "Administrator"),
    "Reviewer": pgettext_lazy("role", "Reviewer"),
    "programmes": pgettext_lazy("area", "programmes"),
    "projects": pgettext_lazy("area", "projects"),
    "productions": pgettext_lazy("area", "productions"),
    "stages of productions": pgettext_lazy("area", "stages of productions"),
    "waterfalls": pgettext_lazy("area", "waterfalls"),
    "receipts of titles": pgettext_lazy("area", "receipts of titles"),
    "budgets": pgettext_lazy("area", "budgets"),
    "decisions about budgets": pgettext_lazy("area", "decisions about budgets"),
    "cost reports": pgettext_lazy("area", "cost reports"),
    "financing plans": pgettext_lazy("area", "financing plans"),
    "co-production shares": pgettext_lazy("area", "co-production shares"),
    "results of productions": pgettext_lazy("area", "results of productions"),
    "venues": pgettext_lazy("area", "venues"),
    "calendars of venues": pgettext_lazy("area", "calendars of venues"),
    "concerts": pgettext_lazy("area", "concerts"),
    "figures of shows": pgettext_lazy("area", "figures of shows"),
    "venue collaborations": pgettext_lazy("area", "venue collaborations"),
    "scholarships": pgettext_lazy("area", "scholarships"),
    "applicants": pgettext_lazy("area", "applicants"),
    "applications": pgettext_lazy("area", "applications"),
    "reviews": pgettext_lazy("area", "reviews"),
    "panels": pgettext_lazy("area", "panels"),
    "awards": pgettext_lazy("area", "awards"),
    "erasures": pgettext_lazy("area", "erasures"),
    "readings of personal data": pgettext_lazy("area", "readings of personal data"),
    "rights": pgettext_lazy("area", "rights"),
    "sets of territories": pgettext_lazy("area", "sets of territories"),
    "partners": pgettext_lazy("area", "partners"),
    "contacts": pgettext_lazy("area", "contacts"),
    "evidence": pgettext_lazy("area", "evidence"),
    "agreements": pgettext_lazy("area", "agreements"),
    "standing of partners": pgettext_lazy("area", "standing of partners"),
    "allocations": pgettext_lazy("area", "allocations"),
    "commitments": pgettext_lazy("area", "commitments"),
    "decisions": pgettext_lazy("area", "decisions"),
    "limits of approval": pgettext_lazy("area", "limits of approval"),
    "delegations": pgettext_lazy("area", "delegations"),
    "ledger": pgettext_lazy("area", "ledger"),
    "closing of periods": pgettext_lazy("area", "closing of periods"),
    "exchange rates": pgettext_lazy("area", "exchange rates"),
    "imports": pgettext_lazy("area", "imports"),
    "API tokens": pgettext_lazy("area", "API tokens"),
    "staff accounts": pgettext_lazy("area", "staff accounts"),
    "roles": pgettext_lazy("area", "roles"),
    "history": pgettext_lazy("area", "history"),
}
"""The names of roles and areas as staff read them."""

VERBS = {"V": "view", "A": "add", "C": "change", "D": "delete", "R": "reopen", "S": "reveal"}


def permissions_of(role: str) -> set[str]:
    """The permissions of one role, such as "partners.view_person"."""
    column = ROLES.index(role)
    return {
        f"{app}.{VERBS[letter]}_{model.lower()}"
        for area, grants in TABLE.items()
        for label in AREAS[area]
        for app, model in [label.split(".")]
        for letter in grants[column].replace(".", "")
    }


def write_roles(apps: Any, schema_editor: Any) -> None:
    """Make the groups what the table says; for migrations.

    A model whose table is made by a later migration is left out: the migration that follows it with its
    roles brings it in.
    """
    Group = apps.get_model("auth", "Group")
    using = schema_editor.connection.alias
    granted = {
        role: {name for name in permissions_of(role) if _model(apps, name) is not None}
        for role in ROLES
    }
    numbers = _permissions(apps, using, set().union(*granted.values()))
    for role in ROLES:
        group, _made = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([numbers[name] for name in sorted(granted[role])])


def _permissions(apps: Any, using: str, wanted: set[str]) -> dict[str, int]:
    """The permissions of these names; they are made, since Django makes its own after all migrations."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    pairs = {(app, name.split("_", 1)[1]) for app, name in (each.split(".") for each in wanted)}
    kinds = ContentType.objects.using(using)
    kinds.bulk_create(
        [ContentType(app_label=app, model=model) for app, model in sorted(pairs)],
        ignore_conflicts=True,
    )
    of = {(kind.app_label, kind.model): kind for kind in kinds.all()}
    rows = []
    for name in sorted(wanted):
        app, codename = name.split(".")
        verb, model = codename.split("_", 1)
        words = f"Can {verb} {_model(apps, name)._meta.verbose_name_raw}"[:255]
        rows.append(Permission(content_type=of[app, model], codename=codename, name=words))
    permissions = Permission.objects.using(using)
    permissions.bulk_create(rows, ignore_conflicts=True)
    known = permissions.values_list("content_type__app_label", "codename", "pk")
    return {f"{app}.{codename}": number for app, codename, number in known}


def _model(apps: Any, permission: str) -> Any:
    """The model that a permission such as "partners.view_person" is about, or None before it is made."""
    app, codename = permission.split(".")
    try:
        return apps.get_model(app, codename.split("_", 1)[1])
    except LookupError:
        return None
