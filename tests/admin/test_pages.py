"""Every page of the admin opens for who may see everything, in three languages."""

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from portfolio.common.admin import StaffAdmin
from portfolio.staff.models import User

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_the_admin_has_a_page_for_every_model_that_staff_look_after():
    assert [model._meta.label for model in MODELS] == [
        "auth.Group",
        "funding.ApprovalDecision",
        "funding.ApprovalLimit",
        "funding.ApprovalRequest",
        "funding.Commitment",
        "funding.Delegation",
        "funding.ExchangeRate",
        "funding.LedgerEntry",
        "funding.PeriodClosing",
        "funding.RateSeries",
        "funding.Tranche",
        "imports.ImportBatch",
        "live.Act",
        "live.Booking",
        "live.Concert",
        "live.Show",
        "live.Venue",
        "live.VenueCollaboration",
        "partners.Agreement",
        "partners.Block",
        "partners.Document",
        "partners.Interest",
        "partners.Organisation",
        "partners.Ownership",
        "partners.Person",
        "productions.Credit",
        "productions.Deliverable",
        "productions.Milestone",
        "productions.Production",
        "productions.ProductionImage",
        "productions.Receipt",
        "productions.Release",
        "productions.Result",
        "productions.ScheduleVersion",
        "productions.Season",
        "productions.Waterfall",
        "productions.WaterfallTier",
        "productions.WaterfallVersion",
        "programmes.Allocation",
        "programmes.Programme",
        "programmes.Project",
        "programmes.Strand",
        "rights.Event",
        "rights.Grant",
        "rights.Priority",
        "rights.TerritorySet",
        "scholarships.Applicant",
        "scholarships.Application",
        "scholarships.Award",
        "scholarships.Erasure",
        "scholarships.PanelMeeting",
        "scholarships.PersonalRead",
        "scholarships.ProgressReport",
        "scholarships.Round",
        "scholarships.Scheme",
        "sources.Claim",
        "sources.Source",
        "staff.ApiToken",
        "staff.User",
    ]


def test_every_admin_shares_the_house_base():
    assert all(isinstance(page, StaffAdmin) for page in admin.site._registry.values())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_pages_open_or_are_not_offered(
    boss: Client, superuser: User, rows: Any, request: Any, rf: Any, model: type[Model]
):
    if not model._default_manager.exists():
        request.getfixturevalue("money")
    row = model._default_manager.first()
    assert row is not None
    own = admin.site._registry[model]
    asked = rf.get("/admin/")
    asked.user = superuser
    leads_on = model._meta.label == "programmes.Project"
    expected = {
        "changelist": 200,
        "add": 200 if own.has_add_permission(asked) else 403,
        "change": 302 if leads_on else 200,
        "history": 200,
        "delete": 200 if own.has_delete_permission(asked, row) else 403,
    }

    answers = {
        page: boss.get(address(model, page, *([] if page in ("changelist", "add") else [row.pk])))
        for page in expected
    }

    assert {page: answer.status_code for page, answer in answers.items()} == expected
    assert all("no-store" in answer["Cache-Control"] for answer in answers.values())


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/productions/production/",
        "/admin/history/",
        "/admin/approvals/",
        "/admin/funding/commitment/",
        "/admin/programmes/allocation/",
        "/admin/live/venue/",
        "/admin/live/booking/",
        "/admin/rights/grant/",
        "/admin/rights/avails/?territory=HK",
    ],
)
def test_a_page_opens_in_each_language(
    boss: Client, rows: Any, money: Any, path: str, settings: Any
):
    for language in ("en", "zh-hant", "zh-hans"):
        boss.cookies[settings.LANGUAGE_COOKIE_NAME] = language

        answer = boss.get(path)

        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.content.decode()


def test_a_project_leads_to_the_form_of_what_it_is(boss: Client, rows: Any):
    production = boss.get(f"/admin/programmes/project/{rows.production.pk}/change/")
    scheme = boss.get(f"/admin/programmes/project/{rows.scheme.pk}/change/")

    assert production.url == f"/admin/productions/production/{rows.production.pk}/change/"
    assert scheme.url == f"/admin/scholarships/scheme/{rows.scheme.pk}/change/"


def test_view_on_site_is_offered_for_what_anyone_may_see_and_not_for_a_draft(
    boss: Client, rows: Any
):
    shown = boss.get(address(type(rows.production), "change", rows.production.pk))
    type(rows.production).objects.update(publication="DRAFT")
    hidden = boss.get(address(type(rows.production), "change", rows.production.pk))

    assert rows.production.slug in (shown.context["absolute_url"] or "")
    assert hidden.context["absolute_url"] is None


def test_what_packages_bring_is_not_in_the_admin(boss: Client):
    for path in (
        "account/emailaddress",
        "mfa/authenticator",
        "socialaccount/socialapp",
        "admin/logentry",
    ):
        assert boss.get(f"/admin/{path}/").status_code == 404


def test_an_address_that_names_no_row_leads_back_and_is_no_error(boss: Client, rows: Any):
    for key in ("99999999999999999999999", "nonsense", "0"):
        answer = boss.get(f"/admin/productions/production/{key}/change/")

        assert answer.status_code == 302


def test_an_unknown_filter_or_page_is_no_error(boss: Client, rows: Any):
    for query in ("p=zz", "strand__id__exact=x", "p=5000", "lacks=nothing", "o=99.-1", "q=%00"):
        answer = boss.get(f"/admin/productions/production/?{query}", follow=True)

        assert answer.status_code == 200


def test_the_quick_search_answers_and_refuses_nonsense(boss: Client, rows: Any):
    assert boss.get("/admin/search/?s=prod").status_code == 200
    assert boss.get("/admin/search/?s=prod&page=x").status_code == 404
