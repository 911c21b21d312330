"""Applications: one person's try in one round."""

import datetime
import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.funding.models import Commitment
from scholarships.choices import ApplicationState, EntryWay
from scholarships.models.applicant import ALPHABET, Applicant
from scholarships.models.round import FORMATS, RequiredPaper, Round

GONE = [ApplicationState.WITHDRAWN, ApplicationState.DUPLICATE]
NEVER_CAME = [ApplicationState.DRAFT]


def new_number() -> str:
    """The number of an application, such as A-7F3KQ2MD; it does not say which came first."""
    return "A-" + "".join(secrets.choice(ALPHABET) for _n in range(8))


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications."""

    def came_in(self) -> "ApplicationQuerySet":
        """Those that were submitted and are neither withdrawn nor a second one of the same person."""
        return self.exclude(state__in=[*NEVER_CAME, *GONE])


@keeps_history()
class Application(models.Model):
    """A try of an applicant in a round, by its number; nothing in it is personal.

    Time: `submitted_at` is when the server took it in.
    """

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="applications", verbose_name=_("round")
    )
    applicant = models.ForeignKey(
        Applicant,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("applicant"),
    )
    number = models.CharField(
        _("number"), max_length=12, unique=True, default=new_number, editable=False
    )
    way = models.CharField(_("came by"), max_length=6, choices=EntryWay, default=EntryWay.FORM)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=ApplicationState,
        default=ApplicationState.DRAFT,
        editable=False,
    )
    state_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Nobody of the staff where the applicant did it."),
    )
    state_reason = models.TextField(_("reason"), blank=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    late_reason = models.TextField(_("why it is taken in late"), blank=True, editable=False)
    is_eligible = models.BooleanField(_("eligible by the rules"), null=True, editable=False)
    broken_rules = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("rules not met"),
        default=list,
        editable=False,
    )
    waiting_place = models.PositiveSmallIntegerField(
        _("place on the waiting list"), null=True, blank=True, editable=False
    )
    commitment = models.OneToOneField(
        Commitment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="scholarship_application",
        verbose_name=_("commitment"),
        help_text=_("Drafted and approved before the place is offered."),
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["round", "state"], name="application_by_state")]
        constraints = [
            is_one_of(
                name="application_state_is_known",
                field="state",
                choices=ApplicationState,
                message=_("Choose the state from the list."),
            ),
            is_one_of(
                name="application_way_is_known",
                field="way",
                choices=EntryWay,
                message=_("Choose how it came in from the list."),
            ),
            models.UniqueConstraint(
                fields=["round", "applicant"],
                condition=~Q(state__in=GONE),
                name="application_is_one_a_person_and_round",
                violation_error_message=_("This person already has an application in the round."),
            ),
            models.CheckConstraint(
                name="application_came_in_at_a_moment",
                condition=Q(state__in=[*NEVER_CAME, *GONE]) | Q(submitted_at__isnull=False),
                violation_error_message=_("What was not submitted is a draft."),
            ),
            models.CheckConstraint(
                name="application_waits_at_a_place",
                condition=Q(
                    state=ApplicationState.WAITING,
                    waiting_place__isnull=False,
                    waiting_place__gte=1,
                )
                | (~Q(state=ApplicationState.WAITING) & Q(waiting_place__isnull=True)),
                violation_error_message=_("Who is on the waiting list has a place on it."),
            ),
            models.UniqueConstraint(
                fields=["round", "waiting_place"],
                name="application_waits_alone_at_its_place",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Somebody else has this place on the waiting list."),
            ),
            models.CheckConstraint(
                name="application_set_aside_has_a_reason",
                condition=~Q(
                    state__in=[ApplicationState.INELIGIBLE, ApplicationState.DUPLICATE],
                    state_reason="",
                ),
                violation_error_message=_("Say why the application is set aside."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


ANSWERS = (
    "programme_of_study", "year_of_study", "residence", "has_no_feature", "declares", "school",
    "project_title", "statement", "work_link",
)  # fmt: skip


@keeps_history(exclude=ANSWERS)
class Answers(models.Model):
    """What an applicant wrote; personal, and gone when it is erased.

    Reviewers see the title, the statement and the address of the work, and not the rest.
    """

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, primary_key=True, related_name="answers"
    )
    programme_of_study = models.CharField(_("programme of study"), max_length=100, blank=True)
    year_of_study = models.PositiveSmallIntegerField(_("year of study"), null=True, blank=True)
    residence = models.CharField(_("place of residence"), max_length=2, blank=True)
    has_no_feature = models.BooleanField(_("has made no feature film yet"), null=True, blank=True)
    declares = models.BooleanField(_("declares that all of it is true"), default=False)
    school = models.CharField(_("school"), max_length=200, blank=True)
    project_title = models.CharField(_("title of the project"), max_length=200, blank=True)
    statement = models.TextField(_("statement"), max_length=6000, blank=True)
    work_link = models.URLField(_("address of earlier work"), blank=True)
    changed_at = models.DateTimeField(_("changed at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("answers")
        verbose_name_plural = _("answers")
        constraints = [
            models.CheckConstraint(
                name="answers_residence_is_a_territory",
                condition=Q(residence__regex=r"^([A-Z]{2})?$"),
                violation_error_message=_("Give a territory by its two letters, such as HK."),
            )
        ]

    def __str__(self) -> str:
        return str(self.application)


@keeps_history(exclude=("file_name",))
class ApplicationFile(models.Model):
    """A paper that an applicant handed in, judged by its bytes.

    Never public; it lies under a name that says nothing, and goes with its row when it is erased.
    Units: `size` in bytes.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="files")
    paper = models.ForeignKey(
        RequiredPaper, on_delete=models.PROTECT, related_name="+", verbose_name=_("paper")
    )
    file_name = models.CharField(_("name of the file"), max_length=200)
    path = models.CharField(max_length=100, editable=False)
    format = models.CharField(_("format"), max_length=4, editable=False)
    size = models.PositiveIntegerField(_("size"), editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)
    uploaded_at = models.DateTimeField(_("added at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("paper handed in")
        verbose_name_plural = _("papers handed in")
        ordering = ["application", "paper__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "paper"],
                name="application_file_is_one_a_paper",
                violation_error_message=_("This paper is handed in already."),
            ),
            models.CheckConstraint(
                name="application_file_was_judged",
                condition=Q(format__in=list(FORMATS), sha256__regex=r"^[0-9a-f]{64}$", size__gte=1),
                violation_error_message=_("Only files whose bytes were judged are kept."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.paper}"


class Letter(models.Model):
    """A letter to an applicant that is to be sent, or was; its words are made when it goes out.

    Written with what it tells of, in one transaction: no receipt without its application, and no
    application without its receipt.
    """

    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="letters")
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, null=True, related_name="letters"
    )
    # The call from which somebody asked for their address: what it opens goes on there.
    round = models.ForeignKey(Round, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(_("letter"), max_length=11)
    language = models.CharField(max_length=7)
    written_at = models.DateTimeField(_("written at"), db_default=Now())
    sent_at = models.DateTimeField(_("sent at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name="letter_to_be_sent")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.applicant}"


def is_open_to_change(application: Application, at: datetime.datetime) -> bool:
    """Whether the applicant may still change it at the instant `at`."""
    return application.state == ApplicationState.DRAFT and application.round.is_open(at)
