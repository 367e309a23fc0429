"""E-mail addresses and telephone numbers."""

from __future__ import annotations

import pytest

EMAIL, PHONE = "EMAIL_ADDRESS", "PHONE_NUMBER"

EMAILS = [
    ("write to thandi@gmail.com please", "thandi@gmail.com"),
    ("THANDI.NKOSI+crm@Example.CO.ZA", "THANDI.NKOSI+crm@Example.CO.ZA"),
    ("it's o'brien@firma.de.", "o'brien@firma.de"),
    ("thandi at gmail dot com", "thandi at gmail dot com"),
    ("thandi dot nkosi at mweb dot co dot za", "thandi dot nkosi at mweb dot co dot za"),
    ("thandi [at] gmail [dot] com", "thandi [at] gmail [dot] com"),
    ("thandi(at)gmail(dot)com", "thandi(at)gmail(dot)com"),
    ("reach thandi @ gmail . com", "thandi @ gmail . com"),
    ("i am thandi.nkosi@gmail", "thandi.nkosi@gmail"),
    ("thandi at gmail.com", "thandi at gmail.com"),
    ("thandi.n gmail com", "thandi.n gmail com"),
    ("<jan_vdm99@firma-berlin.de>", "jan_vdm99@firma-berlin.de"),
    ("thandi [at] firma.de", "thandi [at] firma.de"),
    ("my email is thandi.gmail.com", "thandi.gmail.com"),
    ("thandi underscore n at outlook dot com", "thandi underscore n at outlook dot com"),
    ("hans punkt meier at web punkt de", "hans punkt meier at web punkt de"),
]
NO_EMAILS = [
    "meet me @ 10",
    "look at the dot on the map",
    "we are at rousora.com now",
    "follow @rousora",
    "open www.live.com and mail.yahoo.com",
    "what is the price (at most) for gmail users",
    "3 licences @ R200 each",
    "we changed our username to @Independent. Thanks!",
]
PHONES = [
    ("call 082 555 1234", "082 555 1234"),
    ("0825551234", "0825551234"),
    ("+27 82 555 1234", "+27 82 555 1234"),
    ("+27(0)82-555-1234", "+27(0)82-555-1234"),
    ("27 82 5551234", "27 82 5551234"),
    ("27825551234", "27825551234"),
    ("082-555-1234", "082-555-1234"),
    ("082.555.1234", "082.555.1234"),
    ("082 5551234", "082 5551234"),
    ("011 555 1234", "011 555 1234"),
    ("(011) 555-1234", "(011) 555-1234"),
    ("0800 123 456", "0800 123 456"),
    ("086 123 4567", "086 123 4567"),
    ("0027 82 555 1234", "0027 82 555 1234"),
    ("+1 (212) 555-0123", "+1 (212) 555-0123"),
    ("212-555-0123 x45", "212-555-0123 x45"),
    ("(505)498-8487x6837", "(505)498-8487x6837"),
    ("+44 20 7946 0958", "+44 20 7946 0958"),
    ("07700 900123", "07700 900123"),
    ("030 12345678", "030 12345678"),
    ("+49 (0)30 123456", "+49 (0)30 123456"),
    ("0171/1234567", "0171/1234567"),
    ("O82 555 1234", "O82 555 1234"),
    ("(+27) 82 555 1234", "(+27) 82 555 1234"),
    ("01 23 45 67 89", "01 23 45 67 89"),
    ("call me on 555 1234", "555 1234"),
    ("my selnommer is 5551234", "5551234"),
    ("inombolo yami ithi 0731234567", "0731234567"),
    ("082\n555\n1234", "082\n555\n1234"),
    ("How can we reach you? You can call 75 196 772", "75 196 772"),
    ("Meine Handynummer: 0151 23456789", "0151 23456789"),
]
NO_PHONES = [
    "I paid R1 200 000 last year",
    "on 12/12/2020 at 10:30",
    "24/7 support for 100-200 people",
    "version 10.4.2 of 2024-01-15",
    "call me at 10 30",
    "between 2019 and 2024 we had 1200 orders",
    "flight BA 6234 to London",
]


@pytest.mark.parametrize(("text", "value"), EMAILS)
def test_an_email_is_found_however_it_is_written(found, text, value):
    assert (EMAIL, value) in found(text)


@pytest.mark.parametrize("text", NO_EMAILS)
def test_what_only_resembles_an_email_stays(found, text):
    assert EMAIL not in {kind for kind, _ in found(text)}


@pytest.mark.parametrize(("text", "value"), PHONES)
def test_a_phone_number_is_found_in_every_usual_spelling(found, text, value):
    assert (PHONE, value) in found(text)


@pytest.mark.parametrize("text", NO_PHONES)
def test_amounts_dates_and_counts_are_no_phone_numbers(found, text):
    assert found(text) == set()
