"""In South Africa a company is a subject too: what names it is hidden, and the notice says so."""

import pytest


@pytest.mark.commitment("D1")
async def test_a_south_african_company_is_hidden_and_the_notice_says_that_it_is_protected(visitor, services):
    await visitor.begin({"store": True}, country="ZA")
    answer = await visitor.say("Our registration is 2015/123456/07 and our VAT number is 4123456786. Do you do CRM?")
    shown = answer.of("redaction")[0]["text"]
    assert "<ZA_COMPANY_REGISTRATION_1>" in shown
    assert "4123456786" not in shown
    for language, word in {"en": "companies", "af": "maatskappye", "de": "Unternehmen"}.items():
        assert word in services.notices.best(language).words.activities["service"].text
