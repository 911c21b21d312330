"""What applicants wrote and handed in stays; what the database refuses of it, beside what it accepts."""

import datetime

import pytest
from django.core.files.base import ContentFile

from scholarships.models import Answers, Application, ApplicationFile
from scholarships.operations import applications, papers
from tests.refusals import refused
from tests.scholarships.calls import A_PDF, Call
from tests.scholarships.loosened import loosen

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def call():
    return Call(places=1)


def rows(application):
    return Application.objects.filter(pk=application.pk)


def answers(application):
    return Answers.objects.filter(application=application)


def state_of(application):
    return rows(application).get().state


def test_what_came_in_is_not_removed(call):
    draft, application = call.draft(), call.submitted()

    for row in (draft, application):
        row.files.all()  # both have papers, and answers
    draft.delete()
    loosen("answers", "DISABLE TRIGGER application_answers_stay")
    loosen("applicationfile", "DISABLE TRIGGER application_files_stay")

    with refused("application_is_kept"):
        application.delete()
    assert state_of(application) == "SUBMITTED"


def test_what_was_submitted_is_what_is_judged(call):
    draft, application = call.draft(), call.submitted()

    applications.save_answers(application=draft, answers={"statement": "Better."})
    papers.remove_papers(application=draft)
    for change in (
        lambda: applications.save_answers(
            application=application, answers={"statement": "Better."}
        ),
        lambda: answers(application).delete(),
        lambda: papers.remove_papers(application=application),
        lambda: ApplicationFile.objects.filter(application=application).update(file_name="x"),
        lambda: papers.keep_paper(
            application=application, paper=call.paper, file=ContentFile(A_PDF, name="new.pdf")
        ),
    ):
        with refused("application_content_stays"):
            change()


def test_a_paper_is_one_that_the_round_asks_for(call):
    draft = call.draft()
    papers.remove_papers(application=draft)
    good = {
        "application": draft, "paper": call.paper, "file_name": "t.pdf", "path": "x",
        "format": "PDF", "size": 10 * 1048576, "sha256": "0" * 64,
    }  # fmt: skip
    ApplicationFile.objects.create(**good).delete()

    for bad in ({"paper": Call().paper}, {"format": "PNG"}, {"size": 10 * 1048576 + 1}):
        with refused("application_paper_is_one_that_is_asked_for"):
            ApplicationFile.objects.create(**(good | bad))


def test_a_paper_is_handed_in_once_and_was_judged_by_its_bytes(call):
    draft = call.draft()
    held = ApplicationFile.objects.filter(application=draft)

    with refused("application_file_is_one_a_paper"):
        ApplicationFile.objects.create(
            application=draft, paper=call.paper, file_name="2", path="x", format="PDF",
            size=1, sha256="0" * 64,
        )  # fmt: skip
    held.update(size=1)
    loosen("applicationfile", "DISABLE TRIGGER application_paper_is_one_that_is_asked_for")
    for bad in ({"size": 0}, {"sha256": "?"}, {"format": "EXE"}):
        with refused("application_file_was_judged"):
            held.update(**bad)


def test_a_place_of_residence_is_a_territory(call):
    draft = call.draft()
    answers(draft).update(residence="MO")
    answers(draft).update(residence="")

    for bad in ("hk", "H", "1K"):
        with refused("answers_residence_is_a_territory"):
            answers(draft).update(residence=bad)
