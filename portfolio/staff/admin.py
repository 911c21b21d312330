"""Staff accounts and roles in the admin, for administrators."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_forms import StaffForm
from portfolio.staff.models import User
from portfolio.staff.roles import AREAS, ROLES, TABLE, WORDS


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
class UserAdmin(StaffAdmin, DjangoUserAdmin):  # type: ignore[misc]
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

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an account is made inactive."""
        return False

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
class GroupAdmin(StaffAdmin):
    """The roles and what each may do; they change with the program, not by hand."""

    list_display = ("role", "people")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("role", "may", "people")
    readonly_fields = ("role", "may", "people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """Roles with those who hold them, in two queries."""
        return super().get_queryset(request).prefetch_related("user_set")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: roles are made by migrations from one table."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody, as above."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody, as above."""
        return False

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
    verbs = {"V": _("view"), "A": _("add"), "C": _("change"), "D": _("delete"), ".": _("nothing")}
    return ", ".join(str(verbs[letter]) for letter in grants)
