"""What letters to applicants say, in the language that each of them chose."""

import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from scholarships.choices import ApplicationState, LetterKind, LinkPurpose
from scholarships.models import Letter, Round
from scholarships.models.round import said_in
from scholarships.operations.letters import reports_to_remind_of
from scholarships.operations.links import GOOD_FOR, new_link


def moment_of(at: datetime.datetime) -> str:
    """An instant as letters and pages give it: in Hong Kong, to the second."""
    local = timezone.localtime(at)
    return _("%(day)s, %(time)s Hong Kong time") % {
        "day": date_format(local),
        "time": f"{local:%H:%M:%S}",
    }


def words_of(letter: Letter, *, site: str, at: datetime.datetime) -> tuple[str, str]:
    """The subject and the body; the secret address in it is made now and kept nowhere else."""
    with override(letter.language):
        purpose = LinkPurpose.SURVEY if letter.kind == LetterKind.SURVEY else LinkPurpose.APPLY
        secret = new_link(applicant=letter.applicant, purpose=purpose, at=at)
        way_in = f"{site}{reverse('portal:open', args=[secret])}"
        if letter.round is not None:
            way_in += f"?{urlencode({'call': letter.round.pk})}"
        subject, matter = _matter(letter, at)
        name = _name(letter)
        greeting = _("Dear %(name)s,") % {"name": name} if name else _("Good day,")
        parts = [
            greeting,
            *matter,
            _("This link opens your applications, until %(day)s:")
            % {"day": date_format(timezone.localtime(at + GOOD_FOR[purpose]))},
            way_in,
            _(
                "Keep it to yourself: whoever has it can read and change what you wrote. You can close it "
                "at any time on the page that it opens."
            ),
        ]
    return subject, "\n\n".join(parts) + "\n"


def _name(letter: Letter) -> str:
    person = letter.applicant
    chinese = {
        "zh-hant": person.name_zh_hant or person.name_zh_hans,
        "zh-hans": person.name_zh_hans or person.name_zh_hant,
    }
    return chinese.get(letter.language, "") or person.name


def _round_of(letter: Letter) -> Round | None:
    return letter.application.round if letter.application is not None else letter.round


def _matter(letter: Letter, at: datetime.datetime) -> tuple[str, list[str]]:
    application, call = letter.application, _round_of(letter)
    said = {
        "number": application.number if application else "",
        "round": said_in(call, "name") if call else "",
    }
    match letter.kind:
        case LetterKind.RECEIPT:
            moment = application.submitted_at if application else None
            when = moment_of(moment) if moment else ""
            return _("We received your application %(number)s") % said, [
                _("Your application %(number)s for %(round)s has come in.") % said,
                _("It was received on %(moment)s.") % {"moment": when}
                if when
                else _("You have opened it again since; hand it in once more before the closing."),
                _(
                    "Until the call closes you can open it again, change it and hand it in anew. "
                    "After that we read it, and write to you."
                ),
            ]
        case LetterKind.OFFER:
            award = getattr(application, "award", None)
            until = moment_of(award.reply_by) if award else ""
            return _("A place for you: application %(number)s") % said, [
                _("Congratulations! We offer you a place in %(round)s.") % said,
                _("Please say yes or no until %(moment)s. After that the place goes to the next.")
                % {"moment": until},
            ]
        case LetterKind.RESULT:
            return _("About your application %(number)s") % said, _result(letter)
        case LetterKind.WITHDRAWN:
            return _("Your application %(number)s is withdrawn") % said, [
                _("Your application %(number)s for %(round)s is withdrawn, as you asked.") % said,
                _("If that was not you, please reply to this e-mail."),
            ]
        case LetterKind.REPORTS_DUE:
            return _("Reports that we look forward to"), _reports(letter, at)
        case LetterKind.SURVEY:
            return _("What became of it?"), [
                _(
                    "Some time has passed since your scholarship. We would love to hear what came of it."
                ),
                _(
                    "A few lines are enough: a film you worked on, a festival, a job, further study."
                ),
            ]
        case _:
            return _("Your link to your application"), [
                _("Somebody asked for a link to the applications of this e-mail address.")
                + (" " + _("It was for: %(round)s.") % said if said["round"] else ""),
                _("If that was not you, you can ignore this e-mail: nothing happens."),
            ]


def _result(letter: Letter) -> list[str]:
    state = letter.application.state if letter.application else ""
    match state:
        case ApplicationState.WAITING:
            return [
                _(
                    "Thank you for your application. All places are given for now; you are number %(place)s "
                    "on the waiting list. If a place comes free, we write to you."
                )
                % {"place": letter.application.waiting_place if letter.application else ""}
            ]
        case ApplicationState.INELIGIBLE:
            return [
                _(
                    "We looked at your application by the rules of the call, and it does not meet all of "
                    "them. Your page says which."
                ),
                _("If you think that this is a mistake, please reply to this e-mail soon."),
            ]
        case ApplicationState.ELIGIBLE:
            return [_("Your application is eligible after all, and goes to the reviewers.")]
        case ApplicationState.REJECTED:
            return [
                _(
                    "Thank you for your application. This time we cannot offer you a place. "
                    "We read it with care, and wish you well with your work."
                )
            ]
        case _:
            return [_("There is news about your application: you find it on your page.")]


def _reports(letter: Letter, at: datetime.datetime) -> list[str]:
    owed = reports_to_remind_of(letter.applicant, timezone.localdate(at))
    if not owed:
        return [_("Everything that was due has come in: thank you.")]
    lines = [
        _("%(number)s, report %(which)s: due on %(day)s")
        % {
            "number": report.award.application.number,
            "which": report.number,
            "day": date_format(report.due_date),
        }
        for report in owed
    ]
    return [_("These reports are due:"), "\n".join(lines)]
