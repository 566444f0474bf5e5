"""The nouns: plain JSON in and out without loss, faults named by path, one digest for one content."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import (
    any_scenarios,
    plain_json,
    run_python,
    small_drills,
    small_example,
    small_goal,
    small_reflection,
    small_role_play,
    small_scale,
    small_talk,
)

from alliance_kit.errors import ExerciseFileError
from alliance_kit.model import (
    KINDS,
    Branch,
    Course,
    Feedback,
    Finding,
    Line,
    Pace,
    Reply,
    Response,
    Scene,
    Span,
    digest_of,
    exercise_from_json,
)
from alliance_kit.plain import canonical_json, from_json, to_json

QUIET = [small_reflection(), small_role_play(), small_scale(), small_example()]
SMALL = [small_talk(), small_drills(), small_goal(), *QUIET]


def by_kind(exercises: list[Any]) -> list[Any]:
    return [pytest.param(exercise, id=exercise.kind) for exercise in exercises]


# --- in and out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", by_kind(SMALL))
def test_an_exercise_of_each_kind_comes_back_from_its_json_text(exercise: Any) -> None:
    """Nothing is lost or changed on the way through a file."""
    again = exercise_from_json(json.loads(json.dumps(to_json(exercise))))

    assert again == exercise
    assert type(again) is KINDS[exercise.kind]


def test_the_small_exercises_cover_every_kind() -> None:
    """A kind that is added later needs a small one here."""
    assert {exercise.kind for exercise in SMALL} == set(KINDS)


@given(any_scenarios())
@settings(max_examples=40)
def test_any_scenario_comes_back_from_its_json_text(exercise: Any) -> None:
    """Branches, lines and safety items survive, and so does the digest."""
    again = exercise_from_json(json.loads(canonical_json(to_json(exercise))))

    assert again == exercise
    assert digest_of(again) == digest_of(exercise)


@given(st.builds(Finding, st.text(), st.sampled_from(["met", "unsure"]), st.text(), st.text(), st.floats(0, 9)))
def test_feedback_comes_back_from_json(finding: Finding) -> None:
    """What a learner was shown can be kept and shown again."""
    feedback = Feedback("x", "1", (dataclasses.replace(finding, spans=(Span(0, 2),)),), points=1)

    assert from_json(Feedback, json.loads(json.dumps(to_json(feedback)))) == feedback


def test_plain_json_holds_lists_and_text_keys_only() -> None:
    """Tuples and mappings of the model become what JSON knows."""
    data = to_json(small_talk())

    assert data["patient"]["chart"] == ["Left knee, six weeks."]
    assert json.loads(json.dumps(data)) == data
    assert to_json({1: (2, None)}) == {"1": [2, None]}


def test_both_forms_of_a_line_and_of_a_branch_are_told_apart() -> None:
    """A scene may speak one line or choose among many; a reply may lead to one scene or choose."""
    data = to_json(small_talk())
    data["scenes"]["hello"]["patient"] = [{"says": "Hi.", "when": "bond >= 1"}, {"says": "Well."}]
    data["scenes"]["hello"]["replies"][0]["next"] = [{"to": "flag", "when": "ruptured"}, {"to": "story"}]

    exercise = exercise_from_json(data)

    assert exercise.scenes["hello"].patient == (Line("Hi.", "bond >= 1"), Line("Well."))
    assert exercise.scenes["hello"].replies[0].next == (Branch("flag", "ruptured"), Branch("story"))


# --- faults -----------------------------------------------------------------------------------------------------


def broken(path: str, value: Any) -> dict[str, Any]:
    """Return the small talk's JSON with one value changed; `...` takes the field out."""
    data = to_json(small_talk())
    at: Any = data
    *way, last = path.split("/")
    for step in way:
        at = at[int(step) if step.isdigit() else step]
    if value is ...:
        del at[last]
    else:
        at[int(last) if last.isdigit() else last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("title", ..., r"talk: field 'title' is missing"),
        ("colour", "red", r"talk: unknown field 'colour'. Known: .*title"),
        ("title", 7, r"talk\.title: expected text, found a whole number \(7\)"),
        ("title", None, r"talk\.title: expected text, found nothing"),
        ("minutes", True, r"talk\.minutes: expected a whole number, found true or false \(True\)"),
        ("minutes", 5.0, r"talk\.minutes: expected a whole number, found a number \(5\.0\)"),
        ("level", 4, r"talk\.level: 4 is not one of 1, 2, 3"),
        ("level", True, r"talk\.level: True is not one of 1, 2, 3"),
        ("goal_visit", 1, r"talk\.goal_visit: expected true or false"),
        ("pace/gain", "fast", r"talk\.pace\.gain: expected a number, found text"),
        ("pace/gain", 10**400, r"talk\.pace\.gain: expected a number"),
        ("patient", "Ana", r"talk\.patient: expected Patient fields, found text"),
        ("patient/wishes", {"a": 1}, r"talk\.patient\.wishes: expected a list, found a mapping"),
        ("patient/chart/0", 3, r"talk\.patient\.chart\[0\]: expected text"),
        ("scenes", [], r"talk\.scenes: expected a mapping, found a list"),
        ("scenes/hello/replies/1/quality", "good", r"talk\.scenes\.hello\.replies\[1\]\.quality: 'good' is not one of"),
        ("scenes/hello/replies/0/next", 3, r"talk\.scenes\.hello\.replies\[0\]\.next: expected a list, found a whole"),
        ("scenes/hello/replies/0/act", "dance", r"replies\[0\]\.act: 'dance' is not one of 'pause'"),
        ("endings/good", {"what": "", "says": ""}, r"talk\.endings: 'good' is not one of 'open'"),
        ("synthetic", False, r"talk\.synthetic: False is not one of True"),
        ("tests/0/ending", ["open"], r"talk\.tests\[0\]\.ending: \['open'\] is not one of"),
    ],
)
def test_a_fault_is_named_with_its_path(path: str, value: Any, words: str) -> None:
    """An author learns where it is, what was found, and what was expected."""
    with pytest.raises(ExerciseFileError, match=words):
        exercise_from_json(broken(path, value), "talk")


@pytest.mark.parametrize(
    "data", [None, 3, "scenario", [], {}, {"kind": "quest"}, {"kind": ["scenario"]}, {"kind": None}]
)
def test_what_is_no_exercise_is_refused_with_the_kinds_there_are(data: Any) -> None:
    """The message offers the kinds to choose from."""
    with pytest.raises(ExerciseFileError, match="is not one of scenario, example, drill"):
        exercise_from_json(data)


@given(plain_json)
def test_any_json_is_either_built_or_refused(data: Any) -> None:
    """Whatever stands in a file, the only error is the one that names the fault."""
    for cls in (Pace, Finding, Response, Course, Scene, Reply):
        try:
            built = from_json(cls, data)
        except ExerciseFileError:
            continue
        assert isinstance(built, cls)


@given(st.data())
def test_any_value_in_any_field_is_either_built_or_refused(data: st.DataObject) -> None:
    """A single hostile value deep inside never escapes as another error."""
    whole = to_json(small_talk())
    at: Any = whole
    while isinstance(at, dict | list) and at:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if data.draw(st.booleans()):
            at[key] = data.draw(plain_json)
            break
        at = at[key]

    with contextlib.suppress(ExerciseFileError):
        assert isinstance(exercise_from_json(whole), tuple(KINDS.values()))


def test_whole_numbers_serve_as_numbers_and_nothing_else_does() -> None:
    """`gain: 1` is what an author writes; a text `1` is a slip."""
    assert from_json(Pace, {"gain": 1, "loss": 2}) == Pace(1.0, 2.0)
    assert type(from_json(Pace, {"gain": 1}).gain) is float


# --- digests ----------------------------------------------------------------------------------------------------


def test_the_digest_is_known_and_the_same_in_every_process() -> None:
    """Journals of years refer to it: neither hash seeds nor the order of keys may change it."""
    code = """if True:
        from support import small_drills, small_talk
        from alliance_kit.model import digest_of
        print(digest_of(small_talk()), digest_of(small_drills()))"""
    here = f"{digest_of(small_talk())} {digest_of(small_drills())}\n"

    assert [run_python(code, PYTHONHASHSEED=seed) for seed in ("0", "1")] == [here, here]


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    """Two programs may write the same content in different order."""
    data = to_json(small_talk())
    turned = {key: data[key] for key in reversed(data)}
    turned["scenes"] = dict(reversed(data["scenes"].items()))

    assert digest_of(exercise_from_json(turned)) == digest_of(small_talk())


@pytest.mark.parametrize("exercise", by_kind(SMALL))
def test_every_text_counts_for_the_digest(exercise: Any) -> None:
    """What the learner saw and what scores it: a change of a single text is another digest."""
    data = to_json(exercise)
    digests = [digest_of(exercise)]

    def change(at: Any) -> None:
        for key in at if isinstance(at, dict) else range(len(at)):
            if isinstance(at[key], dict | list):
                change(at[key])
            elif isinstance(at[key], str):
                before, at[key] = at[key], at[key] + "!"
                with contextlib.suppress(ExerciseFileError):  # a word from a fixed list, such as the kind
                    digests.append(digest_of(exercise_from_json(data)))
                at[key] = before

    change(data)

    assert len(digests) > 10
    assert len(set(digests)) == len(digests)


def test_canonical_json_has_one_form_and_refuses_what_json_has_not() -> None:
    """Sorted keys, no spaces, letters as they are; NaN is nothing that another program could read."""
    assert canonical_json({"b": [1, True, None], "a": "é"}) == '{"a":"é","b":[1,true,null]}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json(float("nan"))


def test_half_an_emoji_in_an_exercise_still_has_a_digest() -> None:
    """A broken character in a file must not bring a notebook down."""
    assert len(digest_of(dataclasses.replace(small_scale(), title="\ud83d"))) == 64
