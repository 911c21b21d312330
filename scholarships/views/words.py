"""What applicants read about where they stand, and what they agree to."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scholarships.choices import ApplicationState, ConsentUse
from scholarships.models import Application

# The very words are kept with each consent.
CONSENT_WORDS = {
    ConsentUse.PUBLIC_NAME: gettext_lazy(
        "If I receive a scholarship, my name may stand on the public pages of the programme."
    ),
    ConsentUse.PUBLIC_WORK: gettext_lazy(
        "If I receive a scholarship, my work and what came of it may stand on the public pages of the programme."
    ),
    ConsentUse.LATER_SURVEY: gettext_lazy(
        "After my studies you may write to me, about once a year, to ask what came of the scholarship."
    ),
}

# What the database says to applicants, named here so that the catalogue of the pages has it.
REFUSALS = (
    gettext_lazy("the round closed at %(at)s"),
    gettext_lazy("the round opens at %(at)s"),
    gettext_lazy("a paper that is needed is missing"),
    gettext_lazy("declare that all of it is true"),
    gettext_lazy("the round is closed; what was submitted stays"),
    gettext_lazy("the offer lapsed at %(at)s"),
    gettext_lazy("from %(from)s there is no step to %(to)s"),
    gettext_lazy("it was submitted; what it says and holds stays"),
    gettext_lazy("the round asks for another paper, format or size"),
)


def state_words(row: Application) -> str:
    """Where an application stands, as one says it to the person who wrote it."""
    match row.state:
        case ApplicationState.DRAFT:
            return _("A draft: only you can see it. Hand it in before the call closes.")
        case ApplicationState.SUBMITTED:
            return _("We have it. Thank you.")
        case ApplicationState.ELIGIBLE:
            return _("It meets the rules, and is being read.")
        case ApplicationState.INELIGIBLE:
            return _("It does not meet the rules of this call, so that it is not read further.")
        case ApplicationState.SELECTED:
            return _("You were chosen. The offer comes by e-mail.")
        case ApplicationState.WAITING:
            return _("You are number %(place)s on the waiting list.") % {"place": row.waiting_place}
        case ApplicationState.REJECTED:
            return _("This time we cannot offer you a place.")
        case ApplicationState.AWARDED:
            return _("You were offered a place.")
        case ApplicationState.WITHDRAWN:
            return _("Withdrawn.")
        case _:
            return _("Set aside: another application in this call is yours, and that one counts.")
