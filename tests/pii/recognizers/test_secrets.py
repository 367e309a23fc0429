"""PINs, codes, passwords, security answers and keys."""

from __future__ import annotations

import pytest

CASES = [
    ("my PIN is 3941", "PIN", "3941"),
    ("pin: 39 41", "PIN", "39 41"),
    ("3941 is my pin", "PIN", "3941"),
    ("pinkode 3941", "PIN", "3941"),
    ("Meine Geheimzahl lautet 3941", "PIN", "3941"),
    ("the gate code is 4821", "PIN", "4821"),
    ("the OTP is 482913", "ONE_TIME_CODE", "482913"),
    ("one-time pin 48 29 13", "ONE_TIME_CODE", "48 29 13"),
    ("verification code: G-482913", "ONE_TIME_CODE", "G-482913"),
    ("die kode is 482913", "ONE_TIME_CODE", "482913"),
    ("Bestätigungscode 482913", "ONE_TIME_CODE", "482913"),
    ("my password is hunter2", "PASSWORD", "hunter2"),
    ("password: Tr0ub4dor&3", "PASSWORD", "Tr0ub4dor&3"),
    ("pw=letmein", "PASSWORD", "letmein"),
    ("my wagwoord is Sonskyn", "PASSWORD", "Sonskyn"),
    ("Passwort lautet geheim123", "PASSWORD", "geheim123"),
    ("login jdoe, password S3cret!x", "PASSWORD", "S3cret!x"),
    ("I changed my password to blue-horse-9.", "PASSWORD", "blue-horse-9"),
    ("wifi password letmein", "PASSWORD", "letmein"),
    ("my username is jane and password sunshine", "PASSWORD", "sunshine"),
    ("mon mot de passe est lapin", "PASSWORD", "lapin"),
    ("wachtwoord: vlinder", "PASSWORD", "vlinder"),
    ("mi contraseña es caracola", "PASSWORD", "caracola"),
    ("a minha senha é praia", "PASSWORD", "praia"),
    ("iphasiwedi yam ngu bhubesi", "PASSWORD", "bhubesi"),
    ("hunter2 is my password", "PASSWORD", "hunter2"),
    ("my pin's 4839", "PIN", "4839"),
    ("483920 is the code", "ONE_TIME_CODE", "483920"),
    ("my mother's maiden name is Prader", "SECURITY_ANSWER", "Prader"),
    ("security answer: blue whale", "SECURITY_ANSWER", "blue whale"),
    ("my ma se nooiensvan is Botha", "SECURITY_ANSWER", "Botha"),
    ("my first pet was Poppy", "SECURITY_ANSWER", "Poppy"),
    ("AKIAIOSFODNN7EXAMPLE", "API_KEY", "AKIAIOSFODNN7EXAMPLE"),
    ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "API_KEY", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
    ("key sk_live_4eC39HqLyjWDarjtT1zdp7dc", "API_KEY", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("xoxb-123456789012-abcdefghij", "API_KEY", "xoxb-123456789012-abcdefghij"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN", "API_KEY", None),
    ("api key: 9f8a7c6e5d4b3a2910ffeedd", "API_KEY", "9f8a7c6e5d4b3a2910ffeedd"),
    ("-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----", "API_KEY", None),
]
QUIET = [
    "my password is not working",
    "Ich möchte mein Passwort zurücksetzen, aber es geht nicht.",
    "Hoe kan ek my wagwoord verander?",
    "Ndingayitshintsha njani iphasiwedi yam?",
    "mein Passwort. Danke",
    "mot de passe oublié",
    "can you send my password tomorrow?",
    "I forgot my password",
    "how do I reset my PIN?",
    "the pin was blocked after 3 attempts",
    "password reset link expired",
    "is the password case-sensitive?",
    "my password is wrong and I changed it twice",
    "I never got the verification code",
    "which security question can I choose?",
    "the API key page is empty",
    "error code 404 in the token screen",
    "my wagwoord is verkeerd",
    "password storage requirements",
    "the discount code is 2025",
]


@pytest.mark.parametrize(("text", "kind", "value"), CASES)
def test_secrets_are_found(found, text, kind, value):
    assert (kind, value or text) in found(text)


@pytest.mark.parametrize("text", QUIET)
def test_talk_about_secrets_stays(found, text):
    assert found(text) == set()
