"""Staff accounts and roles in the admin, for administrators."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_forms import StaffForm
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.common.admin_permissions import NeverDeleted, ReadOnly
from portfolio.common.admin_steps import StepForm, carried_out, step_page
from portfolio.staff.models import ApiToken, Scope, User
from portfolio.staff.roles import AREAS, ROLES, TABLE, WORDS
from portfolio.staff.tokens import make_token, revoke_token


class StaffUserForm(StaffForm, UserChangeForm):
    """An account, without anything of its password."""

    password = None  # type: ignore[assignment]

    class Meta:
        model = User
        fields = "__all__"


class StaffUserCreationForm(StaffForm, UserCreationForm):
    """A new account with its first password."""

    class Meta:
        model = User
        fields = ("username", "email")


@admin.register(User)
class UserAdmin(NeverDeleted, StaffAdmin, DjangoUserAdmin):  # type: ignore[misc]
    """Who may sign in, and in which roles. Nobody is deleted: the history names them."""

    form = StaffUserForm
    add_form = StaffUserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = (
        "username",
        "full_name",
        "email",
        "role_names",
        "is_active",
        "is_staff",
        "last_login",
    )
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", ("first_name", "last_name"), "email")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("When"), {"fields": (("last_login", "date_joined"),)}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Accounts with their roles, in two queries."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only who is a superuser may make, change or unmake one; nobody changes their own access."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        if not request.user.is_superuser:
            fixed = (*fixed, "is_superuser")
        if obj is not None and obj.pk == request.user.pk:
            fixed = (*fixed, "is_active", "is_staff", "is_superuser", "groups")
        return fixed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account is for superusers to change."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Give somebody a new password; never a superuser's to those who are none."""
        person = self.get_object(request, id)
        if person is None or not self.has_change_permission(request, person):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    @display(description=_("name"), ordering="last_name")
    def full_name(self, person: User) -> str:
        """First and last name."""
        return person.get_full_name()

    @display(description=_("roles"))
    def role_names(self, person: User) -> str:
        """The roles, by name."""
        return ", ".join(
            sorted(str(WORDS.get(group.name, group.name)) for group in person.groups.all())
        )


@admin.register(Group)
class GroupAdmin(ReadOnly, StaffAdmin):
    """The roles and what each may do; they are made by migrations from one table, not by hand."""

    list_display = ("role", "people")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("role", "may", "people")
    readonly_fields = ("role", "may", "people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """Roles with those who hold them, in two queries."""
        return super().get_queryset(request).prefetch_related("user_set")

    @display(description=_("role"), ordering="name")
    def role(self, group: Group) -> str:
        """The name of the role."""
        return str(WORDS.get(group.name, group.name))

    @display(description=_("people"))
    def people(self, group: Group) -> str:
        """Who holds the role."""
        return ", ".join(sorted(person.get_username() for person in group.user_set.all()))

    @display(description=_("may"))
    def may(self, group: Group) -> Any:
        """What the role may do, as the table says."""
        if group.name not in ROLES:
            return self.get_empty_value_display()
        column = ROLES.index(group.name)
        rows = ((WORDS[area], TABLE[area][column]) for area in AREAS)
        return format_html_join(
            "", '<p class="house-states"><span>{}</span> {}</p>', ((a, words(g)) for a, g in rows)
        )


def words(grants: str) -> str:
    """The letters of a cell as verbs."""
    verbs = {
        "V": _("view"),
        "A": _("add"),
        "C": _("change"),
        "D": _("delete"),
        "R": _("open again"),
        ".": _("nothing"),
    }
    return ", ".join(str(verbs[letter]) for letter in grants)


@admin.register(ApiToken)
class ApiTokenAdmin(NeverDeleted, StaffAdmin):
    """Keys of other systems. A key is shown once, when it is made; later there is only its beginning."""

    list_display = ("name", "user", "begins", "shown_scopes", "expires_at", "where", "last_used_at")
    list_filter = (("user", AutocompleteFilter),)
    list_filter_submit = True
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    autocomplete_fields = ("user",)
    fields = ("name", "user", "scopes", "expires_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What a new key is for; of one that was made, everything but the key."""
        if obj is None:
            return self.fields
        return ("name", ("user", "begins"), "shown_scopes", ("expires_at", "where"),
                ("created_at", "created_by"), ("revoked_at", "revoked_by"), "last_used_at")  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of a key that was made only the name can be mended."""
        if obj is None:
            return ()
        return ("user", "begins", "shown_scopes", "expires_at", "where", "created_at", "created_by",
                "revoked_at", "revoked_by", "last_used_at")  # fmt: skip

    def get_urls(self) -> list[Any]:
        """The page that revokes a key."""
        view = self.admin_site.admin_view(self.revoke_view)
        return [
            path("<int:object_id>/revoke/", view, name="staff_apitoken_revoke"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make the key; keep it for the one page that shows it."""
        if change:
            super().save_model(request, obj, form, change)
            return
        said = form.cleaned_data
        made, key = make_token(
            user=said["user"],
            name=said["name"],
            scopes=said["scopes"],
            expires_at=said["expires_at"],
            created_by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        obj.__dict__.update(made.__dict__)
        request.made_key = key  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """The page that shows the key: the answer itself, so that it is kept nowhere."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The key of %(name)s") % {"name": obj.name},
            "opts": self.opts,
            "original": obj,
            "key": request.made_key,  # type: ignore[attr-defined]
            "back": reverse("admin:staff_apitoken_changelist"),
        }
        return TemplateResponse(request, "admin/staff/key.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The key's page, with the way to revoke it for who may."""
        row: Any = self.get_object(request, object_id)
        may = row is not None and row.revoked_at is None and self.has_change_permission(request)
        url = reverse("admin:staff_apitoken_revoke", args=[row.pk]) if may else ""
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "revoke_url": url}
        )

    change_form_template = "admin/staff/token.html"

    def revoke_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Make a key worthless, from its next request on."""
        row: Any = self.get_object(request, str(object_id))
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        form = StepForm(request.POST if request.method == "POST" else None)
        back = reverse("admin:staff_apitoken_change", args=[row.pk])

        def write() -> None:
            revoke_token(token=row, revoked_by=request.user, at=timezone.now())  # type: ignore[arg-type]

        if request.method == "POST" and form.is_valid() and carried_out(form, write):
            self.message_user(request, _("The key is revoked."), messages.SUCCESS)
            return HttpResponseRedirect(back)
        return step_page(
            request, form, title=_("Revoke the key"), button=_("Revoke"), back=back,
            facts=[(_("Name"), row.name), (_("Acts for"), row.user), (_("Begins with"), row.prefix)],
            explanation=_("From its next request on it opens nothing. This cannot be undone."),
            opts=self.opts, original=row,
        )  # fmt: skip

    @display(description=_("begins with"))
    def begins(self, row: ApiToken) -> str:
        """The beginning of the key, to tell keys apart."""
        return f"{row.prefix}…"

    @display(description=_("may"))
    def shown_scopes(self, row: ApiToken) -> str:
        """The scopes, in words."""
        words = dict(Scope.choices)
        return " · ".join(str(words.get(scope, scope)) for scope in row.scopes)

    @display(description=_("state"))
    def where(self, row: ApiToken) -> Any:
        """Whether it opens anything now."""
        if row.revoked_at is not None:
            return _("revoked")
        return _("expired") if row.expires_at <= timezone.now() else _("in use")
