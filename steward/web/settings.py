"""Settings: your own, members, API tokens, mail."""

from __future__ import annotations

from django import forms
from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from steward.insight import health as steward_health
from steward.inventory.mail import Mail
from steward.inventory.member import ApiToken, Invitation, Member, Role
from steward.web.access import actor, for_admins, for_members

YEAR = 365 * 24 * 3600


@for_members
def yours(request: HttpRequest) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, "Your password is changed.")
        return redirect("settings")
    status = 422 if form.is_bound else 200
    return render(request, "settings/yours.html", {"form": form}, status=status)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light or dark, for this browser."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    chosen = "dark" if request.POST.get("theme") == "dark" else "light"
    response = redirect(back)
    response.set_cookie(
        "theme", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )
    return response


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.READER)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if Member.objects.filter(email=email).exists():
            raise forms.ValidationError("There is a member with this address already.")
        return email


@for_admins
def members(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _, token = Invitation.make(given["role"], given["email"], request.user)  # type: ignore[arg-type]
        link = f"{django_settings.STEWARD_BASE_URL}/welcome/{token}/"
    facts = {
        "form": InviteForm() if link else form,
        "link": link,
        "members": Member.objects.order_by("email"),
        "roles": Role.choices,
        "invitations": Invitation.objects.filter(
            used_at=None, expires_at__gt=timezone.now()
        ).exclude(email=""),
    }
    status = 422 if form.is_bound and not link else 200
    return render(request, "settings/members.html", facts, status=status)


@require_POST
@for_admins
def member(request: HttpRequest, id: int) -> HttpResponse:
    """A role, or whether they may sign in. The last admin stays one."""
    row = Member.objects.filter(pk=id).first()
    if row is None:
        raise Http404
    role = request.POST.get("role", row.role)
    active = request.POST.get("active", "yes" if row.is_active else "no") == "yes"
    if role not in Role.values:
        raise Http404
    with transaction.atomic():
        admins = Member.objects.select_for_update().filter(role=Role.ADMIN, is_active=True)
        others = [a for a in admins if a.pk != row.pk]
        if not others and not (role == Role.ADMIN and active):
            messages.error(request, "This is the last admin. Make somebody else one first.")
        else:
            Member.objects.filter(pk=row.pk).update(role=role, is_active=active)
            messages.success(request, f"{row} is updated.")
    return redirect("members")


class TokenForm(forms.Form):
    name = forms.CharField(label="What it is for", max_length=200)
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.READER)


@for_admins
def tokens(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    made = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _, made = ApiToken.make(given["name"], given["role"], request.user)  # type: ignore[arg-type]
    facts = {
        "form": TokenForm() if made else form,
        "made": made,
        "tokens": ApiToken.objects.filter(revoked_at=None).order_by("name"),
    }
    status = 422 if form.is_bound and not made else 200
    return render(request, "settings/tokens.html", facts, status=status)


@require_POST
@for_admins
def revoke(request: HttpRequest, id: int) -> HttpResponse:
    ApiToken.objects.filter(pk=id, revoked_at=None).update(revoked_at=timezone.now())
    messages.success(request, "The token is revoked.")
    return redirect("tokens")


@for_admins
def mail(request: HttpRequest) -> HttpResponse:
    """What waits or could not be sent, and a test."""
    if request.method == "POST":
        Mail.objects.create(
            to=actor(request),
            subject="Steward: a test",
            body="This mail was sent to see whether mail works. It does.",
        )
        messages.info(request, f"A test mail to {actor(request)} is on its way.")
        return redirect("mail")
    facts = {
        "set": django_settings.STEWARD_EMAIL,
        "waiting": Mail.objects.filter(state=Mail.QUEUED).order_by("-pk")[:50],
        "failed": Mail.objects.filter(state=Mail.FAILED).order_by("-pk")[:50],
        "sent": Mail.objects.filter(state=Mail.SENT).order_by("-pk")[:20],
    }
    return render(request, "settings/mail.html", facts)


@for_admins
def health(request: HttpRequest) -> HttpResponse:
    """How Steward itself does; the worst first."""
    facts = {
        **steward_health.report(),
        "found": steward_health.findings(),
        "due": steward_health.due_soon(),
    }
    return render(request, "settings/health.html", facts)
