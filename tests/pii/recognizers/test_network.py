"""Machines, links, wallets, devices, places by coordinates."""

from __future__ import annotations

import pytest

CASES = [
    ("blocked at 10.218.6.131", "IP_ADDRESS", "10.218.6.131"),
    ("4f8a:c99e:dc86:faf9:5988:5f63:375e:8a2a", "IP_ADDRESS", "4f8a:c99e:dc86:faf9:5988:5f63:375e:8a2a"),
    ("host 2001:db8::1 is down", "IP_ADDRESS", "2001:db8::1"),
    ("mac 00:1A:2B:3C:4D:5E", "MAC_ADDRESS", "00:1A:2B:3C:4D:5E"),
    ("00-1a-2b-3c-4d-5e", "MAC_ADDRESS", "00-1a-2b-3c-4d-5e"),
    ("001a.2b3c.4d5e", "MAC_ADDRESS", "001a.2b3c.4d5e"),
    ("see https://thandi-nkosi.co.za/cv.pdf.", "URL", "https://thandi-nkosi.co.za/cv.pdf"),
    ("https://rousora.com/reset?token=abc123", "URL", "https://rousora.com/reset?token=abc123"),
    ("linkedin.com/in/thandi-nkosi", "URL", "linkedin.com/in/thandi-nkosi"),
    ("http://www.monthlytracker.ca/", "URL", "http://www.monthlytracker.ca/"),
    ("www.hans-meier.de", "URL", "www.hans-meier.de"),
    ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "CRYPTO", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "CRYPTO", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
    ("0x742d35Cc6634C0532925a3b844Bc454e4438f44e", "CRYPTO", "0x742d35Cc6634C0532925a3b844Bc454e4438f44e"),
    ("IMEI 490154203237518", "IMEI", "490154203237518"),
    ("-26.107567, 28.056702", "LOCATION", "-26.107567, 28.056702"),
    ("lat -26.1075", "LOCATION", "-26.1075"),
]
OTHERS = [
    ("999.1.2.3", "IP_ADDRESS"),
    ("12:34", "IP_ADDRESS"),
    ("00:1A:2B:3C:4D", "MAC_ADDRESS"),
    ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "CRYPTO"),
    ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdz", "CRYPTO"),
    ("490154203237518", "IMEI"),
    ("-26.1, 28.0", "LOCATION"),
    ("odoo.com/documentation", "URL"),
]
QUIET = [
    "version 1.2.3.4",
    "our site is https://www.rousora.com/contact",
    "visit zoho.com for that",
    "at 10:30:45 we stopped",
    "e.g. this and i.e. that",
    "it rose by 12.5 percent",
    "use Node.js or ASP.NET",
    "ratio 3:2:1",
]


@pytest.mark.parametrize(("text", "kind", "value"), CASES)
def test_network_values_are_found(found, text, kind, value):
    assert (kind, value) in found(text)


@pytest.mark.parametrize(("text", "kind"), OTHERS)
def test_a_near_shape_is_something_else(found, text, kind):
    assert kind not in {each for each, _ in found(text)}


@pytest.mark.parametrize("text", QUIET)
def test_versions_times_and_public_pages_stay(found, text):
    assert found(text) == set()
