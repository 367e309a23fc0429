"""German and other European numbers, and those of the United Kingdom, the United States and India."""

from __future__ import annotations

import pytest

CASES = [
    ("Mein Personalausweis: L01X00T471", "DE_ID_CARD", "L01X00T471"),
    ("Ausweisnummer T220001293", "DE_ID_CARD", "T220001293"),
    ("Reisepass C01X00T478", "DE_PASSPORT", "C01X00T478"),
    ("Steuer-ID 86 095 742 719", "DE_TAX_ID", "86 095 742 719"),
    ("86095742719", "DE_TAX_ID", "86095742719"),
    ("Steuernummer 93/815/08152", "DE_TAX_NUMBER", "93/815/08152"),
    ("USt-IdNr. DE136695976", "DE_VAT_ID", "DE136695976"),
    ("Rentenversicherungsnummer 15 070649 C 103", "DE_SOCIAL_SECURITY", "15 070649 C 103"),
    ("Krankenversicherung A123456780", "DE_HEALTH_INSURANCE", "A123456780"),
    ("Führerschein B072RRE2I55", "DE_FUEHRERSCHEIN", "B072RRE2I55"),
    ("HRB 12345", "DE_HANDELSREGISTER", "HRB 12345"),
    ("Amtsgericht München, HRB 123456", "DE_HANDELSREGISTER", "Amtsgericht München, HRB 123456"),
    ("meine Steueridentifikationsnummer ist 86095742719", "DE_TAX_ID", "86095742719"),
    ("St.-Nr. beim Finanzamt: 181/815/08155", "DE_TAX_NUMBER", "181/815/08155"),
    ("KVNR A123456780", "DE_HEALTH_INSURANCE", "A123456780"),
    ("SVNR 15070649C103", "DE_SOCIAL_SECURITY", "15070649C103"),
    ("hra 4711 b", "DE_HANDELSREGISTER", "hra 4711 b"),
    ("MwSt DE 136 695 976", "DE_VAT_ID", "DE 136 695 976"),
    ("12345678Z", "ES_NIF", "12345678Z"),
    ("mi NIE es X1234567L", "ES_NIE", "X1234567L"),
    ("2 55 08 14 168 025 38", "FR_NIR", "2 55 08 14 168 025 38"),
    ("RSSMRA85T10A562S", "IT_FISCAL_CODE", "RSSMRA85T10A562S"),
    ("BSN 111222333", "NL_BSN", "111222333"),
    ("PESEL 44051401359", "PL_PESEL", "44051401359"),
    ("85.07.30-033.28", "BE_NATIONAL_NUMBER", "85.07.30-033.28"),
    ("NIF 123456789", "PT_NIF", "123456789"),
    ("811228-9874", "SE_PERSONNUMMER", "811228-9874"),
    ("131052-308T", "FI_PERSONAL_IDENTITY_CODE", "131052-308T"),
    ("AB 12 34 56 C", "UK_NINO", "AB 12 34 56 C"),
    ("my NHS number is 943 476 5919", "UK_NHS", "943 476 5919"),
    ("123-45-6789", "US_SSN", "123-45-6789"),
    ("my social security number is 123456789", "US_SSN", "123456789"),
    ("driver's license number is A125325867", "ZA_DRIVER_LICENSE|US_DRIVER_LICENSE", "A125325867"),
    ("Aadhaar 2345 6789 0124", "IN_AADHAAR", "2345 6789 0124"),
    ("PAN ABCPE1234F", "IN_PAN", "ABCPE1234F"),
    ("VAT number ATU12345678", "EU_VAT_NUMBER", "ATU12345678"),
    ("TVA FR 40 303 265 045", "EU_VAT_NUMBER", "FR 40 303 265 045"),
    ("btw-nummer NL 8100.94.125 B01".replace("8100.94.125 B01", "810094125B01"), "EU_VAT_NUMBER", "NL 810094125B01"),
]
# The form is right, the checksum or the rule is not, and no cue stands beside it.
OTHERS = [
    ("12345678A", "ES_NIF"),
    ("X1234567A", "ES_NIE"),
    ("2 55 08 14 168 025 39", "FR_NIR"),
    ("RSSMRA85T10A562T", "IT_FISCAL_CODE"),
    ("44051401358", "PL_PESEL"),
    ("85.07.30-033.29", "BE_NATIONAL_NUMBER"),
    ("811228-9875", "SE_PERSONNUMMER"),
    ("131052-308U", "FI_PERSONAL_IDENTITY_CODE"),
    ("86095742710", "DE_TAX_ID"),
    ("11111111111", "DE_TAX_ID"),
    ("15 070649 C 104", "DE_SOCIAL_SECURITY"),
    ("A123456781", "DE_HEALTH_INSURANCE"),
    ("L01X00T472", "DE_ID_CARD"),
    ("DE136695977", "DE_VAT_ID"),
    ("BG 12 34 56 C", "UK_NINO"),
    ("943 476 5918", "UK_NHS"),
    ("000-45-6789", "US_SSN"),
    ("900-45-6789", "US_SSN"),
    ("2345 6789 0125", "IN_AADHAAR"),
    ("ABCXE1234F", "IN_PAN"),
    ("NL123456789B01", "EU_VAT_NUMBER"),
    ("111222334", "NL_BSN"),
    ("123456780", "PT_NIF"),
]
QUIET = [
    "Die Steuer beträgt 19 %",
    "Wir sind 12 Personen in 3 Teams",
    "PLZ fehlt im Formular",
    "chapter AB 12 of the report",
    "the house has 123 45 cm shelves",
    "in 3-5 days, or 10-12-15 items",
]


@pytest.mark.parametrize(("text", "kind", "value"), CASES)
def test_national_numbers_are_found(found, text, kind, value):
    assert {(each, value) for each in kind.split("|")} & found(text)


@pytest.mark.parametrize(("text", "kind"), OTHERS)
def test_a_wrong_checksum_is_not_that_number(found, text, kind):
    assert kind not in {each for each, _ in found(text)}


@pytest.mark.parametrize("text", QUIET)
def test_ordinary_numbers_stay(found, text):
    assert found(text) == set()
