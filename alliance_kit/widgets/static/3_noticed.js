// What was noticed in typed words: how they may have been heard, what was read in them, and a way to disagree.

/** Only the last words can be taken back; what was disagreed with says so. */
function tidy(frame, view, log) {
  const last = view.phase === "over" ? null : log.querySelector(`[data-turn="${view.turn - 1}"]`);
  for (const back of log.querySelectorAll(".al-take-back")) if (!last?.contains(back)) back.remove();
  const kept = new Set((view.debrief?.transcript ?? view.log).flatMap(({ turn, findings = [] }) => findings.filter((f) => f.disagreed).map((f) => `${turn} ${f.rule}`)));
  for (const open of frame.body.querySelectorAll(".al-disagree")) if (kept.has(open.dataset.finding)) settled(open);
}

/** What was disagreed with, in the place where it was said; the focus stays there. */
function settled(open) {
  const told = h("p", { class: "al-muted", tabindex: "-1" }, KEPT_DISAGREEMENT);
  const here = open.contains(document.activeElement);
  open.replaceWith(told);
  if (here) told.focus({ preventScroll: true });
}

function typedNote(frame, view, turn) {
  const { called } = view.patient;
  const read = turn.findings.filter((finding) => finding.name);
  const more = turn.findings.filter((finding) => !finding.name);
  return h("div", { class: "al-heard" },
    turn.heard ? heardLine(view, turn) : h("p", { class: "al-muted" }, turn.finding.why),
    details(read.length ? `Why, and what was noticed (${read.length})` : "Why, and a line to try", { class: "al-why" },
      turn.heard ? more.map((finding) => h("p", {}, finding.why)) : null,
      read.length ? h("ul", { class: "al-findings" }, read.map((finding) => noticed(frame, view, turn, finding))) : null,
      lineToTry(turn),
      retryFrom(frame, turn)),
    turn.take_back ? h("p", { class: "al-take-back" }, quiet("Not what I meant", () => frame.ask({ do: "take_back", turn: turn.turn }), { "data-press": "n", "data-alliance-id": "take-back", "aria-label": `Not what I meant: take it back, ${called} has heard nothing` }), " ", h("kbd", { "aria-hidden": "true" }, "n")) : null);
}

function lineToTry(turn) {
  const line = turn.findings.map((finding) => finding.try_instead).find(Boolean);
  return line ? h("p", {}, h("span", { class: "al-label" }, "A line to try: "), speech(line)) : null;
}

const KEPT_DISAGREEMENT = "You disagree; that is kept.";

/** One thing that was read in typed words, with the words, and a way to disagree. */
function noticed(frame, view, turn, finding) {
  const words = quoted(turn.say, finding.spans);
  return h("li", { class: "al-noticed" },
    h("p", {}, level(finding.level), " ", h("span", { class: "al-label" }, finding.name), words ? [": ", h("mark", {}, `“${words}”`)] : null),
    h("p", { class: "al-muted" }, finding.why),
    disagree(frame, turn, finding));
}

function disagree(frame, turn, finding) {
  if (finding.disagreed) return h("p", { class: "al-muted" }, KEPT_DISAGREEMENT);
  const field = `disagree-${turn.turn}-${finding.rule}`;
  const where = `${finding.name}, turn ${turn.turn + 1}`;
  const why = frame.words.field(field, "Why? (a few words; it stays in your journal)", finding.draft ?? "", { rows: 2 });
  // The same finding stands in the log and in the transcript: the words beside this button are meant.
  const keep = () => {
    frame.words.take(field);
    frame.ask({ do: "disagree", turn: turn.turn, rule: finding.rule, reason: why.querySelector("textarea").value }, [field]);
  };
  return details("I disagree", { class: "al-disagree", "data-finding": `${turn.turn} ${finding.rule}` },
    why,
    h("button", { type: "button", "aria-label": `Keep that I disagree: ${where}`, "data-alliance-id": `keep-${field}`, onclick: keep }, "Keep it"));
}
