// A talk with a simulated patient.

const MOVES_ON = new Set(["begin", "say", "type", "retry", "take_back", "show"]);

function drawTalk(frame, view, after) {
  if (view.phase === "intro") return frame.draw(talkIntro(frame, view));
  const { log, head, turn } = talkParts(frame, view);
  head.querySelector(".al-place").textContent = place(view);
  grow(frame, view, log);
  tidy(frame, view, log);
  // What is chosen or opened stays so as long as the talk has not moved on.
  const stage = stageOf(view);
  if (turn.dataset.stage !== stage) turn.replaceChildren(...turnParts(frame, view));
  turn.dataset.stage = stage;
  frame.form = turn.querySelector("form");
  // Not yet on the page when it is drawn for the first time: it has no height then.
  showNow(log);
  requestAnimationFrame(() => showNow(log));
  // Words of which no turn was made are still in the box, and so is the learner.
  const stays = after === "type" && view.typing?.note;
  if (MOVES_ON.has(after)) (stays ? turn.querySelector("textarea") : log.querySelector(".al-now"))?.setAttribute("data-focus", "");
}

/** What must be the same for the parts below the log to stay as they are. */
function stageOf(view) {
  const { typing, debrief, settings } = view;
  const looking = debrief && [debrief.rating, debrief.compare, debrief.look_back.map(({ kept, others }) => [kept, others]), settings.watch?.lines.length];
  return JSON.stringify([view.phase, view.turn, view.replies?.length, typing && [typing.first, typing.note, typing.others], looking]);
}

function turnParts(frame, view) {
  if (view.phase === "over") return debriefParts(frame, view);
  return view.phase === "paused" ? pausedParts(frame, view) : [turnForm(frame, view)];
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
  if (view.line) open(view.line); // nothing is said while a talk is paused
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
  if (!now) log.scrollTop = log.scrollHeight;
  else log.scrollTop = now.offsetHeight > log.clientHeight ? now.offsetTop - 12 : log.scrollHeight;
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
  const settings = talkSettings(view);
  return [
    h("header", { class: "al-head" },
      h("div", { class: "al-headline" }, h("p", { class: "al-title" }, view.title),
        h("p", { class: "al-muted al-place" }, `about ${view.minutes} minutes · level ${view.level} of 3`)),
      h("p", {}, short), h("p", { class: "al-muted" }, view.setting)),
    view.warning ? h("p", { class: "al-warning" }, view.warning) : null,
    h("div", { class: "al-card" }, h("p", { class: "al-label" }, `What you know about ${called}`), h("ul", {}, chart.map((fact) => h("li", {}, fact)))),
    h("p", {}, view.settings.typing ? `You are the therapist. Choose what to say or do, or say it in your own words; ${called} answers to it. There are several good ways through, and you can go back and try another.`
      : `You are the therapist. Choose what to say or do; ${called} answers to it. There are several good ways through, and you can go back and try another.`),
    view.settings.typing ? h("p", { class: "al-muted" }, `The workbook reads your words by fixed rules, on this computer. It says what it saw and where it is not sure, and ${called} asks back rather than take it amiss.`) : null,
    h("p", { class: "al-muted" }, view.reviewed ? `${name} is invented.` : `${name} is invented. This talk has not been reviewed by a clinician yet.`),
    watchFirst(frame, view),
    settings,
    h("div", { class: "al-actions" }, primary(`Meet ${called}`, () => frame.ask({ do: "begin", ...chosenSettings(settings) }), { "data-alliance-id": "begin" })),
  ];
}

function bubble(who, name, text, attrs = {}, act = null) {
  const said = Array.isArray(text) ? h("p", {}, text) : paragraphs(text);
  return h("div", { ...attrs, class: `al-bubble al-${who} ${attrs.class ?? ""}${act ? " al-act" : ""}` },
    h("p", { class: "al-who" }, name, act ? h("span", { class: "al-muted" }, ` · ${ACTS[act]}`) : null), said);
}

/** What came of a turn: the learner's words, one way to hear them, and on request why. */
function reaction(frame, view, turn) {
  const said = bubble("you", "You", turn.typed ? ownParts(turn.say) : turn.say, {}, turn.act);
  // Feedback may come at the end only; why the talk is paused is said below it.
  if (turn.finding === undefined || turn.how === "paused") return [said];
  return [said, turn.typed ? typedNote(frame, view, turn) : chosenNote(frame, view, turn)];
}

const ownParts = (text) => text.split(/\n+/).map((line, i) => (i ? [h("br"), line] : line)).flat();

function heardLine(view, turn) {
  return [
    h("p", { class: "al-muted al-how" }, h("span", { "aria-hidden": "true" }, "◑ "), `One way ${PRONOUNS[view.patient.pronoun][0]} may have heard it`),
    h("p", {}, `“${turn.heard}”`),
  ];
}

const retryFrom = (frame, turn) => quiet("Try another way from here", () => frame.ask({ do: "retry", turn: turn.turn }), { "aria-label": `Try another way from here, turn ${turn.turn + 1}`, "data-alliance-id": `retry-${turn.turn}` });

function chosenNote(frame, view, turn) {
  const { finding } = turn;
  const words = quoted(turn.say, finding.spans);
  return h("div", { class: "al-heard" },
    heardLine(view, turn),
    details(finding.try_instead ? "Why, and a line to try" : "Why", { class: "al-why" },
      h("p", {}, words ? [h("mark", {}, `“${words}”`), " "] : null, finding.why),
      finding.try_instead ? h("p", {}, h("span", { class: "al-label" }, "A line to try: "), speech(finding.try_instead)) : null,
      retryFrom(frame, turn)));
}

const quoted = (text, spans) => asUnits(text, spans).map(({ start, end }) => text.slice(start, end)).join(" … ");
