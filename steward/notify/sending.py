"""Sending what was written, with patience: a mail that cannot be sent is tried again for a day
and then shown as failed, never lost silently."""

from __future__ import annotations

import random
import smtplib
from datetime import timedelta
from email.encoders import encode_base64
from email.mime.base import MIMEBase

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from steward.inventory.mail import Mail, MailFile

log = structlog.get_logger(__name__)

BATCH = 50
# A day in all; the try after the last pause is the last one.
PAUSES_MINUTES = (1, 5, 15, 30, 60, 120, 240, 480, 480)
UNSET = "No mail server is set: give its address in STEWARD_EMAIL_URL."


def send_due() -> int:
    """How many mails went out."""
    due = Mail.objects.filter(state=Mail.QUEUED, next_try_at__lte=timezone.now())
    mails = list(due.order_by("pk")[:BATCH])
    if not mails:
        return 0
    if not settings.STEWARD_EMAIL:
        _wait_for_server(mails)
        return 0
    connection = get_connection("django.core.mail.backends.smtp.EmailBackend")
    return sum(_send(mail, connection) for mail in mails)


def _wait_for_server(mails: list[Mail]) -> None:
    """Not the mail's fault, so it costs no try."""
    later = timezone.now() + timedelta(minutes=1)
    rows = Mail.objects.filter(pk__in=[mail.pk for mail in mails])
    rows.update(error=UNSET, next_try_at=later)


def _send(mail: Mail, connection: BaseEmailBackend) -> bool:
    """The try is claimed before it is made: of two workers, one sends."""
    again = timezone.now() + _pause(mail.attempts)
    mine = Mail.objects.filter(pk=mail.pk, state=Mail.QUEUED, attempts=mail.attempts)
    if not mine.update(attempts=F("attempts") + 1, next_try_at=again):
        return False
    message = EmailMessage(
        mail.subject,
        mail.body,
        to=[mail.to],
        connection=connection,
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        if mail.file is not None:
            message.attach(_attachment(mail.file))
        message.send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _failed(mail, error)
        return False
    Mail.objects.filter(pk=mail.pk).update(state=Mail.SENT, sent_at=timezone.now(), error="")
    return True


def _attachment(file: MailFile) -> MIMEBase:
    """Byte for byte: as text, line ends and what stands before the first one would change."""
    main, _, sub = file.kind.partition("/")
    part = MIMEBase(main, sub)
    if main == "text":
        part.set_param("charset", "utf-8")
    part.set_payload(bytes(file.content))
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=file.name)
    return part


def drop_files() -> None:
    """What no mail that waits carries; all of them were written in one transaction."""
    carried = Mail.objects.filter(state=Mail.QUEUED, file__isnull=False).values("file")
    MailFile.objects.exclude(pk__in=carried).delete()


def _pause(attempts: int) -> timedelta:
    minutes = PAUSES_MINUTES[min(attempts, len(PAUSES_MINUTES) - 1)]
    return timedelta(minutes=minutes * random.uniform(0.9, 1.1))  # noqa: S311


def _failed(mail: Mail, error: Exception) -> None:
    given_up = mail.attempts >= len(PAUSES_MINUTES)
    log.warning("mail not sent", mail=mail.pk, error=_sentence(error), given_up=given_up)
    Mail.objects.filter(pk=mail.pk).update(
        error=_sentence(error), state=Mail.FAILED if given_up else Mail.QUEUED
    )


def _sentence(error: Exception) -> str:
    """What went wrong, without the credentials that smtplib puts into nothing but its debug log."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server refuses the user name or password in STEWARD_EMAIL_URL."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "The mail server refuses this address."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server answered {error.smtp_code}."
    if isinstance(error, ValueError):
        return "The address or the sender is not one that a mail can be sent with."
    return f"The mail server cannot be reached ({type(error).__name__})."
