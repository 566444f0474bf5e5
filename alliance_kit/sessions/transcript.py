"""A talk as one page of HTML: made only when asked for, everything inline, every word escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from alliance_kit.plain import Json

STYLE = """
:root{color-scheme:light dark;--bg:#fff;--surface:#f5f7f9;--patient:#eaf1f7;--learner:#e9f3ee;--ink:#1b2530;
--muted:#566270;--border:#7c8794;--bond:#b5461a;--goals:#0b63a8;--tasks:#2a7656}
@media (prefers-color-scheme:dark){:root{--bg:#14191f;--surface:#1c232b;--patient:#22303c;--learner:#1f332b;
--ink:#e8edf2;--muted:#a7b2bd;--border:#8592a0;--bond:#ff9d73;--goals:#77b8f2;--tasks:#6fd3a4}}
body{font:16px/1.55 system-ui,sans-serif;max-width:68ch;margin:24px auto;padding:0 16px;background:var(--bg);
color:var(--ink)}
h1{font-size:24px}h2{font-size:19px;margin-top:32px}p{margin:4px 0}.muted{color:var(--muted)}
.patient,.you{border-radius:16px;padding:12px 16px;margin:8px 0;white-space:pre-line}
.patient{background:var(--patient);margin-right:12%}.you{background:var(--learner);margin-left:12%}
.note{margin:4px 0 16px 12%;border-left:3px solid var(--border);padding-left:12px}
mark{background:none;color:inherit;text-decoration:underline 2px}
svg{width:100%;height:auto}.al-grid{stroke:var(--border);stroke-width:.6;opacity:.5}
.al-axis,.al-mark-label{fill:var(--muted);font-size:13px}.al-mark{stroke:var(--border);stroke-dasharray:2 3}
.al-line{fill:none;stroke-width:2.5}.al-label{font-size:14px;font-weight:600}
.al-line.al-bond{stroke:var(--bond)}.al-line.al-goals{stroke:var(--goals)}.al-line.al-tasks{stroke:var(--tasks)}
.al-label.al-bond{fill:var(--bond)}.al-label.al-goals{fill:var(--goals)}.al-label.al-tasks{fill:var(--tasks)}
@media print{.patient,.you{border:1px solid var(--border)}}
"""


def page_html(title: str, body: list[str]) -> str:
    """Return a whole page: `title` is escaped here, `body` holds finished HTML."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )


def marked(text: str, spans: list[dict[str, int]]) -> str:
    """Return text as escaped HTML with the spans marked; overlapping and stray spans are left out."""
    parts, at = [], 0
    for span in sorted(spans, key=lambda s: (s["start"], s["end"])):
        start, end = span["start"], span["end"]
        if at <= start < end <= len(text):
            parts += [escape(text[at:start]), f"<mark>{escape(text[start:end])}</mark>"]
            at = end
    return "".join([*parts, escape(text[at:])])


def transcript_html(view: dict[str, Any]) -> str:
    """Return the annotated transcript of the talk that a `TalkSession.view()` describes."""
    patient = view["patient"]["called"]
    over = view.get("debrief")
    body = [
        f"<h1>{escape(view['title'])}</h1>",
        f'<p class="muted">A talk with a simulated patient: {escape(view["patient"]["in_short"])} Invented; nobody '
        "real. Not yet reviewed by a clinician.</p>"
        if not view["reviewed"]
        else f'<p class="muted">A talk with a simulated patient: {escape(view["patient"]["in_short"])}</p>',
    ]
    if over:
        body.append(f"<p>{escape(over['what'])}</p>")
        body += [f"<p><strong>Safety first:</strong> {escape(missed)}</p>" for missed in over["missed"]]
        body += ["<h2>How the alliance moved</h2>", over["picture"]]
    body.append("<h2>The talk</h2>")
    for turn in view["log"]:
        body += _turn_html(turn, patient)
    body.append(f'<div class="patient"><strong>{escape(patient)}</strong>\n{escape(view["line"])}</div>')
    if over:
        body.append("<h2>To think about</h2><ul>")
        body += [f"<li>{escape(question)}</li>" for question in over["questions"]]
        body.append("</ul>")
    return page_html(view["title"], body)


def _turn_html(turn: Json, patient: str) -> list[str]:
    did = "You, in your own words" if turn["typed"] else "You did" if turn["act"] else "You"
    findings = turn.get("findings") or [turn["finding"]] if "finding" in turn else []
    spans = [span for finding in findings for span in finding["spans"]]
    note = "".join(_note_html(turn, findings))
    return [
        f'<div class="patient"><strong>{escape(patient)}</strong>\n{escape(turn["line"])}</div>',
        f'<div class="you"><strong>{did}</strong>\n{marked(turn["say"], spans)}</div>',
        *([f'<div class="note">{note}</div>'] if note else []),
    ]


def _note_html(turn: Json, findings: list[Json]) -> Iterator[str]:
    """Yield what was noted on a turn; nothing where the talk keeps its feedback for the end."""
    if turn.get("heard"):
        yield f"<p><em>One way to hear it:</em> {escape(turn['heard'])}</p>"
    for finding in findings:
        sure = {"clear": "clear", "possible": "possible: check yourself"}.get(finding["level"], "")
        name = f"<strong>{escape(finding['name'])}</strong> ({sure}). " if finding["name"] else ""
        yield f"<p>{name}{escape(finding['why'])}</p>"
    if line := next((finding["try_instead"] for finding in findings if finding["try_instead"]), ""):
        yield f"<p><em>A line to try:</em> {escape(line)}</p>"
