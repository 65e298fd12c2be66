"""The many spellings of a vendor on statements are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.inventory.vendors import head_of, key_of


@pytest.mark.parametrize(
    ("vendor", "key"),
    [
        ("Slack Technologies, LLC", "slack"),
        ("PAYPAL *SLACK T02AB4C9D DUBLIN", "slack"),
        ("SLACK T01234567  IRELAND", "slack"),
        ("SQ *BLUE BOTTLE #0123", "blue bottle"),
        ("PP*ASANA.COM", "asana"),
        ("ZOOM.US 888-799-9666 SAN JOSE CA", "zoom"),
        ("DATADOG INC     NEW YORK     NY", "datadog"),
        ("FIGMA MONTHLY RENEWAL SAN FRANCISCO", "figma"),
        ("Personio GmbH & Co. KG", "personio"),
        ("Hetzner Online GmbH 2026-11", "hetzner online"),
        ("IKEA 0456 BERLIN", "ikea"),
        ("ADOBE  *ACROPRO SUBS", "adobe acropro"),
        ("Microsoft 365", "microsoft 365"),
        ("1Password", "1password"),
        ("8x8 Inc", "8x8"),
        ("monday.com", "monday"),
        ("", "?"),
    ],
)
def test_one_key_for_many_spellings(vendor, key):
    assert key_of(vendor) == key


@given(st.text(max_size=60))
def test_a_key_is_its_own_key_and_fits_its_column(vendor):
    key = key_of(vendor)
    assert key
    assert len(key) <= 300
    assert key_of(key) == key


def test_the_vendor_stands_before_the_star():
    assert head_of("ADOBE *ACROPRO SUBS") == "adobe"
    assert head_of("PAYPAL *SLACK") == ""
