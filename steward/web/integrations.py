"""The catalogue of integrations, and the page of each."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from markdown_it import MarkdownIt

from steward.insight.applications import recommended
from steward.insight.attention import Attention, needing_attention, why
from steward.insight.facts import Facts, of_instances, of_integration
from steward.inventory.instance import Instance
from steward.inventory.mail import Recipient
from steward.sdk.catalogue import folder_of, integrations
from steward.sdk.connector import Connector
from steward.web.access import for_admins, for_members
from steward.web.windows import leave, window

TABS = ("all", "attention", "recommended")
_markdown = MarkdownIt("js-default", {"html": False, "linkify": False})


@dataclass(frozen=True)
class Tile:
    connector: Facts
    instances: int
    attention: int
    users: int = 0


@for_members
def catalogue(request: HttpRequest) -> HttpResponse:
    tab = request.GET.get("tab", "all")
    q, category = request.GET.get("q", "").strip(), request.GET.get("category", "")
    attention = needing_attention()
    tiles = _recommended() if tab == "recommended" else _tiles(attention)
    facts = {
        "tab": tab if tab in TABS else "all",
        "tiles": [t for t in tiles if _fits(t.connector, q, category)],
        "attention": attention,
        "recommended": len(_recommended()),
        "categories": sorted({c.category for c in integrations().values()}),
        "q": q,
        "category": category,
        "recipients": list(Recipient.objects.order_by("email")),
    }
    return render(request, "integrations/catalogue.html", facts)


def _tiles(attention: list[Attention]) -> list[Tile]:
    """Connected ones first, then by name, as the catalogue is."""
    troubled = [a.instance.integration for a in attention]
    connected = list(Instance.objects.present().values_list("integration", flat=True))
    tiles = [
        Tile(of_integration(c), connected.count(slug), troubled.count(slug))
        for slug, c in integrations().items()
    ]
    return sorted(tiles, key=lambda tile: tile.instances == 0)


def _recommended() -> list[Tile]:
    known = integrations()
    rows = [row for row in recommended() if row.integration in known]
    return [Tile(of_integration(known[row.integration]), 0, 0, row.assigned) for row in rows]


def _fits(connector: Facts, q: str, category: str) -> bool:
    words = f"{connector['name']} {connector['summary']} {connector['category']}".casefold()
    return q.casefold() in words and category in ("", connector["category"])


@for_members
def integration(request: HttpRequest, slug: str) -> HttpResponse:
    connector = found(slug)
    rows = list(Instance.objects.present().filter(integration=slug).order_by("name"))
    facts = {
        "connector": of_integration(connector),
        "instances": [
            {"row": row, "facts": f, "attention": why(row)}
            for row, f in zip(rows, of_instances(rows), strict=True)
        ],
        "guide": guide_of(slug),
    }
    return render(request, "integrations/integration.html", facts)


def found(slug: str) -> type[Connector]:
    try:
        return integrations()[slug]
    except KeyError:
        raise Http404 from None


def guide_of(slug: str) -> str:
    """HTML made from the folder's own guide.md; raw HTML in it is shown as text."""
    text = (folder_of(slug) / "guide.md").read_text()
    body = text.split("\n", 1)[1] if text.startswith("# ") else text
    made: str = _markdown.render(body)
    return made


def icon(request: HttpRequest, slug: str) -> HttpResponse:
    found(slug)
    drawing = (folder_of(slug) / "icon.svg").read_bytes()
    return HttpResponse(
        drawing, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"}
    )


class RecipientsForm(forms.Form):
    recipients = forms.CharField(widget=forms.Textarea, required=False)

    def clean_recipients(self) -> list[str]:
        given = self.cleaned_data["recipients"].replace(",", "\n").split()
        field = forms.EmailField()
        for address in given:
            try:
                field.clean(address)
            except forms.ValidationError:
                raise forms.ValidationError(f"{address} is not an e-mail address.") from None
        return list(dict.fromkeys(address.lower() for address in given))


@for_admins
def recipients(request: HttpRequest) -> HttpResponse:
    form = RecipientsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            Recipient.objects.all().delete()
            addresses: list[str] = form.cleaned_data["recipients"]
            Recipient.objects.bulk_create(Recipient(email=a) for a in addresses)
        return leave(request, "integrations")
    text = request.POST.get("recipients") or "\n".join(
        Recipient.objects.order_by("email").values_list("email", flat=True)
    )
    facts = {"form": form, "text": text}
    status = 422 if form.is_bound else 200
    return window(request, "integrations/recipients.html", facts, status)
