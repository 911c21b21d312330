"""The staff admin itself: who comes in, and the pages that belong to no one model."""

from typing import Any

from django.apps import apps
from django.contrib import auth
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from unfold.sites import UnfoldAdminSite

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_history import event_models, latest_moments
from portfolio.staff.mfa import has_second_factor

HISTORY_PERMISSION = "pghistory.view_events"


class StaffSite(UnfoldAdminSite):
    """Topsheet's admin: one way in, by django-allauth with a second factor."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take only admins of ours: those that packages bring would show secrets, and skip our rules."""
        if admin_class is not None and issubclass(admin_class, StaffAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def register_page(self, route: str, view: Any, name: str) -> None:
        """Add a page that belongs to no one model; the view checks who may see it."""
        self.own_pages = [*getattr(self, "own_pages", []), (route, view, name)]

    def get_urls(self) -> list[Any]:
        """The pages of the models, those of apps, and the history of everything."""
        return [
            path("history/", self.admin_view(self.history), name="history"),
            *(
                path(route, self.admin_view(view), name=name)
                for route, view, name in getattr(self, "own_pages", [])
            ),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """The apps and their models, drawn up where they are shown: every page is handed the list.

        It takes a seventh of the time of a page, and our navigation is another.
        """
        return SimpleLazyObject(lambda: super(StaffSite, self).get_app_list(request, app_label))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the sign-in page, or to enrolling the second factor that is missing."""
        person: Any = getattr(request, "person", request.user)
        if request.user.is_authenticated:
            if not self.has_permission(request):
                raise PermissionDenied
            return HttpResponseRedirect(reverse("admin:index"))
        if person.is_authenticated and not has_second_factor(person):
            return HttpResponseRedirect(reverse("mfa_index"))
        if person.is_authenticated:
            # Opened before the factor was enrolled somewhere else: this session never showed it.
            auth.logout(request)
        wanted = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the one page where a password is changed."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the start."""
        return HttpResponseRedirect(reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign out and lead to the sign-in page; only by POST."""
        if request.method != "POST":
            return HttpResponseRedirect(reverse("account_logout"))
        auth.logout(request)
        return HttpResponseRedirect(reverse("account_login"))

    def search(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The quick search; a page number that is none is page one."""
        if not request.GET.get("page", "1").isdecimal():
            raise Http404
        return super().search(request, extra_context)

    def history(self, request: HttpRequest) -> HttpResponse:
        """The latest changes of everything, for auditors and administrators.

        Queries: one for each table of events, few for names.
        """
        if not request.user.has_perm(HISTORY_PERMISSION):
            raise PermissionDenied
        tracked = sorted(event_models(), key=lambda model: str(model._meta.verbose_name_plural))
        kinds = [(m._meta.label_lower, m._meta.verbose_name_plural) for m in tracked]
        chosen = request.GET.get("kind", "")
        if chosen and chosen not in dict(kinds):
            raise Http404
        models = [apps.get_model(chosen)] if chosen else tracked
        moments, has_more = latest_moments(models, before=request.GET.get("before", ""))
        context = {
            **self.each_context(request),
            "title": _("History"),
            "moments": moments,
            "kinds": kinds,
            "chosen": chosen,
            "older": moments[-1].at.isoformat() if has_more and moments else "",
        }
        return TemplateResponse(request, "admin/history.html", context)
