"""The applicant's pages, at /apply/ in three languages."""

from django.urls import path

from scholarships.views import application, awards, calls, hand_in, visits

app_name = "portal"

urlpatterns = [
    path("", calls.calls, name="calls"),
    path("open/", visits.enter, name="enter"),
    path("open/<str:secret>/", visits.arrive, name="open"),
    path("mine/", visits.mine, name="mine"),
    path("mine/begin/", visits.begin, name="begin"),
    path("mine/leave/", visits.go, name="leave"),
    path("mine/close/", visits.close_addresses, name="close"),
    path("mine/consents/", visits.consents, name="consents"),
    path("mine/survey/", awards.survey, name="survey"),
    path("mine/<slug:number>/", hand_in.application, name="application"),
    path("mine/<slug:number>/person/", application.person, name="person"),
    path("mine/<slug:number>/answers/", application.answers, name="answers"),
    path("mine/<slug:number>/papers/", application.papers, name="papers"),
    path("mine/<slug:number>/papers/<int:file>/", application.file, name="file"),
    path("mine/<slug:number>/check/", hand_in.check, name="check"),
    path("mine/<slug:number>/reopen/", hand_in.reopen, name="reopen"),
    path("mine/<slug:number>/withdraw/", hand_in.withdraw, name="withdraw"),
    path("mine/<slug:number>/offer/", awards.offer, name="offer"),
    path("mine/<slug:number>/bank/", awards.bank, name="bank"),
    path("mine/<slug:number>/reports/<int:which>/", awards.report, name="report"),
    path("to/<slug:scheme>/<slug:round>/", calls.call, name="call"),
]
