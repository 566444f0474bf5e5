"""What marks one person without a name: prints, pictures, account names, being the only one."""

from __future__ import annotations

import re

from alliance_kit.privacy.forms import Form, before

_PRINTED = r"(?:finger|thumb|palm|hand|voice|face|facial|retinal?|iris)"
_NOT_A_FACE = (
    r"(?!\s(?:[a-z]{2,9}\s)?(?:knee|hip|shoulder|foot|feet|ankle|hand|wrist|arm|leg|back|spine|scar|wound|stump|x-?ray|gait"
    r"|garden|house|dog|cat|stairs)\b)"
)
_HERE = (
    r"(?:county|town|city|state|village|valley|island|area|hospital|school|district|department|church|neighbou?rhood"
    r"|parish|region|league|country|reservation|campus)"
)


def _is_account_name(match: re.Match[str]) -> bool:
    """Return whether `@word` is an account name; `@rest` and `@home` are shorthand in notes."""
    cue = re.search(
        r"\b(?:handle|instagram|tiktok|twitter|snapchat|account|follow|tagged|posts?|page|dm)", before(match, 40)
    )
    return bool(cue or re.search(r"[\d_]", match.group()))


def _is_about_a_person(match: re.Match[str]) -> bool:
    return not re.search(r"\b(?:time|thing|way|day|visit|place|reason)s?\b", match.group().lower())


MARKS: tuple[Form, ...] = (
    Form(
        "biometric-print",
        "print|scan|template|recognition| id",
        rf"\b{_PRINTED}(?:[ -]?prints?|\s(?:id|scans?|template|recognition))\b"
        r"(?:,?\s(?:scan|template|no\.?|number)){0,2}(?:[\s:#]{1,2}[a-z]{0,4}-?\d{3,10}\b)?",
    ),
    Form(
        "photo-face",
        "photo|pic|video|snapshot|clip|footage",
        r"\b(?:(?:a|the|his|her|their|my|this|that|another)\s)?(?:photos?|photographs?|pics?|videos?|snapshots?|clips?"
        r"|footage)\s(?:of|with|showing)\s"
        r"(?:(?:her|his|their|the\spatient['’]s|my\spatient['’]s)\s(?:\w{1,12}\s)?(?:face|smile|eyes)"
        rf"|(?:him|them|her|the\spatient|my\spatient)\b{_NOT_A_FACE}(?:\s\w{{3,12}}ing\b)?)",
    ),
    Form(
        "photo-face",
        "selfie|headshot|mugshot",
        r"\b(?:(?:a|the|his|her|our|my)\s)?(?:selfies?|headshots?|mugshots?)(?:\s(?:of|with)\s\w{2,12})?\b",
    ),
    Form(
        "photo-face",
        "face|picture|photo",
        r"\b(?:picture|image|photo|video)s?\s(?:of|with|showing)\s(?:\w{1,12}\s){1,2}face\b"
        r"|\b(?:a\s(?:group\s)?)?(?:picture|photo)s?\s(?:of|with)\s(?:him|them)\b"
        r"|\b(?:a\s(?:group\s)?)?(?:picture|photo)s?\swith\s(?:her|the\spatient|my\spatient)\b",
    ),
    Form("other-handle", "@", r"(?<![\w@.])@[a-z_][\w.]{2,30}\b", _is_account_name),
    Form(
        "other-handle",
        "user|screen name|gamertag|handle",
        r"\b(?:user\s?name|screen\sname|gamertag|handle)(?:\s(?:is|was))?[\s:]{1,2}(?P<it>(?=[a-z_.]{0,20}[\d_])[\w.]{3,30})\b",
    ),
    Form(
        "other-only",
        "the only|the first",
        r"\bthe\s(?:only\s|first\s(?=(?:woman|man|person|girl|boy|student|player|patient)\s))"
        rf"(?:[\w'’-]{{1,20}}\s){{1,4}}(?:(?:in|on|at)\s(?:(?:the|our|this|her|his|my|their)\s)?|(?:this|our)\s)(?:whole\s|entire\s)?{_HERE}\b",
        _is_about_a_person,
    ),
    Form(
        "other-office",
        "the|our|record",
        r"\b(?:the|our|a\sformer|the\sformer)\s(?:mayor|governor|senator|sheriff|fire\schief|police\schief|bishop)\b"
        r"|\b(?:state|national|world|county|league)\srecord\b",
    ),
)
