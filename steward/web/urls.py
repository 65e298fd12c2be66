"""The pages, in the order of the navigation."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from steward.web import (
    applications,
    connecting,
    deleting,
    home,
    instances,
    integrations,
    people,
    reports,
    settings,
    signing_in,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(next_page="sign-in"), name="sign-out"),
    path("welcome/<str:token>/", signing_in.welcome, name="welcome"),
    path("integrations/", integrations.catalogue, name="integrations"),
    path("integrations/recipients/", integrations.recipients, name="recipients"),
    path("integrations/<slug:slug>/", integrations.integration, name="integration"),
    path("integrations/<slug:slug>/icon.svg", integrations.icon, name="icon"),
    path("integrations/<slug:slug>/connect/", connecting.connect, name="connect"),
    path("integrations/<slug:slug>/question/", connecting.question, name="question"),
    path("instances/<int:id>/", instances.instance, name="instance"),
    path("instances/<int:id>/progress/", instances.progress, name="progress"),
    path("instances/<int:id>/accounts/", instances.accounts, name="instance-accounts"),
    path("instances/<int:id>/sync/", instances.sync, name="sync"),
    path("instances/<int:id>/stop/", instances.stop, name="stop"),
    path("instances/<int:id>/removals/", instances.decide_removals, name="removals"),
    path("instances/<int:id>/edit/", instances.edit, name="edit"),
    path("instances/<int:id>/credential/", connecting.credential, name="credential"),
    path("instances/<int:id>/delete-users/", deleting.delete_users, name="delete-users"),
    path("instances/<int:id>/delete/", deleting.delete, name="delete"),
    path("accounts/<int:id>/", people.account, name="account"),
    path("applications/", applications.applications, name="applications"),
    path("applications/<int:id>/", applications.application, name="application"),
    path("people/", people.people, name="people"),
    path("people/<int:id>/", people.person, name="person"),
    path("reports/", reports.catalogue, name="reports"),
    path("reports/<slug:slug>/", reports.report, name="report"),
    path("settings/", settings.yours, name="settings"),
    path("settings/theme/", settings.theme, name="theme"),
    path("settings/members/", settings.members, name="members"),
    path("settings/members/<int:id>/", settings.member, name="member"),
    path("settings/tokens/", settings.tokens, name="tokens"),
    path("settings/tokens/<int:id>/revoke/", settings.revoke, name="revoke"),
    path("settings/mail/", settings.mail, name="mail"),
]
