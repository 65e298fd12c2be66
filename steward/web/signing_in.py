"""Signing in and out, and becoming a member by a one-time link."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.views import LoginView
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from steward.inventory.member import Invitation, Member

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(AuthenticationForm):
    error_messages: ClassVar = {
        "invalid_login": "This e-mail and password do not go together.",
        "inactive": "This member has been switched off. Ask an admin.",
    }


class SignIn(LoginView):
    template_name = "signing/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(empty=not Member.objects.exists(), **kwargs)


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any) -> HttpResponse:
    return render(
        request,
        "signing/sign_in.html",
        {"locked": True, "form": SignInForm(request)},
        status=429,
    )


class WelcomeForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)
    name = forms.CharField(label="Your name", max_length=200)
    password = forms.CharField(label="Password", strip=False, widget=forms.PasswordInput)
    again = forms.CharField(label="The same once more", strip=False, widget=forms.PasswordInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        password = given.get("password", "")
        if password and password != given.get("again"):
            self.add_error("again", "The two passwords are not the same.")
        if password:
            member = Member(email=given.get("email", ""), name=given.get("name", ""))
            try:
                validate_password(password, member)
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return given


@sensitive_post_parameters()
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    invitation = Invitation.find(token)
    if invitation is None:
        return render(request, "signing/used.html", status=404)
    form = WelcomeForm(request.POST or None, initial={"email": invitation.email})
    if request.method == "POST" and form.is_valid():
        member = _join(invitation, form.cleaned_data)
        if member is not None:
            login(request, member, backend=_BACKEND)
            return redirect("home")
        form.add_error("email", "There is a member with this address already.")
    status = 422 if form.is_bound else 200
    facts = {"form": form, "first": not Member.objects.exists()}
    return render(request, "signing/welcome.html", facts, status=status)


def _join(invitation: Invitation, given: dict[str, Any]) -> Member | None:
    """The link is used up by the same transaction; of two who use it at once one gets in."""
    unused = Invitation.objects.filter(pk=invitation.pk, used_at=None)
    try:
        with transaction.atomic():
            if not unused.update(used_at=timezone.now()):
                return None
            return Member.objects.create_user(
                given["email"], given["password"], name=given["name"], role=invitation.role
            )
    except IntegrityError:
        return None
