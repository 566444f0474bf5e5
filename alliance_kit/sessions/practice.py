"""What comes of all practice so far: how much help to give, when to practise next, how sure one is and how right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from alliance_kit.hearing import PastTalk
from alliance_kit.journal import Journal, Run
from alliance_kit.plain import Json
from alliance_kit.sessions.debrief import is_taken_up

GAPS_DAYS = (2, 7, 21)
"""Days until the next practice after the first, the second, and every later talk. That practice spread out helps in
simulation training is known (10.3109/0142159X.2012.714886); the gaps themselves are the project's own."""
NOT_MEANT = "not what I meant"
"""The reason that is kept with words that were taken back."""
MIN_FOR_WORDS, MIN_FOR_PICTURE = 20, 50
"""Answers with a confidence before calibration is put in words, and before it is drawn: few answers say little."""
CLOSE = 0.1
"""Sure and right lie this close together: about as right as sure."""
_BANDS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01))


def past_talks(runs: Iterable[Run]) -> tuple[PastTalk, ...]:
    """Return the finished ones of these runs, the oldest first, with how typing went in each."""
    return tuple(_past(run) for run in runs if run.ended)


def _past(run: Run) -> PastTalk:
    typed = [turn for turn in run.turns if turn.typed is not None]
    rose = sum(_units(turn.state_after) > _units(turn.state_before) for turn in typed)
    return PastTalk(run.ended or "mid", len(typed), rose)


def _units(state: Json) -> float:
    return float(state.get("bond", 0) + state.get("goals", 0) + state.get("tasks", 0))


def next_practice(finished: Sequence[dt.date]) -> dt.date | None:
    """Return the day of the next practice after talks finished on these days; None before the first.

    Examples
    --------
    >>> next_practice([dt.date(2026, 11, 1)]), next_practice([dt.date(2026, 11, 1), dt.date(2026, 11, 3)])
    (datetime.date(2026, 11, 3), datetime.date(2026, 11, 10))
    """
    days = sorted(set(finished))
    return days[-1] + dt.timedelta(days=GAPS_DAYS[min(len(days), len(GAPS_DAYS)) - 1]) if days else None


def day_in_words(day: dt.date) -> str:
    """Return a day as people say it: ``Tuesday, December 1``."""
    return f"{day:%A}, {day:%B} {day.day}"


def finished_days(runs: Iterable[Run]) -> list[dt.date]:
    """Return the days, by the clock of this computer, on which runs were begun that were finished."""
    found = []
    for run in runs:
        if run.ended:
            try:
                found.append(dt.datetime.fromisoformat(run.at).astimezone().date())
            except ValueError:  # a line that somebody changed by hand
                continue
    return found


# --- how sure, and how right ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer given with a confidence: how sure (0 to 1), and whether it came out that way."""

    said: float
    happened: bool


def judged(journal: Journal) -> tuple[Judged, ...]:
    """Return every answer that came with a confidence: turns of talks (she opened up) and items (the best answer).

    Words that were not understood or were taken back say nothing about how well somebody judges.

    Raises
    ------
    JournalError: the journal cannot be read.
    """
    taken_back = {(each.run, each.index) for each in journal.disagreements() if each.reason == NOT_MEANT}
    found = [
        Judged(turn.confidence, turn.after.bond > turn.before.bond + 1e-9)
        for run in journal.runs()
        for turn in run.turns
        if turn.confidence is not None and is_taken_up(turn.typed) and (turn.run, turn.index) not in taken_back
    ]
    for answer in journal.answers():
        confidence, feedback = answer.response.confidence, answer.feedback
        if confidence is not None and feedback is not None and feedback.findings:
            found.append(Judged(confidence, all(finding.level == "met" for finding in feedback.findings)))
    return tuple(found)


def calibration(answers: Sequence[Judged]) -> dict[str, Json]:
    """Return what can be said about sure and right: a sentence from 20 answers on, a picture from 50.

    Returns
    -------
    dict: count (int), sentence (str), picture (SVG as text, empty below 50), table (rows: said, happened, count)
    """
    count = len(answers)
    if count < MIN_FOR_WORDS:
        missing = f"{count} of {MIN_FOR_WORDS} answers so far; fewer say little about how sure you are."
        return {"count": count, "sentence": missing, "picture": "", "table": []}
    sure = sum(each.said for each in answers) / count
    right = sum(each.happened for each in answers) / count
    how = (
        "You are about as right as you are sure"
        if abs(sure - right) <= CLOSE
        else "You are surer than things turn out"
        if sure > right
        else "Things turn out better than you expect"
    )
    sentence = (
        f"{how}: over {count} answers you were {round(sure * 100)} % sure on average, and it came so in "
        f"{round(right * 100)} %."
    )
    rows = _table(answers)
    return {
        "count": count,
        "sentence": sentence,
        "picture": _picture(rows) if count >= MIN_FOR_PICTURE else "",
        "table": rows if count >= MIN_FOR_PICTURE else [],
    }


def _table(answers: Sequence[Judged]) -> list[dict[str, Json]]:
    rows: list[dict[str, Json]] = []
    for low, high in _BANDS:
        inside = [each for each in answers if low <= each.said < high]
        if inside:
            said = sum(each.said for each in inside) / len(inside)
            happened = sum(each.happened for each in inside) / len(inside)
            rows.append({"said": round(said, 2), "happened": round(happened, 2), "count": len(inside)})
    return rows


_SIZE, _LEFT, _TOP, _BOTTOM = 260, 44, 12, 40


def _picture(rows: Sequence[dict[str, Json]]) -> str:
    """Return sure against right as a small picture: a dot for each band, the diagonal where both are the same."""
    inner = _SIZE - _LEFT - 16

    def x(value: float) -> float:
        return round(_LEFT + inner * value, 1)

    def y(value: float) -> float:
        return round(_TOP + (_SIZE - _TOP - _BOTTOM) * (1 - value), 1)

    parts = [f'<line class="al-grid" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>']
    for value in (0.0, 0.5, 1.0):
        label = f"{round(value * 100)} %"
        parts.append(f'<text class="al-axis" x="{x(value)}" y="{_SIZE - 20}" text-anchor="middle">{label}</text>')
        parts.append(f'<text class="al-axis" x="{_LEFT - 8}" y="{y(value) + 4}" text-anchor="end">{label}</text>')
    parts.append(f'<text class="al-axis" x="{x(0.5)}" y="{_SIZE - 4}" text-anchor="middle">how sure you were</text>')
    for row in rows:
        radius = 4 + min(6, row["count"] // 5)
        parts.append(f'<circle class="al-dot" cx="{x(row["said"])}" cy="{y(row["happened"])}" r="{radius}"/>')
    told = "; ".join(
        f"{round(row['said'] * 100)} % sure: came so in {round(row['happened'] * 100)} % of {row['count']}"
        for row in rows
    )
    alt = escape(f"How sure you were and how often it came so. {told}.")
    head = f'viewBox="0 0 {_SIZE} {_SIZE}" role="img" aria-label="{alt}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="al-calibration" {head}>{"".join(parts)}</svg>'
