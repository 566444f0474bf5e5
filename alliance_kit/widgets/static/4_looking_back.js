// Looking back on a finished talk: how she would rate it, what was done how often, two talks side by side, own words.

/** First how the learner thinks the patient rates the talk, and only then how the workbook computes it. */
function ratingPart(frame, view) {
  const { called } = view.patient;
  const { rating } = view.debrief;
  const title = h("h3", {}, `How would ${called} rate this talk?`);
  const name = { "aria-label": `How ${called} would rate the talk` };
  if (rating.every((row) => row.hers !== null)) return h("section", name, title, ratingTable(view, rating));
  const form = h("form", { class: "al-rate", novalidate: true, onsubmit: (event) => event.preventDefault() },
    rating.map((row) => h("fieldset", { class: "al-rating" }, h("legend", {}, `“${row.says}”`),
      h("div", { class: "al-scale" }, [1, 2, 3, 4, 5].map((value) => h("label", { class: "al-chip" },
        h("input", { type: "radio", name: row.id, value: String(value), checked: row.yours === value, "data-alliance-id": `rating-${row.id}-${value}` }),
        h("span", {}, String(value))))))));
  const show = () => {
    const ratings = Object.fromEntries(rating.map((row) => [row.id, Number(chosen(form, row.id))]).filter(([, value]) => value));
    if (Object.keys(ratings).length < rating.length) return frame.trouble("Give each of the sentences a number first; a guess will do.");
    return frame.ask({ do: "look_back", ratings });
  };
  return h("section", name, title,
    h("p", { class: "al-muted" }, "Say what you think first: 1 = not at all, 5 = very much. Then you see how the workbook computes it."),
    form, h("div", { class: "al-actions" }, button(`See ${called}’s`, show, { "data-alliance-id": "rate" })));
}

function ratingTable(view, rating) {
  const { called } = view.patient;
  const apart = rating.filter((row) => Math.abs(row.yours - row.hers) >= 2);
  return [
    h("div", { class: "al-wide" }, h("table", { class: "al-table al-rated" },
      h("thead", {}, h("tr", {}, [`What ${called} could say`, "You thought", `${called}, computed`].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rating.map((row) => h("tr", {}, h("th", { scope: "row" }, `“${row.says}”`), h("td", {}, `${row.yours} of 5`), h("td", {}, `${row.hers} of 5`)))))),
    h("p", {}, apart.length ? `You and ${called} are furthest apart on “${apart[0].says}” Where in the talk could that come from?` : `You and ${called} see it much alike.`),
    h("p", { class: "al-muted" }, `${called}’s numbers are computed from the three states at the end, by a fixed rule; nobody was asked. How one thinks one did and how it was felt are often two things.`),
  ];
}

function countsPart({ chosen: picked, typed, seen }) {
  const words = [];
  const all = picked.strong + picked.workable + picked.poor;
  if (all) words.push(`Chosen: ${plural(all, "turn")}, of these ${picked.strong} strong, ${picked.workable} workable, ${picked.poor} that closed something.`);
  if (typed.turns) words.push(`In your own words: ${plural(typed.turns, "turn")}; after ${typed.rose} of them the alliance rose, and ${typed.asked_back === 1 ? "once" : `${typed.asked_back} times`} the patient had to ask back.`);
  return h("div", {}, h("h3", {}, "What you did"),
    words.map((sentence) => h("p", {}, sentence)),
    seen.length ? h("div", { class: "al-wide" }, plainTable(["seen in your own words", "clear", "possible"], seen.map((row) => [row.name, String(row.clear), String(row.possible)]))) : null,
    h("p", { class: "al-muted" }, "Counts, not a mark. What the rules cannot see, they cannot count."));
}

// --- two talks side by side --------------------------------------------------------------------------------------------

function comparePart(frame, view) {
  const { first, second, rows } = view.debrief.compare;
  const parted = rows.findIndex((row) => !row.same);
  return h("section", { "aria-label": "Two talks side by side" },
    h("h3", {}, `Talk ${first.attempt} beside talk ${second.attempt}`),
    h("div", { class: "al-two" }, [first, second].map((side) => h("div", { class: "al-card" },
      h("p", { class: "al-label" }, `Talk ${side.attempt}: ${ENDINGS[side.ending]}`), h("p", {}, side.what),
      h("p", { class: "al-muted" }, `${capital(side.words.map((w) => w.words).join(", "))}. ${plural(side.turns, "turn")}, ${side.typed} in your own words.`)))),
    parted < 0 ? h("p", { class: "al-muted" }, "Both went the same way.") : details(`Both talks, turn by turn (they part at turn ${parted + 1})`, { class: "al-beside" },
      rows.map((row) => besideRow(view, row, row.turn === parted))));
}

function besideRow(view, row, parts) {
  const side = (turn) => (turn ? h("div", {}, bubble("patient", view.patient.called, turn.line), bubble("you", turn.typed ? "You, in your own words" : "You", turn.typed ? ownParts(turn.say) : turn.say, {}, turn.act),
    h("p", { class: "al-muted" }, capital(movedText(turn.moved, view.patient.called)))) : h("div", { class: "al-muted" }, "(the talk was over)"));
  if (row.same) return h("div", { class: "al-same" }, h("p", { class: "al-muted" }, `Turn ${row.turn + 1}, the same in both`), side(row.first));
  return h("div", { class: parts ? "al-parted" : "" }, h("p", { class: "al-muted" }, parts ? `Turn ${row.turn + 1}: here they part` : `Turn ${row.turn + 1}`),
    h("div", { class: "al-two" }, side(row.first), side(row.second)));
}

// --- own words about it ------------------------------------------------------------------------------------------------

function lookBackPart(frame, view) {
  const { look_back: steps } = view.debrief;
  const run = view.runs.find((one) => one.shown)?.run ?? "";
  const field = (id) => `${run}-${id}`;
  const keep = () => frame.ask({ do: "look_back", ...Object.fromEntries(steps.map(({ id }) => [id, frame.words.take(field(id))])) }, steps.map(({ id }) => field(id)));
  return h("section", { "aria-label": "Look back in your own words" },
    h("h3", {}, "Look back in your own words"),
    steps.map((step) => frame.words.field(field(step.id), `${step.name}. ${step.ask}`, step.draft, { rows: 2, others: step.others })),
    h("div", { class: "al-actions" }, button("Keep it", keep, { "data-alliance-id": "keep-look-back" }),
      h("span", { class: "al-muted" }, steps.some((step) => step.kept) ? "Kept in your journal. It stays there." : "It stays in your journal; it goes into no hand-in.")));
}
