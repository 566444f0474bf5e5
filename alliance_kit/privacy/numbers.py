"""Addresses and numbers: links, telephones, records, plates, streets.

A number counts after a word that says what it is (*MRN*, *serial*, *claim*) or in a shape nothing clinical has; one
written in groups (`12 3456 7890`) is taken whole, and a number after its word goes before one by its shape. Billing
codes (97110), diagnoses (M54.50), levels (L4-L5), sets (3x10) and blood pressures have neither.
"""

from __future__ import annotations

import re

from alliance_kit.privacy.forms import DIGIT, Form, before

# The abbreviations of the states, for towns and ZIP codes; case-sensitive where it is used.
STATE = (
    "(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]"
    "|W[AIVY])"
)
_SPLIT = r"[ \u00a0-]"
_GROUP = r"(?-i:[A-Z]{0,3}\d[A-Z\d]{0,5})(?!\w)"
_COUNT = r"(?!\d{1,3}\s?(?:reps?|times|sets|x|min|minutes|hours|days|weeks|visits|steps|feet|ft|met(?:er|re)s)\b)"
# Seven characters at least: what is counted or measured right after such a word is shorter.
_GROUPED = (
    rf"(?=(?:(?-i:[A-Z0-9]){_SPLIT}?){{7}})(?:(?-i:[A-Z]{{1,4}}){_SPLIT})?"
    rf"(?=\w\w){_GROUP}(?:{_SPLIT}{_COUNT}{_GROUP}){{1,5}}"
)
_WHOLE = rf"(?P<it>{_GROUPED})"
_CODE = rf"(?P<it>{_GROUPED}|(?=[a-z-]{{0,8}}\d)[a-z0-9]+(?:[.-][a-z0-9]+)*)\b"
_IS = r"[\s:#,]{0,3}(?:(?:number|no\b\.?|num\b|id\b)[\s:#]{0,3}){0,2}(?:(?:is|was|of|end(?:s|ing)\s(?:in|with))\s)?"
_IF_NUMBER = r"(?=\s?(?:number|no\b|num\b|id\b|#))"
_LINK_END = r"(?=[.,;:!?)\]\"'”’`]{0,3}(?:\s|$))"
_PHONE = (
    r"(?<![\w-])(?:\+?1[ .-]?)?\(?\d{3}\)?[ ./-]{0,2}\d{3}[ ./-]?\d{4}(?:,?\s{0,2}(?:x|ext\.?)\s{0,2}\d{1,6})?(?![\w-])"
)
_STREET = (
    r"street|st\b\.?|avenue|ave\b\.?|lane|ln\b\.?|road|rd\b\.?|drive|dr\b\.?|court|ct\b\.?|boulevard|blvd\b\.?|way|place|"
    r"terrace|circle|trail|turnpike|pike|highway|hwy\b\.?|parkway|pkwy\b\.?|square|loop|alley|crescent"
)
_UNCOUNTED = (
    r"(?!(?:of|to|the|in|down|up|on|a|per|or|and|steps?|miles?|blocks?|min\w*|hours?|feet|times?|more|other|long|days?"
    r"|weeks?)\s)"
)
_PLATE = r"(?P<it>(?-i:[A-Z]{2,3}[ -]?\d{3,4}|\d[A-Z]{3}[ -]?\d{3}|\d{1,3}[ -]?[A-Z]{2,3}(?:[ -]?\d{1,4})?))\b"


def _it(match: re.Match[str]) -> str:
    return match["it"] if "it" in match.re.groupindex else match.group()


def _has_letters_and_digits(match: re.Match[str]) -> bool:
    return any(char.isdigit() for char in _it(match)) and any(char.isalpha() for char in _it(match))


def _is_number(match: re.Match[str]) -> bool:
    """Return whether a code after its word has digits enough and is not just a year."""
    code = _it(match)
    return sum(char.isdigit() for char in code) >= 3 and not re.fullmatch(r"(?:19|20)\d\d", code)


def _is_policy(match: re.Match[str]) -> bool:
    """Return whether digits in groups are a number though no *number* is said: one group is longer than a count."""
    return re.search(r"\d{4}", match["it"]) is not None


def _is_card(match: re.Match[str]) -> bool:
    """Return whether digits in groups are as many as on a card, and not just years in a row."""
    groups = re.findall(r"\d+", _it(match))
    return sum(map(len, groups)) >= 12 and not all(re.fullmatch(r"(?:19|20)\d\d", group) for group in groups)


def _is_serial(match: re.Match[str]) -> bool:
    return _is_number(match) and len(_it(match)) >= 5


def _is_network_address(match: re.Match[str]) -> bool:
    """Return whether four numbers can be a network address; a version number says so before it."""
    if re.search(r"\b(?:build|version|ver\.?|v)\s?$", before(match, 12)):
        return False
    return max(int(number) for number in match.group().split(".")) <= 255


def _is_fax(match: re.Match[str]) -> bool:
    return "fax" in re.split(r"[.!?]\s", before(match, 40))[-1]


def _is_dialled(match: re.Match[str]) -> bool:
    """Return whether seven digits are a telephone number: a word such as *call* or *cell* stands before them."""
    return bool(re.search(r"\b(?:call|phone|cell|text|mobile|tel|telephone|number|dial|reach)", before(match, 30)))


def _is_zip(match: re.Match[str]) -> bool:
    """Return whether five digits after two capitals are a ZIP code; `TX 97110` is a treatment's billing code."""
    return not match["it"].startswith("97") or match.group()[:2] == "OR"


ONLINE: tuple[Form, ...] = (
    Form("email-address", "@", r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+"),
    Form("url-link", "://|www.", rf"\b(?:https?://|www\.)(?=\w)\S+?{_LINK_END}"),
    Form("url-link", "/", rf"(?<![\w.@-])(?:[\w-]++\.)+[a-z]{{2,12}}/\S+?{_LINK_END}"),
    Form(
        "url-link",
        ".com|.org|.net|.edu|.gov|.blog|.info|.me",
        r"(?<![\w.@-])(?:[\w-]++\.)+(?:com|org|net|edu|gov|blog|info|me)\b(?![\w-])",
    ),
    Form("ip-number", DIGIT, r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)", _is_network_address),
    Form("ip-number", "::", r"(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])"),
    Form("ip-number", ":", r"(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])"),
)

NUMBERS: tuple[Form, ...] = (
    Form(
        "ssn-number",
        "ssn|social",
        r"\b(?:ssn|social\ssecurity|(?:his|her|their|my|of|the)\ssocial)\b[^.\n\d]{0,25}(?P<it>\d{9}|\d{4})\b",
    ),
    Form("vehicle-number", DIGIT, r"(?<![\w/.-])[A-HJ-NPR-Z0-9]{17}(?![\w-])", _has_letters_and_digits),
    Form(
        "vehicle-number",
        "plate",
        r"(?<!growth )(?<!volar )(?<!bone )\bplates?(?:\s(?:on|of|for)(?:\s\w{1,12}){1,3})?"
        rf"(?:\s(?:is|was|reads?|says|number|no\.?))?[\s:#]{{1,3}}{_PLATE}",
    ),
    Form(
        "mrn-number",
        "mrn|record|chart|patient id",
        rf"\b(?:mrn|medical\srecord|patient\sid|(?:chart|record){_IF_NUMBER}){_IS}{_CODE}",
        _is_number,
    ),
    Form(
        "plan-number",
        DIGIT,
        r"(?<![\w-])[0-9a-z]{4}-[0-9a-z]{3}-[0-9a-z]{4}(?![\w-])",
        lambda match: _has_letters_and_digits(match) and _is_number(match),
    ),
    Form(
        "plan-number",
        "member|medic|insur|policy|group|subscriber|benefic|plan",
        r"\b(?:member(?:ship)?|medicare|medicaid|insurance|policy|group|subscriber|beneficiary|plan)"
        rf"{_IF_NUMBER}{_IS}{_CODE}",
        _is_number,
    ),
    Form("plan-number", "policy|member", rf"\b(?:policy|member){_IS}{_WHOLE}", _is_policy),
    Form(
        "account-number", DIGIT, r"(?<![\w-])\d{4}(?:([ -])\d{4}\1\d{4}\1\d{4}|([ -])\d{6}\2\d{5})(?![\w-])", _is_card
    ),
    Form("account-number", "card", rf"\bcard{_IS}{_WHOLE}", _is_card),
    Form(
        "account-number",
        "account|acct|claim|card|invoice|bill|case",
        rf"\b(?:account|acct|claim|invoice|(?:bill|case){_IF_NUMBER}|card(?=\s(?:number|end(?:s|ing)\s(?:in|with))\b))\b\.?{_IS}{_CODE}",
        _is_number,
    ),
    Form(
        "license-number",
        "licen|certific|npi|dea|dl",
        rf"\b(?:licen[sc]e|certificate|certification|npi|dea|dl{_IF_NUMBER})\b{_IS}{_CODE}",
        _is_number,
    ),
    Form("ssn-number", DIGIT, r"(?<![\w-])\d{3}[ -]\d{2}[ -]\d{4}(?![\w-])"),
    Form(
        "device-number",
        "serial|s/n|device|lot",
        r"\b(?:serial|s/n|device\s(?:id|number|no)|lot\s(?:number|no|#))\b[^.;\n\d]{0,45}?(?:\.\s)?"
        rf"(?<![\w-])(?P<it>{_GROUPED}|(?=[a-z-]{{0,8}}\d)[a-z0-9]+(?:-[a-z0-9]+)*)(?![\w-])",
        _is_serial,
    ),
    Form("fax-number", DIGIT, _PHONE, _is_fax),
    Form("phone-number", DIGIT, _PHONE),
    Form("phone-number", "+", r"(?<![\w+-])\+\d{1,3}[ -]?(?:\d[ -]?){6,12}\d(?![\w-])"),
    Form("phone-number", DIGIT, r"(?<![\w.-])\d{3}[ .-]\d{4}(?![\w-])", _is_dialled),
    Form("address-box", "box", r"\bp\.?\s?o\.?\sbox\s#?\d{1,6}\b"),
    Form(
        "address-street",
        DIGIT,
        r"(?<![\w./-])\d{1,5}[a-z]?\s(?:[NSEW]\.?\s|(?:north|south|east|west)\s)?"
        rf"(?-i:(?:[A-ZÀ-Þ][\w'’.-]{{1,20}}|\d{{1,3}}(?:st|nd|rd|th))\s){{1,3}}(?:{_STREET})(?!\w)"
        r"(?:,?\s(?:apt|apartment|unit|suite|#)\.?\s?#?\d{0,4}[a-z]?\b)?",
    ),
    Form(
        "address-street",
        "street|ave|lane|blvd|boulevard",
        rf"(?<![\w./-])\d{{1,5}}\s{_UNCOUNTED}[a-z]{{3,20}}\s(?:street|avenue|lane|boulevard|blvd|ave)\b",
    ),
    Form(
        "address-unit",
        "apt|apartment|suite",
        r"\b(?:apt|apartment|suite)\b\.?\s?#?(?:\d{1,5}[a-z]?|(?-i:[A-Z])\d{0,3})\b",
    ),
    Form("address-unit", "room|rm", r"\b(?:room|rm\.?)\s#?\d{3,4}[a-z]?\b(?!\s(?:times|steps|feet|met))"),
    Form(
        "zip-code",
        DIGIT,
        rf"\b(?:(?-i:{STATE})|zip(?:\s?code)?(?:\sis|\swas)?:?)\s(?P<it>\d{{5}}(?:-\d{{4}})?)\b",
        _is_zip,
    ),
)
