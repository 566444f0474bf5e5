"""The curriculum table: complete, held together, and honest about what is known."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from alliance_kit import skills
from alliance_kit.errors import AllianceKitError, UnknownSkillError

ROOT = Path(__file__).resolve().parents[1]
KEBAB = re.compile(r"[a-z]+(?:-[a-z]+)*")
LABELS = """
    open_question closed_question leading_question stacked_questions why_question elicit
    simple_reflection complex_reflection summary empathy validation normalising
    information advice_with_permission advice_without_permission commanding explaining_why jargon nocebic
    premature_problem_solving teach_back
    affirmation praise celebrate_progress hope false_reassurance minimising self_disclosure
    autonomy_support offer_choice collaboration_bid agenda_setting invite_questions ask_feedback confidentiality
    follow_through
    confrontation blame shaming stigmatising infantilising interrupting topic_change
    rupture_withdrawal rupture_confrontation repair
""".split()  # noqa: SIM905 - a list of 46 strings would fill the page
SCORED = {
    "open_question": "builds",
    "closed_question": "neutral",
    "advice_with_permission": "builds",
    "advice_without_permission": "hinders",
    "jargon": "hinders",
    "false_reassurance": "hinders",
    "confrontation": "hinders",
}
"""What people agree on well enough for points; everything else is a hint, a warning or a candidate."""


def test_three_components_and_five_strategies_stand_in_order() -> None:
    """The alliance is bond, tasks and goals; the strategies come in the order they are taught."""
    assert [it.id for it in skills.components()] == ["bond", "tasks", "goals"]
    assert [it.id for it in skills.strategies()] == ["trust", "communication", "autonomy", "goals", "support"]


@pytest.mark.parametrize(
    ("strategy", "parts"),
    [
        (
            "trust",
            (
                "active-listening empathy compassion asking-goals-fears-expectations validating confidentiality"
                " competence following-through"
            ),
        ),
        (
            "communication",
            (
                "plain-words-diagnosis plain-words-plan plain-words-exercise giving-the-why inviting-questions"
                " addressing-concerns asking-for-feedback"
            ),
        ),
        (
            "autonomy",
            "offering-choices educational-resources asking-for-input expertise-in-own-body weighing-options",
        ),
        ("goals", "smart-goals milestones celebrating-progress adjusting-goals meaning"),
        (
            "support",
            (
                "encouragement celebrating-achievements reassurance-in-setbacks reassurance-in-plateaus"
                " empowering-atmosphere"
            ),
        ),
    ],
)
def test_each_strategy_has_its_named_parts(strategy: str, parts: str) -> None:
    """Ids are for ever: exercises and journals name them."""
    assert [part.id for part in skills.parts_of(strategy)] == parts.split()


def test_all_microskill_labels_are_there_once() -> None:
    """The labels are those that scenario writers and graders share."""
    assert sorted(it.id for it in skills.microskills()) == sorted(LABELS)


def test_points_go_only_to_what_people_agree_on() -> None:
    """Seven labels earn or cost points, and the table says in which direction."""
    assert {it.id: it.direction for it in skills.microskills() if it.kind == "P"} == SCORED


def test_kinds_and_directions_fit() -> None:
    """Warnings hinder, candidates build, the patient's lines are the patient's, and every kind is explained."""
    expected = {"W": {"hinders"}, "K": {"builds"}, "R": {"patient"}, "N": {"neutral"}, "H": {"builds", "neutral"}}

    for kind, directions in expected.items():
        assert {it.direction for it in skills.microskills() if it.kind == kind} == directions
    assert set(skills.KINDS) == {it.kind for it in skills.microskills()}


def test_references_lead_somewhere() -> None:
    """Parts name known strategies, components, microskills and sources; microskills known strategies and sources."""
    for part in skills.parts():
        assert skills.strategy(part.strategy)
        assert all(map(skills.component, part.components))
        assert all(map(skills.microskill, part.microskills))
        assert all(map(skills.source, part.sources))
    for microskill in skills.microskills():
        assert microskill.strategies
        assert all(map(skills.strategy, microskill.strategies))
        assert all(map(skills.source, microskill.sources))
    for strategy in skills.strategies():
        assert all(map(skills.component, strategy.components))
    for component in skills.components():
        assert all(map(skills.source, component.sources))


def test_each_part_is_seen_in_something_that_helps() -> None:
    """A part is shown by microskills that build or at least do no harm, and feeds a component."""
    for part in skills.parts():
        directions = {skills.microskill(it).direction for it in part.microskills}
        assert part.components
        assert "builds" in directions
        assert directions <= {"builds", "neutral"}


def test_everything_that_builds_shows_some_part() -> None:
    """No helpful microskill is taught without a place in the curriculum, and no warning shows a part."""
    for microskill in skills.microskills():
        shown = skills.parts_shown_by(microskill.id)
        if microskill.direction == "builds":
            assert shown, microskill.id
        if microskill.direction in {"hinders", "patient"}:
            assert not shown, microskill.id


def test_look_ups_from_the_other_side_agree() -> None:
    """Parts by component and by microskill are those that name it."""
    assert {part.id for part in skills.parts_shown_by("validation")} == {"validating"}
    for component in skills.components():
        assert all(component.id in part.components for part in skills.parts_feeding(component.id))
        assert skills.parts_feeding(component.id)


def test_words_are_one_plain_sentence() -> None:
    """Each description is one sentence with a full stop, short enough for a card."""
    lines = [it.sentence for it in (*skills.components(), *skills.strategies(), *skills.parts())]
    lines += [it.definition for it in skills.microskills()]
    lines += [it.finding for it in (*skills.components(), *skills.parts())]

    for line in lines:
        assert re.fullmatch(r"[A-Z][^.!?]*\.", line), line
        assert len(line.split()) <= 32, line


def test_evidence_is_never_called_strong_and_is_sourced() -> None:
    """No row reaches strong; a row with more than weak evidence names where it comes from."""
    for row in (*skills.components(), *skills.parts()):
        assert row.evidence in {"moderate", "weak-moderate", "weak", "none"}
        if row.evidence in {"moderate", "weak-moderate"}:
            assert any(skills.source(key).checked == "read" for key in row.sources), row.id
        if row.evidence == "none":
            assert not row.sources


def test_figures_come_from_sources_that_were_read() -> None:
    """A finding with a digit in it cites at least one source that was read; nothing promises an outcome."""
    for row in (*skills.components(), *skills.parts()):
        if re.search(r"\d", row.finding):
            assert any(skills.source(key).checked == "read" for key in row.sources), row.id
        assert not re.search(r"\b(?:proven|heals|cures?|guarantees?)", row.finding, re.IGNORECASE)


def test_sources_are_keyed_by_author_and_year() -> None:
    """Keys are lower-case ASCII, every source has a citation, a DOI looks like one and stands once."""
    found = skills.sources()
    dois = [it.doi for it in found.values() if it.doi]

    assert len(found) >= 100
    assert list(found) == sorted(found)
    assert all(re.fullmatch(r"[a-z]+[a-z0-9-]*", key) and it.key == key and it.citation for key, it in found.items())
    assert all(re.fullmatch(r"10\.\d{4,}(?:\.\d+)?/\S+", doi) for doi in dois)
    assert len(dois) == len(set(dois))
    assert {it.checked for it in found.values()} == {"read", "known"}


@pytest.mark.parametrize(
    "key",
    [
        *(
            "miciak2018",
            "horton2021",
            "darlow2013",
            "pincus2013",
            "murray2015",
            "bordin1979",
            "okeeffe2016",
            "pinto2012",
        ),
        *("fuentes2014", "ferreira2013", "kelley2014", "howick2018", "kilgour2015a", "kilgour2015b", "gardner2016"),
        *("bunzli2015", "mahdi2020", "randall2022", "chester2014"),
    ],
)
def test_core_sources_are_there_and_were_read(key: str) -> None:
    """What scenarios lean on most can be cited."""
    assert skills.source(key).checked == "read"


def test_every_source_cited_in_an_exercise_is_known() -> None:
    """A key that a scenario, drill or example cites leads to a citation."""
    cited = {
        key.strip()
        for path in (ROOT / "exercises").glob("*/*.yaml")
        for keys in re.findall(r"^\s*source: \[([^\]]*)\]", path.read_text(encoding="utf-8"), re.MULTILINE)
        for key in keys.split(",")
        if key.strip()
    }

    assert cited <= set(skills.sources())


@pytest.mark.parametrize(
    ("look_up", "wrong", "offered"),
    [
        (skills.component, "bonds", "'bond'"),
        (skills.strategy, "comunication", "'communication'"),
        (skills.part, "validate", "'validating'"),
        (skills.microskill, "open-question", "'open_question'"),
        (skills.source, "miciak2019x", "'miciak2019'"),
        (skills.parts_of, "trusting", "'trust'"),
        (skills.parts_feeding, "task", "'tasks'"),
        (skills.parts_shown_by, "repairs", "'repair'"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_an_unknown_id_is_answered_with_the_closest(look_up: object, wrong: str, offered: str) -> None:
    """The message names what was asked for and offers what may be meant; it can be caught as a LookupError."""
    assert callable(look_up)
    with pytest.raises(UnknownSkillError, match=offered) as caught:
        look_up(wrong)

    assert repr(wrong) in str(caught.value)
    assert isinstance(caught.value, LookupError)
    assert isinstance(caught.value, AllianceKitError)


def test_a_far_off_id_is_answered_with_the_list() -> None:
    """Where nothing is close, all ids are named."""
    with pytest.raises(UnknownSkillError, match="Known: bond, tasks, goals"):
        skills.component("xyz")


def test_ids_are_kebab_case() -> None:
    """Ids of strategies and parts may stand in file names and links."""
    assert all(KEBAB.fullmatch(it.id) for it in (*skills.components(), *skills.strategies(), *skills.parts()))
    assert len({part.id for part in skills.parts()}) == len(skills.parts())


def test_importing_reads_nothing() -> None:
    """The table is read when it is asked for."""
    code = "from alliance_kit import library, skills; assert library.csv_rows.cache_info().currsize == 0"

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
