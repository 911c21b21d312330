"""The Avails sheet as a file: what is licensed on, of one title or of all, or what is free of one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.productions.models import Production
from portfolio.rights.admin.title_page import PERMISSION
from portfolio.rights.sheets.columns import FORMATS
from portfolio.rights.sheets.writing import MOST_AVAILS, free, granted, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet_page(request: HttpRequest) -> HttpResponseBase:
    """The file, or a message where it would be longer than one that can be read back."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    profile = request.GET.get("format", FORMATS[0])
    number = request.GET.get("title", "")
    if profile not in FORMATS or not (number == "" or (number.isdecimal() and len(number) < 18)):
        raise Http404
    title = Production.objects.filter(pk=int(number)).first() if number else None
    if number and title is None:
        raise Http404
    today = timezone.localdate(timezone.now())
    if request.GET.get("what") == "free":
        if title is None:
            raise Http404
        avails = free(title.pk, today=today, territories=("WORLD",), profile=profile)
    else:
        avails = granted(None if title is None else {title.pk}, profile=profile)
    if avails.is_cut:
        words = _("The sheet would have more than %(most)s rows: take it title by title.")
        messages.warning(request, words % {"most": f"{MOST_AVAILS:,}"})
        return HttpResponseRedirect(reverse("admin:rights_avails"))
    name = f"avails-{title.slug if title else 'all'}-{today}.xlsx"
    answer = StreamingHttpResponse(workbook(avails), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
