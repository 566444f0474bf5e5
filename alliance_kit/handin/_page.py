"""The hand-in as the instructor will see it: plain sections for a screen, or one HTML file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from alliance_kit.handin._offers import CONFIDENCE, CONTACT, ENDINGS, day_of
from alliance_kit.handin._understood import Understood, Written, understand
from alliance_kit.journal import Answer, Run, Turn
from alliance_kit.model import (
    AnyExercise,
    DrillSet,
    Example,
    Feedback,
    Finding,
    Level,
    Reflection,
    RolePlay,
    Scale,
    Scenario,
)
from alliance_kit.plain import Json
from alliance_kit.roleplay import as_shown, fields_of
from alliance_kit.skills import microskills

if TYPE_CHECKING:
    from alliance_kit.handin._hand_in import Content, HandIn

LEVELS: Mapping[Level, str] = {
    "met": "Seen",
    "partly": "Partly seen",
    "not_seen": "Not seen yet",
    "unsure": "Not sure",
    "clear": "Clear",
    "possible": "Possible",
}
_NOTHING = {"who": "note", "label": "", "text": "Nothing was written here."}


def page_of(contents: Iterable[Content], rows: Iterable[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """Return the page as plain JSON.

    Parameters
    ----------
    contents : what was ticked
    rows : the hand-in's lines as plain JSON

    Returns
    -------
    list of sections ``{"title", "detail", "parts"}``; a part is ``{"title", "lines"}``; a line is
    ``{"who", "label", "text"}`` with `who` one of patient, learner, finding, prompt, note, confidence

    Raises
    ------
    ExerciseFileError: a row cannot be understood.
    """
    understood = understand(rows)
    return [
        {"title": content.title, "detail": content.detail, "parts": _parts(understood, content)} for content in contents
    ]


def _parts(understood: Understood, content: Content) -> list[dict[str, Json]]:
    name, _, exercise_id = content.id.partition("/")
    if name == CONFIDENCE:
        return [{"title": "", "lines": [_line("note", "", "Shown beside each answer that was asked for it.")]}]
    if name == CONTACT:
        return [{"title": "", "lines": [_line("note", "", "The learner asks you to get in touch.")]}]
    if name in ("talks", "unfinished"):
        runs = [understood.runs[run_id] for run_id in content.runs if run_id in understood.runs]
        return [_talk(understood, run) for run in runs]
    if name == "written":
        return [_written(entry) for entry in understood.written if entry.exercise == exercise_id]
    answers = [answer for answer in understood.answers if answer.response.exercise == exercise_id]
    return [_answer(understood.exercises.get(answer.response.digest), answer) for answer in answers]


def _line(who: str, label: str, text: str) -> dict[str, Json]:
    return {"who": who, "label": label, "text": text}


def _confidence(value: float | None) -> list[dict[str, Json]]:
    return (
        []
        if value is None
        else [_line("confidence", "How sure, before the feedback", f"{round(100 * min(max(value, 0), 1))} %")]
    )


def _findings(findings: Iterable[Finding]) -> list[dict[str, Json]]:
    return [
        _line("finding", _level(finding), "\n".join(filter(None, (finding.why, finding.try_instead))))
        for finding in findings
    ]


def _level(finding: Finding) -> str:
    """Return how surely something was seen, with its name where it was read in typed words."""
    level = LEVELS[finding.level]
    known = next((skill for skill in microskills() if skill.id == finding.criterion), None)
    return f"{level}: {known.name}" if known and finding.rule.startswith("talk/") else level


# --- talks ------------------------------------------------------------------------------------------------------


def _speaker(turn: Turn) -> str:
    return "Learner, in own words" if turn.typed else "Learner did" if turn.act else "Learner"


def _talk(understood: Understood, run: Run) -> dict[str, Json]:
    exercise, turns = understood.exercises.get(run.digest), understood.turns(run)
    patient = exercise.patient.called if isinstance(exercise, Scenario) else "Patient"
    ended = turns[-1].ended if turns else None
    lines: list[dict[str, Json]] = []
    for turn in turns:
        lines.append(_line("patient", patient, turn.line))
        lines.append(_line("learner", _speaker(turn), turn.said))
        lines += _confidence(turn.confidence) + _findings(turn.findings)
    if turns:
        lines.append(_line("patient", patient, turns[-1].answer_line))
    close = f"ended {ENDINGS[ended]}" if ended else "without an end"
    return {"title": f"Talk {run.attempt}, {day_of(run.at)}, {close}", "lines": lines or [_NOTHING]}


# --- answers ----------------------------------------------------------------------------------------------------


def _written(entry: Written) -> dict[str, Json]:
    text = f"Written on {day_of(entry.answered)}; the learner keeps the text." if entry.answered else "Written."
    return {"title": "", "lines": [_line("note", "", text)]}


def _answer(exercise: AnyExercise | None, answer: Answer) -> dict[str, Json]:
    response, said = answer.response, answer.response.answer
    given = said if isinstance(said, dict) else {"text": said}
    match exercise:
        case DrillSet():
            title, lines = _drill(exercise, given, answer.item)
        case Reflection():
            title, lines = "", _asked({prompt.id: prompt.ask for prompt in exercise.prompts}, given)
        case Scale():
            title, lines = (
                f"From 1, {exercise.low}, to {exercise.steps}, {exercise.high}",
                _asked({item.id: item.text for item in exercise.items}, given),
            )
        case Example():
            title, lines = "", [_line("note", "", f"Read {given.get('seen', 0)} of {len(exercise.lines)} lines.")]
        case RolePlay():
            return {
                "title": f"Talk {response.attempt}, {day_of(response.answered or answer.at)}",
                "lines": _spoken(answer),
            }
        case _:
            title, lines = f"Version {response.attempt}", [_line("learner", "Learner", _text(given.get("text")))]
    day = day_of(response.answered or answer.at)
    lines += _confidence(response.confidence) + _feedback(answer.feedback)
    return {"title": ", ".join(filter(None, (title, day))), "lines": lines or [_NOTHING]}


def _drill(exercise: DrillSet, given: Mapping[str, Json], item_id: str | None) -> tuple[str, list[dict[str, Json]]]:
    number, item = next(((i, item) for i, item in enumerate(exercise.items, 1) if item.id == item_id), (0, None))
    if item is None:
        return "", [_line("learner", "Learner", _text(given.get("text")))]
    choices = {choice.id: choice.text for choice in item.choices}
    said = _text(given.get("text")) or choices.get(_text(given.get("choice")), _text(given.get("choice")))
    shown = [("prompt", "", item.stem), ("patient", "Patient", item.patient), ("prompt", "Line", item.line)]
    return f"Item {number}", [_line(*entry) for entry in (*shown, ("learner", "Learner", said)) if entry[2]]


def _spoken(answer: Answer) -> list[dict[str, Json]]:
    """Return a role play line by line, with what was seen at each; as it was typed where no line can be read."""
    lines: list[dict[str, Json]] = []
    for each in as_shown(answer)[0]:
        who, label = ("patient", "Patient") if each.line.speaker == "patient" else ("learner", "Therapist")
        lines += [_line(who, label, each.line.says), *_findings(each.findings)]
    return lines or _asked({"text": "The talk"}, fields_of(answer)) or [_NOTHING]


def _asked(asked: Mapping[str, str], given: Mapping[str, Json]) -> list[dict[str, Json]]:
    lines: list[dict[str, Json]] = []
    for key, question in asked.items():
        if (text := _text(given.get(key))).strip():
            lines += [_line("prompt", "", question), _line("learner", "Learner", text)]
    return lines


def _text(value: Json) -> str:
    return "" if value is None else str(value)


def _feedback(feedback: Feedback | None) -> list[dict[str, Json]]:
    if feedback is None:
        return []
    next_step = [_line("finding", "Next step", feedback.next_step)] if feedback.next_step else []
    return _findings(feedback.findings) + next_step


# --- HTML -------------------------------------------------------------------------------------------------------

_STYLE = """
:root{color-scheme:light dark;--bg:#fff;--ink:#1b2530;--muted:#566270;--patient:#eaf1f7;--learner:#e9f3ee;
--line:#7c8794}
@media (prefers-color-scheme:dark){:root{--bg:#14191f;--ink:#e8edf2;--muted:#a7b2bd;--patient:#22303c;
--learner:#1f332b;--line:#8592a0}}
body{font:16px/1.55 system-ui,sans-serif;max-width:68ch;margin:24px auto;padding:0 16px;background:var(--bg);
color:var(--ink);overflow-wrap:anywhere}
h1{font-size:24px}h2{font-size:20px;margin-top:32px}h3{font-size:17px;margin:20px 0 8px}
p{margin:8px 0;white-space:pre-line;unicode-bidi:isolate}.muted,.confidence{color:var(--muted)}
.patient,.learner{border-radius:16px;padding:12px 16px}.patient{background:var(--patient);margin-right:12%}
.learner{background:var(--learner);margin-left:12%}
.finding,.confidence{margin-left:12%;border-left:3px solid var(--line);padding-left:12px}
@media print{.patient,.learner{border:1px solid var(--line)}}
"""


def to_html(hand_in: HandIn) -> str:
    """Return the page as one HTML file: every word escaped, no scripts, nothing fetched, light and dark.

    Raises
    ------
    ExerciseFileError: a line cannot be understood (hand-ins that were built or read here always can).
    """
    who = f"{escape(hand_in.name)}, code {escape(hand_in.code)}" if hand_in.name else f"Code {escape(hand_in.code)}"
    body = [
        f"<h1>Hand-in of {escape(day_of(hand_in.made))}</h1>",
        f"<p>{who}</p>",
        '<p class="muted">The learner chose what is in here. The findings are for practice; they are no grades.</p>',
    ]
    for section in hand_in.page():
        body += [f"<section><h2>{escape(section['title'])}</h2>", f'<p class="muted">{escape(section["detail"])}</p>']
        for part in section["parts"]:
            body += [f"<h3>{escape(part['title'])}</h3>"] if part["title"] else []
            body += [_paragraph(line) for line in part["lines"]]
        body.append("</section>")
    html = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>Hand-in {escape(hand_in.code)}</title>\n<style>{_STYLE}</style></head>\n<body><main>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )
    # Half an emoji, as a browser may send it, is no Unicode text; it is shown as a question mark.
    return html.encode("utf-8", "replace").decode("utf-8")


def _paragraph(line: Mapping[str, Json]) -> str:
    label = f"<strong>{escape(line['label'])}</strong>\n" if line["label"] else ""
    return f'<p class="{escape(line["who"])}" dir="auto">{label}{escape(line["text"])}</p>'
