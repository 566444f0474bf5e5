// A talk with a simulated patient.

const MOVES_ON = new Set(["begin", "say", "retry", "show"]);

function drawTalk(frame, view, after) {
  if (view.phase === "intro") return frame.draw(talkIntro(frame, view));
  const { log, head, turn } = talkParts(frame, view);
  head.querySelector(".al-place").textContent = place(view);
  grow(frame, view, log);
  // What is chosen or opened stays so as long as the talk has not moved on.
  const stage = `${view.phase} ${view.turn}`;
  if (turn.dataset.stage !== stage) turn.replaceChildren(...(view.phase === "over" ? debriefParts(frame, view) : [replyForm(frame, view)]));
  turn.dataset.stage = stage;
  frame.form = turn.querySelector("form");
  // Not yet on the page when it is drawn for the first time: it has no height then.
  showNow(log);
  requestAnimationFrame(() => showNow(log));
  if (MOVES_ON.has(after)) log.querySelector(".al-now").setAttribute("data-focus", "");
}

/** The lasting parts of a talk; made anew only for another run. */
function talkParts(frame, view) {
  const part = (name) => frame.body.querySelector(name);
  if (part(".al-log")?.dataset.run !== runKey(view)) {
    const label = `The talk with ${view.patient.called}`;
    frame.draw(
      talkHead(view),
      h("div", { class: "al-log", role: "log", "aria-label": label, tabindex: "0", "data-run": runKey(view) }),
      h("div", { class: "al-turn" }));
  }
  return { head: part(".al-head"), log: part(".al-log"), turn: part(".al-turn") };
}

/** Add what is new. What was there stays as it is, so that a screen reader reads nothing twice. */
function grow(frame, view, log) {
  const { called } = view.patient;
  const shown = log.querySelectorAll("[data-turn]").length;
  const open = (line) => {
    if (!log.querySelector(".al-now")) log.append(h("div", { class: "al-exchange" }, bubble("patient", called, line, { class: "al-now", tabindex: "-1" })));
  };
  for (const turn of view.log.slice(shown)) {
    for (const why of log.querySelectorAll(".al-why[open]")) why.open = false;
    open(turn.line);
    answer(frame, view, log, turn);
  }
  open(view.line);
}

/** The patient's line that was on turn is answered: put the answer below it. */
function answer(frame, view, log, turn) {
  const now = log.querySelector(".al-now");
  now.classList.remove("al-now");
  now.removeAttribute("tabindex");
  now.parentElement.dataset.turn = turn.turn;
  now.parentElement.append(...reaction(frame, view, turn));
}

/** The patient's new line whole in view; above it as much of the last exchange as there is room for. */
function showNow(log) {
  const now = log.querySelector(".al-now");
  log.scrollTop = now.offsetHeight > log.clientHeight ? now.offsetTop - 12 : log.scrollHeight;
}

const place = (view) => (view.phase === "over" ? `finished · ${plural(view.turn, "turn")}` : `turn ${view.turn + 1} of about ${view.about}`);

const runKey = (view) => view.runs.find((run) => run.shown)?.run ?? "";

function talkHead(view) {
  const { called, in_short: short, chart } = view.patient;
  return h("header", { class: "al-head" },
    h("div", { class: "al-headline" },
      h("p", { class: "al-title" }, view.title),
      h("p", { class: "al-muted al-place" }, place(view))),
    details("What you know", { class: "al-chart" }, h("p", {}, short), h("ul", {}, chart.map((fact) => h("li", {}, fact)))),
    view.older ? h("p", { class: "al-muted" }, `This talk goes on in the version that you began it in. The next one with ${called} will be the newer version.`) : null);
}

function talkIntro(frame, view) {
  const { name, called, in_short: short, chart } = view.patient;
  return [
    h("header", { class: "al-head" },
      h("div", { class: "al-headline" }, h("p", { class: "al-title" }, view.title),
        h("p", { class: "al-muted al-place" }, `about ${view.minutes} minutes · level ${view.level} of 3`)),
      h("p", {}, short), h("p", { class: "al-muted" }, view.setting)),
    view.warning ? h("p", { class: "al-warning" }, view.warning) : null,
    h("div", { class: "al-card" }, h("p", { class: "al-label" }, `What you know about ${called}`), h("ul", {}, chart.map((fact) => h("li", {}, fact)))),
    h("p", {}, `You are the therapist. Choose what to say or do; ${called} answers to it. There are several good ways through, and you can go back and try another.`),
    h("p", { class: "al-muted" }, view.reviewed ? `${name} is invented.` : `${name} is invented. This talk has not been reviewed by a clinician yet.`),
    h("div", { class: "al-actions" }, primary(`Meet ${called}`, () => frame.ask({ do: "begin" }), { "data-alliance-id": "begin" })),
  ];
}

function bubble(who, name, text, attrs = {}, act = null) {
  const said = Array.isArray(text) ? h("p", {}, text) : paragraphs(text);
  return h("div", { ...attrs, class: `al-bubble al-${who} ${attrs.class ?? ""}${act ? " al-act" : ""}` },
    h("p", { class: "al-who" }, name, act ? h("span", { class: "al-muted" }, ` · ${ACTS[act]}`) : null), said);
}

function reaction(frame, view, turn) {
  const { pronoun } = view.patient;
  const { finding } = turn;
  const words = asUnits(turn.say, finding.spans).map(({ start, end }) => turn.say.slice(start, end)).join(" … ");
  return [
    bubble("you", "You", turn.say, {}, turn.act),
    h("div", { class: "al-heard" },
      h("p", { class: "al-muted al-how" }, h("span", { "aria-hidden": "true" }, "◑ "), `One way ${PRONOUNS[pronoun][0]} may have heard it`),
      h("p", {}, `“${turn.heard}”`),
      details(finding.try_instead ? "Why, and a line to try" : "Why", { class: "al-why" },
        h("p", {}, words ? [h("mark", {}, `“${words}”`), " "] : null, finding.why),
        finding.try_instead ? h("p", {}, h("span", { class: "al-label" }, "A line to try: "), speech(finding.try_instead)) : null,
        quiet("Try another way from here", () => frame.ask({ do: "retry", turn: turn.turn }), { "aria-label": `Try another way from here, turn ${turn.turn + 1}`, "data-alliance-id": `retry-${turn.turn}` }))),
  ];
}

function replyForm(frame, view) {
  const { called, pronoun } = view.patient;
  const acts = view.replies.filter((reply) => reply.act);
  const spoken = view.replies.filter((reply) => !reply.act);
  const [who] = PRONOUNS[pronoun];
  const keys = `Keys 1 to ${view.replies.length} choose, Enter says it.`;
  const form = h("form", { class: "al-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); sayIt(frame, view, form, keys); } },
    h("p", { class: "al-mood" }, h("span", { class: "al-muted" }, `${called} is `),
      view.words.map(({ dimension, words }, i) => [i ? h("span", { "aria-hidden": "true" }, " · ") : null, h("span", { class: `al-word al-${dimension}` }, words)])),
    h("fieldset", { class: "al-replies" }, h("legend", {}, "What do you say?"),
      spoken.map((reply, i) => replyRow(reply, i + 1)),
      acts.length ? h("p", { class: "al-or" }, "or what do you do?") : null,
      acts.map((reply, i) => replyRow(reply, spoken.length + i + 1))),
    view.confidence ? confidenceRow(`How likely is it that ${who} ${pronoun === "they" ? "open" : "opens"} up?`, view.confidence, "confidence") : null,
    h("div", { class: "al-actions" }, h("button", { type: "submit", class: "al-primary", "data-alliance-id": "say" }, "Say it"),
      h("span", { class: "al-muted al-keys" }, keys)));
  form.addEventListener("change", () => {
    const reply = view.replies.find((one) => one.id === chosen(form, "reply"));
    form.querySelector(".al-primary").textContent = reply?.act ? "Do it" : "Say it";
  });
  return form;
}

function replyRow(reply, key) {
  return h("label", { class: "al-reply" },
    h("input", { type: "radio", name: "reply", value: reply.id, "data-key": String(key), "data-alliance-id": `reply-${key}` }),
    h("span", {}, speech(reply.say)), h("kbd", { "aria-hidden": "true" }, String(key)));
}

function sayIt(frame, view, form, keys) {
  const reply = chosen(form, "reply");
  if (!reply) return frame.trouble(`Choose what to say or do first. ${keys}`);
  const confidence = chosen(form, "confidence");
  frame.ask({ do: "say", turn: view.turn, reply, confidence: confidence === null ? null : Number(confidence) });
}
