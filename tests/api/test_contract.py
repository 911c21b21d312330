"""S26: what the document allows is answered as it says, and what it does not is refused."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test.utils import override_settings
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from portfolio.funding.models import Delegation, PeriodClosing, RateSeries
from portfolio.wsgi import application
from tests.api.money import Caller, person
from tests.books import DAY, Books


@pytest.fixture
def document(facts):
    """The document as the server gives it, tied to the server itself."""
    # The end of a request would end the transaction that the test is in.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with override_settings(ALLOWED_HOSTS=["*"]):
        yield schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def is_private(operation):
    return bool(operation.definition.raw.get("security"))


def says_what_it_means(case):
    """Whether an address can say it: it knows texts alone, no list without an item, no null in it.

    What is no list where the document has one is said as a list of one text, which may be a good one.
    """
    lists = {
        parameter.name
        for parameter in case.operation.query
        if parameter.definition["schema"].get("type") == "array"
    }
    return all(
        value not in (None, "null", [], {}, ["null"])
        and (name not in lists or isinstance(value, list))
        for name, value in (case.query or {}).items()
    )


def try_every_operation(document, examples, *, private=False, **asked):
    """Ask each operation so many questions, good and bad, and check each answer in every way."""
    tried = 0
    for found in document.get_all_operations():
        operation = found.ok()
        if is_private(operation) != private:
            continue
        # What a detail is asked has nothing but its address, which is any text.
        modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if operation.query else [])]
        for mode in modes:

            @seed(1)
            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode).filter(says_what_it_means))
            def try_one(case):
                case.call_and_validate(**asked)

            try_one()
        tried += 1
    return tried


def test_every_operation_keeps_to_the_document(document):
    assert try_every_operation(document, examples=4) == 28


@pytest.mark.slow
def test_every_operation_keeps_to_the_document_for_long(document):
    assert try_every_operation(document, examples=150) == 28


@pytest.fixture
def key(document):
    """The key of one in finance, beside books with every sort of row in them."""
    books = Books()
    books.paid("3000000")
    books.amend(books.signed(), "-1000000")
    Delegation.objects.create(
        principal=books.approver, deputy=books.second_approver, start_date=DAY, end_date=DAY,
        reason="Leave",
    )  # fmt: skip
    PeriodClosing.objects.create(
        programme=books.programme, through_date=DAY.replace(year=2025), reason="Audited",
        recorded_by=books.officer,
    )  # fmt: skip
    RateSeries.objects.create(slug="sample", name="Sample rates", base="EUR")
    return Caller(person("Finance"))


def try_private(document, key, examples):
    return try_every_operation(
        document, examples, private=True, headers={"Authorization": f"Bearer {key.key}"},
        # What a rule of the books refuses is well-formed all the same.
        excluded_checks=[positive_data_acceptance],
    )  # fmt: skip


def test_every_private_operation_keeps_to_the_document(document, key):
    described = sum(is_private(found.ok()) for found in document.get_all_operations())

    assert described >= 18
    assert try_private(document, key, examples=3) == described


@pytest.mark.slow
def test_every_private_operation_keeps_to_the_document_for_long(document, key):
    assert try_private(document, key, examples=100) >= 18
