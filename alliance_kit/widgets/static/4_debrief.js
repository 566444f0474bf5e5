// After the talk: how it ended, three moments, the picture, the transcript, questions.

function debriefParts(frame, view) {
  const d = view.debrief;
  const { called, pronoun } = view.patient;
  const settings = talkSettings(view);
  return [
    h("section", { class: "al-debrief", "aria-label": `${view.title}: looking back` },
      h("h3", {}, "How it ended"),
      h("p", { class: "al-ending" }, d.what),
      d.missed.map((text) => h("p", { class: "al-warning" }, h("strong", {}, "Safety first. "), text)),
      d.rupture_open ? h("p", { class: "al-warning" }, `Something came between you and ${called} and was not mended. That weighs more than a good sentence later.`) : null,
      ratingPart(frame, view),
      h("h3", {}, plural(d.moments.length, "moment to look at again", "moments to look at again")),
      h("ol", { class: "al-moments" }, d.moments.map((moment, i) => momentCard(frame, view, moment, i))),
      h("h3", {}, "How the alliance moved"),
      h("figure", { class: "al-figure" }, picture(d.picture),
        h("figcaption", { class: "al-muted" }, `Bond, goals and tasks over the talk, as this scenario counts them. The numbers above are the moments. ${called} is now ${d.words.map((w) => w.words).join(", ")}.`)),
      details("The same as a table", {}, stateTable(d.table)),
      countsPart(d.counts),
      d.compare ? comparePart(frame, view) : null,
      d.confidence.length ? confidenceList(d, pronoun) : null,
      details("The whole talk, with notes", { class: "al-transcript" }, d.transcript.map((turn) => annotated(frame, view, turn))),
      lookBackPart(frame, view),
      details("More to think about", {}, h("ul", {}, d.questions.map((question) => h("li", {}, question))))),
    runList(frame, view),
    h("h3", {}, "Next time"),
    d.practice ? h("p", {}, `You know ${called} now, so a second talk is worth it. A good day for it: ${d.practice}; today is fine too.`) : null,
    settings,
    h("div", { class: "al-actions" },
      primary(`Talk with ${called} again`, () => frame.ask({ do: "begin", ...chosenSettings(settings) }), { "data-alliance-id": "again" }),
      quiet("Keep the transcript as a file", () => frame.ask({ do: "transcript" }), { "data-alliance-id": "transcript" })),
  ].filter(Boolean);
}

function momentCard(frame, view, moment, i) {
  const { called, pronoun } = view.patient;
  return h("li", { class: "al-card al-moment" },
    h("p", { class: "al-muted" }, `${i + 1} · turn ${moment.turn + 1} · ${moment.named}`),
    h("p", {}, h("span", { class: "al-label" }, `${called}: `), speech(moment.line.split("\n").pop())),
    h("p", {}, h("span", { class: "al-label" }, moment.act ? "You did: " : "You: "), moment.typed ? marked(moment.say, joinedSpans(moment.findings)) : markedSpeech(moment.say, moment.finding.spans)),
    h("p", {}, h("span", { class: "al-label" }, "What happened: "), movedText(moment.moved, called), moment.answer ? [" “", speech(moment.answer.split("\n")[0]), "”"] : null),
    h("p", {}, h("span", { class: "al-label" }, `What ${PRONOUNS[pronoun][0]} did not say: `), speech(moment.inner)),
    moment.else ? h("p", {}, h("span", { class: "al-label" }, moment.else_act ? "What else could have been done: " : "What else could have been said: "), speech(moment.else)) : null,
    quiet("Play from here", () => frame.ask({ do: "retry", turn: moment.turn }), { "aria-label": `Play from here, turn ${moment.turn + 1}`, "data-alliance-id": `from-${moment.turn}` }));
}

function movedText(moved, called) {
  if (!moved.length) return `nothing moved for ${called}.`;
  const one = ({ dimension, units }) => `${dimension} ${units > 0 ? "rose" : "fell"}${Math.abs(units) > 0.5 ? " clearly" : ""}`;
  return `${moved.map(one).join(", ")}.`;
}

function stateTable(rows) {
  const signed = (n) => (n > 0 ? `+${n.toFixed(1)}` : n.toFixed(1).replace("-", "−"));
  return h("table", { class: "al-table" },
    h("thead", {}, h("tr", {}, ["turn", "bond", "goals", "tasks"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.turn === 0 ? "start" : String(row.turn)),
      ["bond", "goals", "tasks"].map((name) => h("td", {}, signed(row[name])))))));
}

function confidenceList(d, pronoun) {
  const [who] = PRONOUNS[pronoun];
  const { sentence, picture: drawn, table } = d.calibration;
  return h("div", {}, h("h3", {}, "What you expected"),
    h("ul", {}, d.confidence.map((c) => h("li", {}, `Turn ${c.turn + 1}: you said ${Math.round(c.said * 100)} %; ${who} ${c.opened_up ? "opened up" : "did not open up"}.`))),
    h("p", {}, sentence),
    drawn ? h("figure", { class: "al-figure" }, picture(drawn), h("figcaption", { class: "al-muted" }, "On the line, you are as right as you are sure. Below it, surer than things turn out.")) : null,
    drawn ? details("The same as a table", {}, plainTable(["sure", "came so", "answers"], table.map((row) => [`${Math.round(row.said * 100)} %`, `${Math.round(row.happened * 100)} %`, String(row.count)]))) : null,
    h("p", { class: "al-muted" }, "Only you see this."));
}

function plainTable(heads, rows) {
  return h("table", { class: "al-table" }, h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell))))));
}

function annotated(frame, view, turn) {
  return h("div", { class: "al-annotated" },
    bubble("patient", view.patient.called, turn.line), h("p", { class: "al-inner" }, h("span", { class: "al-label" }, "Not said: "), speech(turn.inner)),
    turn.typed ? bubble("you", "You, in your own words", [marked(turn.say, joinedSpans(turn.findings))]) : bubble("you", "You", markedSpeech(turn.say, turn.finding.spans), {}, turn.act),
    h("div", { class: "al-note" },
      turn.heard ? h("p", {}, h("span", { class: "al-label" }, "One way to hear it: "), turn.heard) : null,
      turn.typed ? typedNotes(frame, view, turn) : chosenNotes(turn),
      h("p", { class: "al-muted" }, capital(movedText(turn.moved, view.patient.called)))));
}

function chosenNotes({ finding }) {
  return [h("p", {}, finding.why), finding.try_instead ? h("p", {}, h("span", { class: "al-label" }, "A line to try: "), speech(finding.try_instead)) : null];
}

function typedNotes(frame, view, turn) {
  const read = turn.findings.filter((finding) => finding.name);
  return [
    turn.findings.filter((finding) => !finding.name).map((finding) => h("p", {}, finding.why)),
    read.length ? h("ul", { class: "al-findings" }, read.map((finding) => noticed(frame, view, turn, finding))) : null,
    lineToTry(turn),
  ];
}

/** The words of all findings, overlapping ones joined. */
function joinedSpans(findings) {
  const joined = [];
  for (const { start, end } of findings.flatMap((f) => f.spans).sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

const ENDINGS = { open: "open", mid: "half-way", closed: "closed", unsafe: "a safety step was missed" };

function runList(frame, view) {
  if (view.runs.length < 2) return null;
  return details(`Your ${view.runs.length} talks with ${view.patient.called}`, { class: "al-runs" },
    h("ul", {}, view.runs.map((run) => h("li", {}, `${run.attempt}. ${runText(run)} `,
      run.shown ? h("span", { class: "al-muted" }, "(shown)") : [
        quiet("Show", () => frame.ask({ do: "show", run: run.run }), { "aria-label": `Show talk ${run.attempt}`, "data-alliance-id": `run-${run.attempt}` }),
        run.ended ? quiet("Beside this one", () => frame.ask({ do: "compare", run: run.run }), { "aria-label": `Show talk ${run.attempt} beside this one`, "data-alliance-id": `beside-${run.attempt}` }) : null]))));
}

function runText(run) {
  const from = run.from === null ? "" : `from turn ${run.from + 1} on, `;
  const how = [run.level ? `level ${run.level}` : "", run.feedback === "probe" ? "without feedback" : ""].filter(Boolean).join(", ");
  const turns = plural(run.turns, "turn");
  return `${from}${run.ended ? `${turns}, ended: ${ENDINGS[run.ended]}` : `${turns} so far`}${how ? ` (${how})` : ""}`;
}
