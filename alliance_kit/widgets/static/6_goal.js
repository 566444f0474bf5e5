// Write a goal, read it back part by part, write it again.

const CRITERIA = {
  specific: ["what, and where", "Is it clear what will be done, and in which circumstances?"],
  measurable: ["how much", "Could two people, checking apart, agree that it was reached?"],
  achievable_context: ["from what, with what help", "Is there enough here to judge whether it can be reached?"],
  relevant: ["what for", "Does it say why it matters in this person’s life?"],
  time_bound: ["by when", "Is it clear when it is due?"],
  patient_centred: ["whose goal", "Does the person act, and is she or he heard?"],
};

function drawGoal(frame, view, after) {
  const latest = view.versions.at(-1);
  const go = () => frame.ask({ do: "write", text: frame.words.take("text") }, ["text"]);
  frame.draw(
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title)),
    h("div", { class: "al-studio" },
      h("div", { class: "al-case" }, goalCase(view)),
      h("div", { class: "al-desk" },
        frame.words.field("text", "The goal, in a sentence or two", view.draft, { rows: 5, others: view.others }),
        h("div", { class: "al-actions" }, primary(latest ? "Read it again" : "Read it back to me", go, { "data-alliance-id": "write" }),
          view.versions.length ? h("span", { class: "al-muted" }, plural(view.versions.length, "version"), " kept") : null),
        latest ? readBack(frame, view, latest, after) : null)),
    view.versions.length > 1 ? firstAndLatest(view) : null,
    samples(frame, view, after));
}

function goalCase(view) {
  const { called, in_short: short } = view.patient;
  return [
    h("p", {}, view.task),
    h("p", { class: "al-muted" }, short),
    h("p", { class: "al-label" }, view.met ? `What ${called} said to you` : `In ${called}’s words`),
    view.wishes.length ? view.wishes.map((wish) => h("blockquote", { class: "al-wish" }, paragraphs(wish)))
      : h("p", { class: "al-muted" }, `In your talk, ${called} did not get to say what this is for. You can go back and ask.`),
    h("p", { class: "al-label" }, "Measured"),
    h("ul", {}, view.baseline.map((fact) => h("li", {}, fact))),
  ];
}

function readBack(frame, view, version, after) {
  const { findings, next_step: nextStep } = version.feedback;
  const six = findings.filter((f) => CRITERIA[f.criterion]);
  const hers = findings.filter((f) => !CRITERIA[f.criterion]);
  const seen = six.flatMap((f) => f.spans);
  return h("section", { class: "al-card al-read", tabindex: "-1", "aria-label": `${view.title}: read back`, "data-focus": after === "write" ? "" : null },
    h("p", { class: "al-goal-text" }, marked(version.text, merged(seen))),
    nextStep ? h("p", { class: "al-next" }, h("span", { class: "al-label" }, "One next step: "), nextStep) : h("p", { class: "al-next" }, "Nothing more to add here. Read it aloud: would the patient sign it?"),
    h("ul", { class: "al-criteria" }, six.map((f) => criterion(version.text, f))),
    hers.map((f) => h("p", { class: "al-hers" }, h("span", { class: "al-label" }, `Is it ${view.patient.called}’s goal? `), level(f.level), " ", f.why, f.level !== "met" && f.try_instead ? ` ${f.try_instead}` : "")),
    view.taken_up ? bothTexts(view, version.text, hers.flatMap((f) => f.spans)) : null);
}

/** The words of the goal and the patient's words that belong together, marked in both. */
function bothTexts(view, goal, spans) {
  const words = asUnits(goal, spans).map(({ start, end }) => `“${goal.slice(start, end)}”`).join(" ");
  return h("div", { class: "al-both" },
    words ? h("p", { class: "al-muted" }, "In your goal: ", words) : null,
    h("blockquote", { class: "al-wish" }, h("p", { class: "al-who" }, view.patient.called), h("p", {}, marked(view.taken_up.said, view.taken_up.spans))));
}

function criterion(text, finding) {
  const [name, question] = CRITERIA[finding.criterion];
  const words = asUnits(text, finding.spans).map(({ start, end }) => text.slice(start, end).trim()).filter(Boolean);
  return h("li", { class: `al-criterion al-slot-${finding.level}` }, h("details", {},
    h("summary", {}, h("span", { class: "al-name" }, name), level(finding.level),
      words.length ? h("span", { class: "al-words" }, words.map((word) => `“${word}”`).join(" ")) : h("span", { class: "al-words al-empty", "aria-hidden": "true" })),
    h("p", { class: "al-muted" }, question), h("p", {}, finding.why)));
}

/** Spans joined where they touch or overlap. */
function merged(spans) {
  const out = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = out.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else out.push({ ...span });
  }
  return out;
}

function firstAndLatest(view) {
  const first = view.versions[0];
  const latest = view.versions.at(-1);
  const count = (version) => version.feedback.findings.filter((f) => CRITERIA[f.criterion] && f.level === "met").length;
  return h("section", { class: "al-versions", "aria-label": `${view.title}: first and latest` },
    h("h3", {}, "First and latest"),
    h("div", { class: "al-two" },
      h("div", { class: "al-card" }, h("p", { class: "al-label" }, `First · ${count(first)} of 6 parts seen`), h("p", {}, first.text)),
      h("div", { class: "al-card" }, h("p", { class: "al-label" }, `Latest · ${count(latest)} of 6 parts seen`), h("p", {}, changed(first.text, latest.text)))),
    h("p", { class: "al-muted" }, "New words are underlined. Parts seen are not a grade: six parts can still miss what matters to a person."));
}

/** The words of the later text, those that the earlier one did not have marked (longest common run of words). */
function changed(before, after) {
  const a = before.split(/\s+/).slice(0, 400);
  const tokens = after.split(/(\s+)/).slice(0, 800);
  const b = tokens.filter((token) => token.trim());
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) rows[i][j] = a[i] === b[j] ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
  const kept = new Set();
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) { kept.add(j); i++; j++; } else if (rows[i + 1][j] >= rows[i][j + 1]) i++; else j++;
  }
  return insertions(tokens, kept);
}

/** Tokens as text and runs of new words, each run marked as one. */
function insertions(tokens, kept) {
  const runs = [];
  let word = -1;
  for (const token of tokens) {
    const space = !token.trim();
    if (!space) word += 1;
    const last = runs.at(-1);
    const isNew = space ? last?.isNew ?? false : !kept.has(word);
    if (last && last.isNew === isNew) last.text += token;
    else runs.push({ isNew, text: token });
  }
  // The space behind a run belongs to no word.
  return runs.flatMap(({ isNew, text }) => (isNew ? [h("ins", {}, text.trimEnd()), text.slice(text.trimEnd().length)] : [text]));
}

function samples(frame, view, after) {
  if (view.samples.length) {
    return h("section", { "aria-label": `${view.title}: sample goals` },
      h("h3", { tabindex: "-1", "data-focus": after === "samples" ? "" : null }, "Two ways to write it"),
      h("div", { class: "al-two" }, view.samples.map((sample) => h("div", { class: "al-card" }, h("p", {}, sample)))),
      h("p", { class: "al-muted" }, "Written for this project, not yet reviewed by a clinician. What does yours have that these do not?"));
  }
  return view.samples_ready
    ? h("div", { class: "al-actions" }, quiet("Compare with two sample goals", () => frame.ask({ do: "samples" }), { "data-alliance-id": "samples" }))
    : h("p", { class: "al-muted" }, `After ${plural(view.samples_after, "version")} of your own you can compare with two sample goals.`);
}
