"""Each role sees, adds, changes and deletes exactly what the table of roles says."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from portfolio.common.admin import StaffAdmin
from portfolio.staff.roles import ROLES, permissions_of

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
NEVER = {
    "programmes.Project": {"add", "change", "delete"},
    "auth.Group": {"add", "change", "delete"},
    "staff.User": {"delete"},
    # Money takes steps; what is recorded stays.
    "funding.ApprovalDecision": {"add", "change", "delete"},
    "funding.ApprovalLimit": {"delete"},
    "funding.ApprovalRequest": {"add", "change", "delete"},
    "funding.Commitment": {"delete"},
    "funding.Delegation": {"delete"},
    "funding.ExchangeRate": {"add", "change", "delete"},
    "funding.LedgerEntry": {"add", "change", "delete"},
    "funding.PeriodClosing": {"change", "delete"},
    "funding.RateSeries": {"add", "change", "delete"},
    "funding.Tranche": {"add", "delete"},
    # It is kept from the page of its production.
    "productions.ScheduleVersion": {"add"},
    "productions.Result": {"change", "delete"},
    "imports.ImportBatch": {"change", "delete"},
    # Begun and recorded from the page of the waterfall.
    "productions.Receipt": {"add", "change", "delete"},
    "productions.WaterfallTier": {"add"},
    "productions.WaterfallVersion": {"add"},
    "live.Booking": {"add", "change", "delete"},
    "programmes.Allocation": {"change", "delete"},
    "staff.ApiToken": {"delete"},
    # What came in is withdrawn and not removed; a place is offered and ended.
    "scholarships.Applicant": {"add", "delete"},
    "scholarships.Application": {"add", "delete"},
    "scholarships.Erasure": {"add", "change", "delete"},
    "scholarships.PersonalRead": {"add", "change", "delete"},
    "scholarships.Award": {"add", "delete"},
    "scholarships.ProgressReport": {"add", "delete"},
}


def allowed(role: str, model: type[Model], verb: str) -> bool:
    name = f"{model._meta.app_label}.{verb}_{model._meta.model_name}"
    return name in permissions_of(role) and verb not in NEVER.get(model._meta.label, set())


def ask(client: Client, model: type[Model], page: str, *args: Any) -> int:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
    return client.get(url).status_code


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_as_the_table_says(
    browser_of: Callable[[str], Client], rows: Any, money: Any, role: str
):
    client = browser_of(role)
    for model in MODELS:
        row = model._default_manager.first()
        assert row is not None
        view = allowed(role, model, "view")
        leads_on = model._meta.label == "programmes.Project" and view

        assert ask(client, model, "changelist") == (200 if view else 403), (role, model)
        assert ask(client, model, "add") == (200 if allowed(role, model, "add") else 403), (
            role,
            model,
        )
        assert ask(client, model, "change", row.pk) == (
            302 if leads_on else 200 if view else 403
        ), (role, model)
        assert ask(client, model, "history", row.pk) == (200 if view else 403), (role, model)
        assert ask(client, model, "delete", row.pk) == (
            200 if allowed(role, model, "delete") else 403
        ), (role, model)


@pytest.mark.parametrize("role", ROLES)
def test_a_form_sent_by_who_may_only_look_is_refused(
    browser_of: Callable[[str], Client], rows: Any, money: Any, role: str
):
    client = browser_of(role)
    for model in MODELS:
        row = model._default_manager.first()
        assert row is not None
        if allowed(role, model, "change"):
            continue
        opts = model._meta

        answer = client.post(
            reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk]),
            {"name_en": "Taken over", "title": "Taken over", "username": "taken", "name": "Taken"},
        )

        assert answer.status_code in (403, 302), (role, model)
        if answer.status_code == 302:
            assert opts.label == "programmes.Project"
        row.refresh_from_db()
        assert "Taken" not in str(row)


@pytest.mark.parametrize("role", ROLES)
def test_autocomplete_answers_only_who_may_look(
    browser_of: Callable[[str], Client], rows: Any, role: str
):
    client = browser_of(role)

    answer = client.get(
        "/admin/autocomplete/?app_label=productions&model_name=participation&field_name=organisation&term=you"
    )

    looks = "partners.view_organisation" in permissions_of(role)
    assert answer.status_code == (200 if looks else 403)
    assert not looks or [row["text"] for row in answer.json()["results"]] == ["Youku"]
    groups = client.get("/admin/autocomplete/?app_label=staff&model_name=user&field_name=groups")
    may = "auth.view_group" in permissions_of(role)
    assert groups.status_code == (200 if may else 403)


def test_one_without_a_role_sees_no_rows_and_no_autocomplete(
    browser_of: Callable[[str], Client], rows: Any
):
    client = browser_of("nobody")

    assert client.get("/admin/").status_code == 200
    for model in MODELS:
        assert ask(client, model, "changelist") == 403
    assert (
        client.get(
            "/admin/autocomplete/?app_label=productions&model_name=participation&field_name=organisation"
        ).status_code
        == 403
    )


def test_one_who_is_no_staff_reaches_no_page(rows: Any, officer: Any):
    person = officer("Administrator")
    person.is_staff = False
    person.save()
    client = Client()
    client.force_login(person)

    assert client.get("/admin/productions/production/").status_code in (302, 403)
    assert client.get("/admin/productions/production/", follow=True).status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_contacts_are_shown_as_the_table_says(
    browser_of: Callable[[str], Client], rows: Any, role: str
):
    client = browser_of(role)
    may = "partners.view_contact" in permissions_of(role)

    form = client.get(f"/admin/partners/organisation/{rows.organisation.pk}/change/")
    history = client.get(f"/admin/partners/organisation/{rows.organisation.pk}/history/")

    assert ("mei@example.org" in form.content.decode()) is may
    assert ("mei@example.org" in history.content.decode()) is may


@pytest.mark.parametrize("role", ROLES)
def test_the_history_of_everything_is_for_auditors_and_administrators(
    browser_of: Callable[[str], Client], rows: Any, role: str
):
    answer = browser_of(role).get("/admin/history/")

    assert answer.status_code == (200 if role in ("Auditor", "Administrator") else 403)


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_offers_only_pages_that_open(
    browser_of: Callable[[str], Client], rows: Any, role: str
):
    client = browser_of(role)
    page = client.get("/admin/")
    groups = page.context["sidebar_navigation"]
    offered = [
        str(item.get("link_callback") or item["link"])
        for group in groups
        for item in group["items"]
        if item["has_permission"]
    ]

    assert "/admin/" in offered
    for link in offered:
        assert client.get(link).status_code == 200, (role, link)


@pytest.mark.parametrize("role", ["Viewer", "Auditor", "Approver"])
def test_actions_are_offered_to_who_may_change(
    browser_of: Callable[[str], Client], rows: Any, role: str
):
    client = browser_of(role)

    client.post(
        "/admin/productions/production/",
        {"action": "make_draft", "_selected_action": [rows.production.pk]},
    )

    rows.production.refresh_from_db()
    assert rows.production.publication == "PUBLIC"


def test_every_admin_is_of_the_house():
    for own in admin.site._registry.values():
        assert isinstance(own, StaffAdmin)
