"""Dates finer than a year, and ages over 89.

Scores look like dates (`3/10`, `4-/5`, `128/76`, `from 12/28 to 20/28`), so a bare day and month needs a cue word;
*may* and *march* are verbs, so without a capital they need one too. A year alone and an age up to 89 may stay.
"""

from __future__ import annotations

import re

from alliance_kit.privacy.forms import DIGIT, Form

_MONTH_CUES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?|(?-i:Ma(?:y|rch|r)|MA(?:Y|RCH|R)))\b(?:\.(?=\s?\d))?"
)
_ANY_MONTH = rf"(?:{_MONTH}|march\b|may\b)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\b"
_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])"
_UNITS = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
_TEENS = r"(?:ten|eleven|twelf|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twentie|thirtie)th"
_DAY_WORD = rf"(?:(?:(?:twenty|thirty)[ -])?{_UNITS}|{_TEENS})\b"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s(?:the\s)?)?"
_YEAR = r"(?:,?\s(?:19|20)\d\d\b)?"
_COUNTED = r"(?!\s(?:steps|times|reps|minutes|seconds|met(?:er|re)s|feet|sets)\b)"
_SINCE = r"(?:in|since|until|till|last|next|this|early|late|mid|by|during|through|before)[\s-]"

_HOLIDAY_CUES = (
    "christmas|thanksgiving|easter|halloween|new year|july|s day|r day|l day|e day|s' day|juneteenth|nuk|passover"
    "|kippur|hashanah|ramadan|diwali|kwanzaa|friday|ash wednesday|super bowl|eid"
)
_HOLIDAY = (
    r"christmas(?:\s(?:eve|day|morning))?|thanksgiving(?:\sday)?|easter(?:\ssunday|\smonday)?|halloween"
    r"|new\syear['’]?s\s(?:eve|day)|(?:the\s)?(?:4th|fourth)\sof\sjuly|labor\sday|memorial\sday|veterans['’]?\sday"
    r"|valentine['’]?s(?:\sday)?|(?:mother|father)['’]?s['’]?\sday|independence\sday|columbus\sday"
    r"|presidents['’]?\sday"
    r"|juneteenth|ha?nuk+ah|chanukah|passover|yom\skippur|rosh\shashanah|ramadan|diwali|kwanzaa|good\sfriday"
    r"|ash\swednesday|super\sbowl\ssunday|(?-i:Eid(?:\sal-\w{3,5})?)"
)

_AGE_CUES = f"{DIGIT}|ninety|hundred"
_AGE_WORD = r"ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a|one)\shundred(?:\sand\s[a-z]{3,5})?"
_YEARS = rf"(?:(?:9\d|1[01]\d)|{_AGE_WORD})\b"
_AGE = rf"(?P<it>{_YEARS})"
_NO_UNIT = (
    r"(?!\s?(?:%|°|deg|percent|lbs?\b|kg|pounds|min|sec|bpm|mmhg|cm\b|mm\b|m\b|met(?:er|re)s|feet|ft\b|reps|steps"
    r"|times|hours|days|weeks|visits|[x×]\s?\d|[/.-]\d))"
)
_PERSON = (
    r"(?:s?he|they|who|patient|pt|client|mother|father|mom|dad|grandmother|grandfather|grandma|grandpa|husband|wife)"
)


def _is_day_and_month(match: re.Match[str]) -> bool:
    """Return whether `6/14` is a date and not a score or a fraction: `by 2/3`, `from 7/10 to 4/10` are none."""
    first, second = (int(part) for part in match["it"].split("/"))
    if not (1 <= first <= 12 and 1 <= second <= 31):
        return False
    after = match.string[match.end() : match.end() + 12]
    if re.match(rf"\s?(?:(?:to|and|->|→|-)\s?\d{{1,2}}/{second}\b|strength|pain|points)", after):
        return False
    certain = match.group().lower().startswith(("on", "dob", "d.o.b"))
    return certain or (second not in {5, 10} and not first < second <= 4)


DATES: tuple[Form, ...] = (
    Form("date-holiday", _HOLIDAY_CUES, rf"\b(?:{_HOLIDAY})\b"),
    Form(
        "date-full",
        DIGIT,
        rf"(?<![\w./-])(?:19|20)\d\d(?P<sep>[-/.])(?:0?[1-9]|1[0-2])(?P=sep){_NUMBER}(?![\w/])",
    ),
    Form("date-full", DIGIT, rf"(?<![\w./-]){_NUMBER}/{_NUMBER}/(?:(?:19|20)\d\d|\d\d)(?![\w/]|\.\d)"),
    Form("date-full", DIGIT, rf"(?<![\w./-]){_NUMBER}(?P<sep>[.-]){_NUMBER}(?P=sep)(?:19|20)\d\d(?![\w/-]|\.\d)"),
    Form("date-full", DIGIT, r"(?<![\w./-])[0-3]\d\.[0-3]\d\.\d\d(?![\w/-]|\.\d)"),
    Form(
        "date-day-month",
        _MONTH_CUES,
        rf"\b{_WEEKDAY}{_MONTH}\s(?:the\s)?(?:{_DAY}|{_DAY_WORD}){_COUNTED}{_YEAR}(?![/%])",
    ),
    Form(
        "date-day-month",
        _MONTH_CUES,
        rf"(?<![\w/.-]){_WEEKDAY}(?:the\s)?(?:{_DAY}(?:(?<=[a-z])\sof\s{_ANY_MONTH}|[\s-]{_MONTH})"
        rf"|{_DAY_WORD}\sof\s{_ANY_MONTH}){_YEAR}",
    ),
    Form(
        "date-day-month",
        "/",
        r"\b(?:on|since|by|from|until|till|before|after|dob|d\.o\.b\.)\s(?:the\s)?(?P<it>\d{1,2}/\d{1,2})(?![\d/]|\.\d)",
        _is_day_and_month,
    ),
    Form(
        "date-day-month",
        "/",
        r"(?<![\w/.-])(?P<it>\d{1,2}/\d{1,2})(?=\s(?:visit|appointment|eval|surgery|session)\b)",
        _is_day_and_month,
    ),
    Form("date-month", _MONTH_CUES, rf"\b{_SINCE}(?P<it>{_MONTH})"),
    Form(
        "date-month",
        "march|may",
        r"\b(?:in|since|until|till|last|next)\s(?P<it>march|may)\b(?!\s(?:be|not|have|need)\b)",
    ),
    Form(
        "date-month",
        _MONTH_CUES,
        rf"\b(?:{_ANY_MONTH}\s(?:of\s)?(?:19|20)\d\d"
        r"|(?-i:January|February|July|August|September|October|November|December))\b",
    ),
    Form(
        "date-day",
        "on the|by the|since the|til the|till the|before the|after the",
        rf"\b(?:on|by|since|until|till|before|after)\s(?P<it>the\s(?:{_DAY}(?<=[a-z])|{_TEENS}\b))"
        r"(?=[.,;:!?)]|\s(?:and|but|or|she|he|it|i|we|they|for|so|because|when|with|of\sthe\smonth|at|nobody)\b|\s?$)",
    ),
)

AGES: tuple[Form, ...] = (
    Form(
        "age-over-89",
        _AGE_CUES,
        rf"\b{_YEARS}(?:[ -]?(?:years?|yrs?)[ -](?:old|of\sage|young)|\s?y\.?/?o\b\.?)(?:-?s\b)?",
    ),
    Form("age-over-89", _AGE_CUES, rf"\b(?:age|aged|turned|turning|turns)\s{_AGE}{_NO_UNIT}"),
    Form(
        "age-over-89",
        _AGE_CUES,
        rf"\b{_PERSON}(?:['’]s|\sis|\swas|\sare|['’]ll\sbe|\s(?:will|would)\sbe)\s(?:now\s|nearly\s|almost\s|already\s|about\s|over\s|only\s)?"
        rf"{_AGE}{_NO_UNIT}(?=[.,;:!?)]|\s(?:and|but|years|now|next|this|in|with|today)\b|\s?$)",
    ),
    Form("age-over-89", _AGE_CUES, rf"(?-i:\bAt)\s{_AGE}{_NO_UNIT}(?=,?\s(?:s?he|they|my|his|her|the|our|it)\b)"),
    Form(
        "age-over-89",
        "90s|nineties",
        r"\bin\s(?:his|her|their)\s(?P<it>(?:early\s|mid[ -]?|late\s)?(?:90s|nineties))\b",
    ),
    Form("age-over-89", "enarian", r"\b(?:cent|nonag)enarians?\b"),
)
