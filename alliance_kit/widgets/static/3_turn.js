// The turn at hand: lines to choose from, a box for own words, or both; and how a talk is set up.

const OWN = "own";
/** Keys 6 to 0 stand for how sure somebody is. */
const LAST_KEY = 5;
const SUPPORT = {
  choice: ["Lines to choose from", "and a box for your own words"],
  starter: ["Two beginnings", "you go on from there; the lines come when you ask"],
  free: ["An empty box", "the lines come when you ask"],
};
const TIMING = {
  turn: ["At each turn", "one quiet line, more when you open it"],
  end: ["At the end", "the talk goes on without a break"],
  probe: ["No feedback during the talk", "a test for yourself: nothing is shown before the end, and nothing can be taken back"],
};

// --- how a talk is set up ---------------------------------------------------------------------------------------------

function talkSettings(view) {
  const { levels, level: usual, typing, follows } = view.settings;
  const group = (name, legend, options, first) => h("fieldset", { class: "al-setting" }, h("legend", {}, legend),
    options.map(([value, label, hint]) => h("label", { class: "al-choice" },
      h("input", { type: "radio", name, value: String(value), checked: value === first, "data-alliance-id": `${name}-${value}` }),
      h("span", {}, label, hint ? h("span", { class: "al-muted" }, ` · ${hint}`) : null))));
  return h("form", { class: "al-settings", onsubmit: (event) => event.preventDefault() },
    details("How to play it", {},
      levels.length > 1 ? group("level", "How the day is", levels.map(({ level, differs }) => [level, `Level ${level}`, differs]), usual) : null,
      typing ? group("support", "Help with the words", [["", "Follows your talks so far", `now: ${SUPPORT[follows][0].toLowerCase()}`], ...Object.entries(SUPPORT).map(([value, words]) => [value, ...words])], "") : null,
      group("feedback", "Feedback", Object.entries(TIMING).map(([value, words]) => [value, ...words]), "turn")));
}

function chosenSettings(form) {
  const level = chosen(form, "level");
  return { level: level === null ? null : Number(level), support: chosen(form, "support") ?? "", feedback: chosen(form, "feedback") ?? "turn" };
}

/** A worked example to watch before the first talk. */
function watchFirst(frame, view) {
  const { watch } = view.settings;
  if (!watch) return null;
  const shown = watch.lines.length > 0;
  return h("div", { class: "al-watch" },
    h("p", {}, quiet(shown ? "Put the example away" : `${watch.title}, about ${watch.minutes} minutes`, () => frame.ask({ do: "watch" }), { "data-alliance-id": "watch", "aria-expanded": String(shown) })),
    shown ? h("div", { class: "al-example" }, watch.lines.map(exampleLine)) : null);
}

// --- what to say ------------------------------------------------------------------------------------------------------

function turnForm(frame, view) {
  const { called, pronoun } = view.patient;
  const { typing, replies } = view;
  const [who] = PRONOUNS[pronoun];
  const keys = keyHint(view);
  const form = h("form", { class: "al-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); sayIt(frame, view, form, keys); } },
    view.words.length ? h("p", { class: "al-mood" }, h("span", { class: "al-muted" }, `${called} is `),
      view.words.map(({ dimension, words }, i) => [i ? h("span", { "aria-hidden": "true" }, " · ") : null, h("span", { class: `al-word al-${dimension}` }, words)])) : null,
    typing?.note ? h("p", { class: "al-warning", role: "status" }, typing.note) : null,
    replies.length ? offeredReplies(frame, view) : ownBox(frame, view, { legend: true }),
    view.confidence ? confidenceRow(`How likely is it that ${who} ${pronoun === "they" ? "open" : "opens"} up?`, view.confidence, "confidence") : null,
    h("div", { class: "al-actions" }, h("button", { type: "submit", class: "al-primary", "data-alliance-id": "say" }, "Say it"),
      typing?.lines ? quiet("Show me the lines", () => frame.ask({ do: "lines", turn: view.turn }), { "data-alliance-id": "lines" }) : null,
      h("span", { class: "al-muted al-keys" }, keys)));
  form.addEventListener("change", () => nameAction(view, form));
  form.addEventListener("input", (event) => { if (event.target.matches("textarea")) pickOwn(view, form); });
  return form;
}

function keyHint(view) {
  const count = view.replies.length;
  if (!count) return "Enter says it, Shift and Enter begin a new line.";
  return `Keys 1 to ${view.typing && count < LAST_KEY ? count + 1 : count} choose, Enter says it.`;
}

function nameAction(view, form) {
  const reply = view.replies.find((one) => one.id === chosen(form, "reply"));
  form.querySelector(".al-primary").textContent = reply?.act ? "Do it" : "Say it";
}

/** Whoever types means her own words. */
function pickOwn(view, form) {
  const own = form.querySelector(`input[value="${OWN}"]`);
  if (own && !own.checked) {
    own.checked = true;
    nameAction(view, form);
  }
}

function offeredReplies(frame, view) {
  const acts = view.replies.filter((reply) => reply.act);
  const spoken = view.replies.filter((reply) => !reply.act);
  return h("fieldset", { class: "al-replies" }, h("legend", {}, "What do you say?"),
    spoken.map((reply, i) => replyRow(reply, i + 1)),
    acts.length ? h("p", { class: "al-or" }, "or what do you do?") : null,
    acts.map((reply, i) => replyRow(reply, spoken.length + i + 1)),
    view.typing ? h("p", { class: "al-or" }, "or in your own words") : null,
    view.typing ? ownRow(frame, view) : null);
}

function replyRow(reply, key) {
  return h("label", { class: "al-reply" },
    h("input", { type: "radio", name: "reply", value: reply.id, "data-key": String(key), "data-alliance-id": `reply-${key}` }),
    h("span", {}, speech(reply.say)), h("kbd", { "aria-hidden": "true" }, String(key)));
}

function ownRow(frame, view) {
  const key = view.replies.length + 1;
  return h("div", { class: "al-reply al-own-row" },
    h("input", { type: "radio", name: "reply", value: OWN, "aria-label": "In my own words", "data-key": key <= LAST_KEY ? String(key) : null, "data-alliance-id": "reply-own" }),
    ownBox(frame, view, { legend: false }), key <= LAST_KEY ? h("kbd", { "aria-hidden": "true" }, String(key)) : h("span"));
}

/** The box for own words; Enter says them, as in a chat. */
function ownBox(frame, view, { legend }) {
  const { typing } = view;
  const { called } = view.patient;
  const first = "This time say it in your own words first. The lines come after that if you want them.";
  const label = legend ? "What do you say?" : "Say it in your own words";
  const field = frame.words.field("say", label, typing.draft, { rows: legend ? 3 : 1, others: typing.others, placeholder: `What you would say to ${called}` });
  field.querySelector("textarea").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    pickOwn(view, event.target.form);
    if (!event.repeat) event.target.form.requestSubmit();
  });
  return h("div", { class: "al-own-box" },
    typing.first ? h("p", { class: "al-muted" }, first) : null,
    typing.starters.length ? starters(field, typing.starters) : null,
    field);
}

function starters(field, beginnings) {
  const begin = (text) => {
    const area = field.querySelector("textarea");
    area.value = `${text.replace(/\s*(…|\.\.\.)\s*$/, "")} ${area.value}`;
    area.form.dataset.starter = "true";
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  };
  return h("p", { class: "al-starters" }, h("span", { class: "al-muted" }, "Begin with: "),
    beginnings.map((text, i) => quiet(text, () => begin(text), { "data-alliance-id": `starter-${i}` })));
}

function sayIt(frame, view, form, keys) {
  const typed = Boolean(form.querySelector("textarea")?.value.trim());
  const reply = view.replies.length ? chosen(form, "reply") ?? (typed ? OWN : null) : OWN;
  if (!reply) return frame.trouble(`Choose what to say or do first. ${keys}`);
  const given = chosen(form, "confidence");
  const rest = { turn: view.turn, confidence: given === null ? null : Number(given) };
  if (reply !== OWN) return frame.ask({ do: "say", reply, ...rest });
  const text = frame.words.take("say");
  if (!text.trim() && form.dataset.empty !== "true") {
    form.dataset.empty = "true"; // a second time it is meant: silence is an answer too
    return frame.trouble("Nothing is typed yet. Type what you would say; or press “Say it” once more to stay silent.");
  }
  frame.ask({ do: "type", text, starter: form.dataset.starter === "true", ...rest }, ["say"]);
}

// --- after unkind words -----------------------------------------------------------------------------------------------

function pausedParts(frame, view) {
  return [h("section", { class: "al-card", "aria-label": "The talk is paused" },
    h("p", {}, view.note),
    h("div", { class: "al-actions" },
      primary("Go back to the turn before", () => frame.ask({ do: "retry", turn: view.turn - 1 }), { "data-alliance-id": "back" }),
      quiet("Begin a new talk", () => frame.ask({ do: "begin", level: view.runs.find((run) => run.shown)?.level ?? null, support: view.support, feedback: view.feedback }), { "data-alliance-id": "anew" })))];
}
