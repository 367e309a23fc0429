/** What a visitor is about to share, noticed in the page itself: a gentle word before sending. Nothing is sent. */

const DIGITS = /(?:\d[ -]?){12,18}\d/g;
const SECRET =
  /\b(?:password|passcode|pass ?phrase|wagwoord|passwort|kennwort|pin)\b\s*(?:is|was|ist|lautet|[:=])\s*\S{3,}/i;

/**
 * @param {string} text
 * @returns {"card" | "id" | "secret" | ""} the first kind that it looks like
 */
export function sensitiveKind(text) {
  const numbers = [...text.matchAll(DIGITS)].map(([match]) => match.replace(/\D/g, ""));
  if (numbers.some(isIdNumber)) return "id";
  if (numbers.some(isCard)) return "card";
  return SECRET.test(text) ? "secret" : "";
}

/** The check digit of cards and of South African ID numbers. @param {string} digits */
export function luhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Major card schemes begin with 2 to 6. @param {string} digits */
const isCard = (digits) => /^[2-6]/.test(digits) && luhn(digits);

/** South African ID: YYMMDD SSSS C A Z. @param {string} digits */
const isIdNumber = (digits) => /^\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{4}[012]\d{2}$/.test(digits) && luhn(digits);
