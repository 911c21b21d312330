"""A database that cannot serve is told apart, with the mend."""

import pytest
from django.core.management import call_command

from portfolio.common.checks import judge


@pytest.mark.django_db
def test_the_database_of_the_tests_can_search():
    call_command("check", databases=["default"], fail_level="WARNING")


@pytest.mark.parametrize(
    ("version", "encoding", "letters", "ids"),
    [
        (150_000, "UTF8", ["电"], []),
        (149_999, "UTF8", ["电"], ["topsheet.E002"]),
        (180_006, "SQL_ASCII", ["电"], ["topsheet.E003"]),
        (180_006, "UTF8", [], ["topsheet.E004"]),
    ],
)
def test_what_is_missing_is_named(version, encoding, letters, ids):
    found = judge(version, encoding, letters)

    assert [message.id for message in found] == ids
    assert all(message.hint for message in found)
