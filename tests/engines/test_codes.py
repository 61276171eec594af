"""Check digits: the published and computed examples, round trips, and refusals that name what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trihelix.engines.codes import (
    CREDIT_SYMBOLS,
    SYNTHETIC_COUNT,
    ApplicationNumber,
    application_check_symbol,
    application_number,
    check_credit_code,
    check_identity_number,
    credit_check_symbol,
    credit_code,
    discipline_code,
    organisation_check_symbol,
    synthetic_credit_code,
)
from trihelix.engines.errors import Refused

pytestmark = pytest.mark.nodb
symbols = st.text(CREDIT_SYMBOLS, min_size=1, max_size=1)


@pytest.mark.parametrize(
    "code", ["91110000600037341L", "91220101MA17ABCD2W", "122200004127550209", "93220122MA0Y1KX32K", "N2220122MF1AB2CD4Q"]
)
def test_valid_credit_codes(code):
    check = check_credit_code(code)
    assert check.valid and not check.warnings
    assert credit_code(f" {code[:9].lower()} {code[9:].lower()} ") == code


@pytest.mark.parametrize(
    ("body", "symbol"), [("60003734", "1"), ("MA17ABCD", "2"), ("41275502", "0"), ("MA0Y1KX3", "2"), ("MF1AB2CD", "4")]
)
def test_organisation_check(body, symbol):
    assert organisation_check_symbol(body) == symbol


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("91220101MA17ABCD2X", "credit_code_check", "应为 W"),
        ("91220101MA17ABCI2W", "credit_code_symbol", "I"),
        ("91220101MA17ABCD2", "credit_code_length", "17 位"),
        ("", "credit_code_length", "0 位"),
        ("9122A101MA17ABCD2W", "credit_code_division", "22A101"),
    ],
)
def test_refused_credit_codes(text, code, words):
    check = check_credit_code(text, "credit_code")
    assert not check.valid
    found = {p.code: p for p in check.problems}
    assert words in found[code].message and found[code].field == "credit_code"
    with pytest.raises(Refused):
        credit_code(text)


def test_a_wrong_organisation_check_only_warns():
    body = "91220101MA17ABCD3"
    check = check_credit_code(body + credit_check_symbol(body))
    assert check.valid and [w.code for w in check.warnings] == ["credit_code_organisation"]
    both = check_credit_code("91220101MA17ABCD3W")
    assert [p.code for p in both.problems] == ["credit_code_check"] and both.warnings


@given(st.integers(0, SYNTHETIC_COUNT - 1), st.sampled_from(["220102", "222401"]), st.sampled_from(["91", "12", "N2"]))
def test_synthetic_codes_are_valid_marked_and_distinct(number, division, authority):
    check = check_credit_code(synthetic_credit_code(number, division, authority))
    assert check.valid and not check.warnings and check.synthetic
    assert check.code != synthetic_credit_code((number + 1) % SYNTHETIC_COUNT, division, authority)
    assert not check_credit_code("91220101MA17ABCD2W").synthetic


def test_synthetic_numbers_end():
    with pytest.raises(ValueError, match="numbered"):
        synthetic_credit_code(SYNTHETIC_COUNT)


@given(st.integers(0, 10**6), st.integers(0, 16), symbols)
def test_one_changed_symbol_is_always_seen(number, place, symbol):
    code = synthetic_credit_code(number)
    if code[place] != symbol:
        assert not check_credit_code(code[:place] + symbol + code[place + 1 :]).valid


@pytest.mark.parametrize(
    ("digits", "check", "kind", "year"),
    [
        ("201710601862", "3", 1, 2017),
        ("200710308494", "X", 1, 2007),
        ("95115608", "X", 1, 1995),
        ("97101765", "4", 1, 1997),
        ("202310000001", "5", 1, 2023),
        ("202422010001", "6", 2, 2024),
        ("202430123456", "1", 3, 2024),
        ("200480002090", "2", 8, 2004),
        ("02101765", None, 1, 2002),
    ],
)
def test_application_numbers(digits, check, kind, year):
    check = check or application_check_symbol(digits)
    assert application_check_symbol(digits) == check
    for text in (f"{digits}.{check}", f"ZL{digits}{check}", f" cn {digits}.{check.lower()} ", f"ＺＬ {digits}．{check}"):
        number = application_number(text)
        assert number == ApplicationNumber(digits, check)
    assert (number.kind, number.year) == (kind, year)
    assert str(number) == f"{digits}.{check}" and number.patent_number == f"ZL{digits}.{check}"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("201710601862.4", "patent_number_check", "应为 3"),
        ("201770601862.4", "patent_number_kind", "得到 7"),
        ("95415608X", "patent_number_kind", "得到 4"),
        ("201710601862", "patent_number_form", "校验位"),
        ("CN113456789A", "patent_number_form", "12 位"),
        ("", "patent_number_form", "12 位"),
        ("二〇一七", "patent_number_form", "12 位"),
    ],
)
def test_refused_application_numbers(text, code, words):
    with pytest.raises(Refused) as caught:
        application_number(text, "ip")
    problem = caught.value.problems[0]
    assert (problem.code, problem.field) == (code, "ip") and words in problem.message


@given(st.integers(2003, 2030), st.sampled_from("12389"), st.integers(0, 9_999_999), st.integers(0, 11), st.integers(1, 9))
def test_one_changed_digit_of_an_application_number_is_seen(year, kind, serial, place, step):
    digits = f"{year}{kind}{serial:07}"
    changed = digits[:place] + str((int(digits[place]) + step) % 10) + digits[place + 1 :]
    assert application_number(digits + application_check_symbol(digits)).digits == digits
    assert application_check_symbol(changed) != application_check_symbol(digits)


def _identity(body):
    return body + "10X98765432"[sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(body)) % 11]


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        (_identity("22010219000101000"), []),
        (_identity("22010219000229000"), ["identity_birth"]),  # 1900 had no 29 February
        ("11010519491231002X", []),  # the standard's own example
        ("110105194912310021", ["identity_check"]),
        ("11010519491231002", ["identity_form"]),
    ],
)
def test_identity_numbers_are_checked_and_never_repeated(number, codes):
    problems = check_identity_number(number, "id")
    assert [p.code for p in problems] == codes
    assert all(p.value is None and number not in p.message for p in problems)


@pytest.mark.parametrize(("text", "code"), [("520.20", "52020"), ("520", "520"), ("520.2050", "5202050")])
def test_discipline_codes(text, code):
    assert discipline_code(text) == code


@pytest.mark.parametrize("text", ["52", "5202", "F02", ""])
def test_refused_discipline_codes(text):
    with pytest.raises(Refused):
        discipline_code(text)
