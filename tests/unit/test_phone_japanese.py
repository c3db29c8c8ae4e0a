"""Japanese numbers are read by a pattern of their own, which has to agree with the library's reading."""

import random

import phonenumbers
import pytest

from crm_tui.domain.phone import parse

PREFIXES = (
    *("03", "06", "011", "045", "0266", "04992", "050", "070", "080", "090", "020", "0120", "0800"),
    *("0570", "0990", "0180", "060", "+81", "+813", "81", "00777", "110"),
)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_numbers_in_japan_are_read_as_the_library_reads_them(prefix: str) -> None:
    chance = random.Random(prefix)
    for _each in range(40):
        text = prefix + "".join(chance.choices("0123456789", k=chance.randrange(5, 10)))
        found = parse(text, "JP")
        number = phonenumbers.parse(text, "JP")
        assert found is not None
        if not phonenumbers.is_valid_number(number):
            assert found.e164 == text.lstrip("+") or text.startswith("+"), text
            continue
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        assert found.e164 == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), text
        assert found.national == "".join(filter(str.isdecimal, national)), text
        assert found.reversed == phonenumbers.national_significant_number(number)[::-1], text
