"""Whose name stands on a statement: one spelling for a vendor's many."""

from __future__ import annotations

import re
import unicodedata

# Who collects for others writes its own mark before the vendor's name.
_COLLECTORS = (
    "paypal", "paypal inst xfer", "pp", "sq", "sqsp", "sp", "tst", "py", "in", "eb", "fs", "fsp",
    "fastspring", "wpy", "bt", "dri", "dr", "2co", "2co.com", "2checkout", "paddle", "paddle.net",
    "stripe", "st", "sumup", "zettle", "zettle_", "iz", "izettle", "ccv", "mollie", "adyen",
    "klarna", "gocardless", "payu", "lemsqzy", "ls", "chargebee", "recurly", "xsolla",
)  # fmt: skip
_COLLECTOR = re.compile(
    rf"^(?:{'|'.join(re.escape(name) for name in sorted(_COLLECTORS, key=len, reverse=True))})"
    r"\s*\*+\s*"
)
# Banks say how it was paid before they say to whom.
_WAY = re.compile(
    r"^(?:pos|visa|mastercard|debit card|credit card|card|recurring|purchase|payment|kartenzahlung|"
    r"lastschrift|sepa|ach|direct debit|checkcard)(?:\s+(?:purchase|payment|to|debit))?\s+(?=\S)"
)
_LEGAL_TEXT = (
    "ag ab aps as bv bvba co company corp corporation gesmbh gmbh inc incorporated ireland kg kft "
    "limited llc llp lp ltd ltda nv ohg oy oyj plc pbc pte pty public sa sarl sas se sl spa spzoo "
    "srl sro ug"
)
_LEGAL = frozenset(_LEGAL_TEXT.split())
# What is said of the bill, not of the vendor.
_BILLING_TEXT = (
    "annual bill billing emea intl invoice international labs monthly payment payments plan "
    "renewal software subscr subscription subscriptions subs technologies technology yearly"
)
_BILLING = frozenset(_BILLING_TEXT.split())
_CITIES_TEXT = (
    "amsterdam|ann arbor|atlanta|austin|barcelona|berlin|boston|boulder|chicago|copenhagen|dallas|"
    "denver|dublin|edinburgh|frankfurt|hamburg|helsinki|hong kong|lisbon|london|los angeles|"
    "luxembourg|lyon|madrid|melbourne|menlo park|miami|milan|montreal|mountain view|munich|"
    "münchen|new york|oakland|oslo|palo alto|paris|portland|prague|redmond|redwood city|"
    "san francisco|san jose|san mateo|santa clara|seattle|singapore|stockholm|sunnyvale|"
    "sydney|tallinn|tel aviv|tokyo|toronto|vancouver|vienna|warsaw|wien|zurich|zürich"
)
_CITIES = frozenset(_CITIES_TEXT.split("|"))
_PLACES_TEXT = (
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm "
    "ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc at au be br ch cz deu dk es fi fr "
    "gb gbr hk ie irl it jp lu nl nld no nz pl pt se sg uk us usa"
)
_PLACES = frozenset(_PLACES_TEXT.split())
_DOMAIN = re.compile(
    r"^(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)*?)\."
    r"(?:co\.uk|com\.au|com|org|net|io|ai|co|us|eu|de|app|dev|so|ly|me|fr|nl|uk)(?:/.*)?$"
)
_REFERENCE = re.compile(
    r"^#?(?:\d{4,}|[\d./:-]*\d[\d./:-]{5,}|(?=\w*\d\w*\d)(?=\w*[a-z])\w{6,}|#\w+)$"
)
_COLUMNS = re.compile(r"\s{3,}|\t")
_MARK = re.compile(r"\s*\*+\s*")
LONGEST = 300


def key_of(vendor: str) -> str:
    """The name as rules compare it, without how it was paid, collectors, references, places and
    legal forms: "PAYPAL *SLACK T02AB4C9D DUBLIN" and "Slack Technologies, LLC" are both "slack"."""
    text = _folded(vendor)
    key = _plain(_MARK.sub(" ", text)) or " ".join(text.split()) or "?"
    while (plainer := _plain(_folded(key)) or key) != key:
        key = plainer
    return key[:LONGEST].strip()


def head_of(vendor: str) -> str:
    """The part of the name before a star, which card statements put between the vendor and what
    was bought there: "adobe" of "ADOBE *ACROPRO SUBS". "" where there is none."""
    head, star, _ = _folded(vendor).partition("*")
    return _plain(head) if star else ""


def _folded(vendor: str) -> str:
    text = unicodedata.normalize("NFKC", vendor).casefold().replace("\x00", "").strip()
    text = _WAY.sub("", _COLUMNS.split(text)[0] or text)
    return _COLLECTOR.sub("", text) or text


def _plain(text: str) -> str:
    first, *more = text.split() or [""]
    words = [_word(first), *(_word(word) for word in more if not _DOMAIN.match(word))]
    words = [word for word in words if word]
    while len(words) > 1 and (count := _beside(words)):
        words = words[:-count]
    return " ".join(words)


def _word(word: str) -> str:
    """Without what punctuates it; of a domain only its name."""
    word = word.strip(",;:()[]\"'|/\\-_&")
    found = _DOMAIN.match(word)
    if found:
        return found[1]
    return word if _REFERENCE.match(word) else re.sub(r"[^\w+&#-]", "", word)


def _beside(words: list[str]) -> int:
    """How many of the last words are not part of the name."""
    if len(words) > 2 and " ".join(words[-2:]) in _CITIES:
        return 2
    last = words[-1]
    if last in _LEGAL or last in _BILLING or last in _CITIES or _REFERENCE.match(last):
        return 1
    # "ca" alone may be a name; after a city, or at the end of many words, it is where it was paid.
    return int(last in _PLACES and (words[-2] in _CITIES or len(words) > 2))
