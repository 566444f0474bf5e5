"""The plain text front end: the same sessions where there are no widgets."""

from __future__ import annotations

from typing import Any

from alliance_kit.errors import AllianceKitError
from alliance_kit.plain import Json
from alliance_kit.sessions.base import Session


class TextFace:
    """Show a session as text; ``face.do("say", turn=0, reply="ask")`` acts on it and returns the new text."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __repr__(self) -> str:
        try:
            return self.session.headline
        except AllianceKitError:  # how far it got stands in the journal, which cannot be read just now
            return self.session.title

    def do(self, name: str, /, **fields: Any) -> str:
        """Do one thing and return what there is to see, or the sentence that says what stood in the way."""
        reply = self.session.handle({"do": name, **fields})
        return str(reply["trouble"]) if "trouble" in reply else self.text()

    def text(self) -> str:
        """Return what there is to see, as plain text."""
        shown = self.session.handle({"do": "look"})
        if "view" not in shown:
            return str(shown["trouble"])
        view = shown["view"]
        render = {"scenario": _talk, "drill": _drill, "goal": _goal, "role_play": _role_play}.get(view["kind"], _plain)
        return "\n".join([view["title"], "", *render(view)])


def _talk(view: Json) -> list[str]:
    called = view["patient"]["called"]
    if view["phase"] == "intro":
        return [view["patient"]["in_short"], *(f"- {fact}" for fact in view["patient"]["chart"]), "", "do('begin')"]
    lines = []
    for turn in view["log"]:
        lines += [f"{called}: {turn['line']}", f"You: {turn['say']}"]
        if turn.get("heard"):
            lines.append(f"  (heard: {turn['heard']})")
    if view["line"]:
        lines.append(f"{called}: {view['line']}")
    if view["phase"] == "over":
        return [*lines, "", view["debrief"]["what"], *view["debrief"]["missed"]]
    if view["phase"] == "paused":
        return [*lines, "", view["note"]]
    replies = [f"  {r['id']}: {r['say']}" for r in view["replies"]]
    acts = [f"do('say', turn={view['turn']}, reply=…)"] if replies else []
    if view.get("typing"):
        acts.append(f"do('type', turn={view['turn']}, text=…)")
    return [*lines, "", *replies, "", *acts]


def _drill(view: Json) -> list[str]:
    item = view["item"]
    lines = [f"{view['index'] + 1} of {len(view['items'])}. {item['stem']}", item["patient"], item["line"]]
    for choice in item["choices"]:
        lines += [f"  {choice['id']}: {choice['text']}", f"      {choice.get('feedback', '')}".rstrip()]
    if view["answer"]:
        lines += [f"{f['level']}: {f['why']}" for f in view["answer"]["feedback"]["findings"]]
    return [line for line in lines if line]


def _goal(view: Json) -> list[str]:
    lines = [view["task"], *view["wishes"], *view["baseline"]]
    for version in view["versions"][-1:]:
        feedback = version["feedback"]
        lines += ["", version["text"], *(f"{f['criterion']}: {f['level']}. {f['why']}" for f in feedback["findings"])]
        lines.append(f"Next step: {feedback['next_step']}")
    return lines


def _role_play(view: Json) -> list[str]:
    if view["phase"] == "look":
        look = view["look"]
        names = {"patient": "Patient", "clinician": "Therapist"}
        lines = []
        for line in look["lines"]:
            lines.append(f"{names[line['who']]}: {line['says']}")
            lines += [f"  ({f['name']}, {f['level']}) {f['why']}" for f in line["findings"]]
        seen = [f"{row['name']}: {row['clear']} clear, {row['possible']} possible" for row in look["counts"]["seen"]]
        return [*lines, "", *seen, "", *look["questions"], "", "do('new') · do('share', id=…, on=True)"]
    if view["phase"] == "check":
        found = [f"line {each['line']}: {each['text']} ({each['why']})" for each in view["check"]["found"]]
        return [*view["check"]["faults"], *found, "", "do('back') · do('keep', invented=True)"]
    ticks = [f"  {'[x]' if each['on'] else '[ ]'} {each['id']}: {each['text']}" for each in view["agree"]]
    step = "do('read', text=…)" if view["phase"] == "write" else "do('tick', id=…, on=True)"
    return [view["purpose"], *view["how"], view["never"], view["stays"], *ticks, *view["form"], "", step]


def _plain(view: Json) -> list[str]:
    return [f"{key}: {value}" for key, value in view.items() if key not in ("kind", "id", "title", "headline", "saved")]
