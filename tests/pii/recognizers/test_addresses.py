"""Street and postal addresses."""

from __future__ import annotations

import pytest

CASES = [
    ("I live at 12 Main Road", "12 Main Road"),
    ("Unit 11, 139 Umhlanga Rocks Drive, Umhlanga, 4320", "Unit 11, 139 Umhlanga Rocks Drive, Umhlanga, 4320"),
    ("45 Quail Ct # 200", "45 Quail Ct # 200"),
    ("45 quail ct # 200", "45 quail ct # 200"),
    ("221B Baker Street, London NW1 6XE", "221B Baker Street, London NW1 6XE"),
    ("1600 Pennsylvania Ave NW, Washington, DC 20500", "1600 Pennsylvania Ave NW, Washington, DC 20500"),
    ("Flat 3, 12 Oak Close", "Flat 3, 12 Oak Close"),
    ("14 Kerkstraat, Stellenbosch, 7600", "14 Kerkstraat, Stellenbosch, 7600"),
    ("Kerkstraat 14", "Kerkstraat 14"),
    ("5 Jan Smuts Laan", "5 Jan Smuts Laan"),
    ("Hauptstraße 12a, 10115 Berlin", "Hauptstraße 12a, 10115 Berlin"),
    ("hauptstr. 5", "hauptstr. 5"),
    ("19 rue La Boétie", "19 rue La Boétie"),
    ("Via Giberti 75", "Via Giberti 75"),
    ("ul. Karpacka 69", "ul. Karpacka 69"),
    ("PO Box 123, Rivonia 2128", "PO Box 123, Rivonia 2128"),
    ("Posbus 77 Stellenbosch 7599", "Posbus 77 Stellenbosch 7599"),
    ("Private Bag X12, Pretoria", "Private Bag X12, Pretoria"),
    ("Postfach 1234", "Postfach 1234"),
    ("PSC 4926, Box 7979\nAPO AA 63682", "PSC 4926, Box 7979\nAPO AA 63682"),
    ("123 5th Avenue", "123 5th Avenue"),
    ("i live at 123 main street springfield illinois", "123 main street springfield illinois"),
    ("4821 kennedy ave san mateo ny 29817", "4821 kennedy ave san mateo ny 29817"),
    ("Protea Singel 7, Kempton Park 1619", "Protea Singel 7, Kempton Park 1619"),
    ("my complex is Sunset Villas unit 14, 22 Main Rd", "unit 14, 22 Main Rd"),
    ("Stand 1234, Tembisa", "Stand 1234, Tembisa"),
    ("my zip code is 29687", "29687"),
    ("poskode 7600", "7600"),
    ("SW1A 1AA", "SW1A 1AA"),
    ("we are in Sandton 2196", "Sandton 2196"),
    ("deliver to 14 Vilakazi, Orlando West", "14 Vilakazi, Orlando West"),
    ("ek bly by 14 kerk straat, paarl, 7646", "14 kerk straat, paarl, 7646"),
]
QUIET = [
    "it took 2 days to close",
    "I called 5 times on the way",
    "3 of the 4 users drive here",
    "in 2 weeks we close",
    "100 people in the street",
    "we sell 20 items a place",
    "I live in 2 places",
    "deliver to 3 people",
    "the address field is empty",
    "a 24 hour place",
    "10 percent off the road map",
    "send it to 2 email addresses",
]


@pytest.mark.parametrize(("text", "value"), CASES)
def test_an_address_is_found_whole(found, text, value):
    assert ("STREET_ADDRESS", value) in found(text)


@pytest.mark.parametrize("text", QUIET)
def test_numbers_beside_street_words_stay(found, text):
    assert found(text) == set()
