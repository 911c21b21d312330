"""Words of scholarships: rules, states and outcomes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleKind(models.TextChoices):
    """What an eligibility rule looks at."""

    PROGRAMME_OF_STUDY = "PROGRAMME_OF_STUDY", _("Programme of study")
    YEAR_OF_STUDY = "YEAR_OF_STUDY", _("Year of study")
    RESIDENCE = "RESIDENCE", _("Place of residence")
    FIRST_FEATURE = "FIRST_FEATURE", _("No feature film made yet")
    AGE = "AGE", _("Age when the round closes")
    DECLARATION = "DECLARATION", _("Declaration")


class ApplicationState(models.TextChoices):
    """Where an application stands."""

    DRAFT = "DRAFT", _("Draft")
    SUBMITTED = "SUBMITTED", _("Submitted")
    ELIGIBLE = "ELIGIBLE", _("Eligible")
    INELIGIBLE = "INELIGIBLE", _("Not eligible")
    SELECTED = "SELECTED", _("Selected")
    WAITING = "WAITING", _("On the waiting list")
    REJECTED = "REJECTED", _("Not selected")
    AWARDED = "AWARDED", _("Awarded")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    DUPLICATE = "DUPLICATE", _("Duplicate")


class EntryWay(models.TextChoices):
    """How an application came in."""

    FORM = "FORM", _("Applicant's form")
    STAFF = "STAFF", _("Entered by staff")
    IMPORT = "IMPORT", _("Imported")


class Declared(models.TextChoices):
    """What a reviewer declared about a conflict of interest."""

    NOT_YET = "NOT_YET", _("Not declared yet")
    NONE = "NONE", _("No conflict")
    RECUSED = "RECUSED", _("Recused")


class PanelOutcome(models.TextChoices):
    """What a panel decides about an application."""

    AWARD = "AWARD", _("A place")
    WAIT = "WAIT", _("Waiting list")
    REJECT = "REJECT", _("No place")


class AwardState(models.TextChoices):
    """Where an award stands."""

    OFFERED = "OFFERED", _("Offered")
    ACCEPTED = "ACCEPTED", _("Accepted")
    DEFERRED = "DEFERRED", _("Deferred")
    COMPLETED = "COMPLETED", _("Completed")
    DECLINED = "DECLINED", _("Declined")
    LAPSED = "LAPSED", _("Lapsed without an answer")
    RESIGNED = "RESIGNED", _("Resigned")
    TERMINATED = "TERMINATED", _("Ended by the programme")


class ReportState(models.TextChoices):
    """Where a progress report stands."""

    EXPECTED = "EXPECTED", _("Expected")
    SUBMITTED = "SUBMITTED", _("Handed in")
    ACCEPTED = "ACCEPTED", _("Accepted")
    RETURNED = "RETURNED", _("Returned")


class OutcomeKind(models.TextChoices):
    """What came of a scholarship."""

    CREDIT = "CREDIT", _("Credit on a work")
    FESTIVAL = "FESTIVAL", _("Festival or prize")
    WORK = "WORK", _("Work in the trade")
    STUDY = "STUDY", _("Further study")
    OTHER = "OTHER", _("Other")


class ConsentUse(models.TextChoices):
    """What a scholar agrees to, each by itself."""

    PUBLIC_NAME = "PUBLIC_NAME", _("Name on public pages")
    PUBLIC_WORK = "PUBLIC_WORK", _("Work and outcomes on public pages")
    LATER_SURVEY = "LATER_SURVEY", _("Letters after graduation")


class ReadKind(models.TextChoices):
    """What was read of a person."""

    RECORD = "RECORD", _("Record")
    SENSITIVE = "SENSITIVE", _("Identity number, birth date or bank account")
    FILE = "FILE", _("File")
    EXPORT = "EXPORT", _("Export of everything")


class ErasureBasis(models.TextChoices):
    """Why somebody is erased."""

    REQUEST = "REQUEST", _("At their own request")
    RETENTION = "RETENTION", _("Kept long enough")
    REGISTER = "REGISTER", _("From the register, after a backup was restored")


class LinkPurpose(models.TextChoices):
    """What a secret address is for."""

    APPLY = "APPLY", _("Own applications")
    SURVEY = "SURVEY", _("Survey after graduation")


class LetterKind(models.TextChoices):
    """Which letter is sent."""

    LINK = "LINK", _("Address of the own applications")
    RECEIPT = "RECEIPT", _("Receipt")
    OFFER = "OFFER", _("Offer of a place")
    REPORTS_DUE = "REPORTS_DUE", _("Reports due")
    SURVEY = "SURVEY", _("Survey after graduation")
    WITHDRAWN = "WITHDRAWN", _("Application withdrawn")
    RESULT = "RESULT", _("Result")
