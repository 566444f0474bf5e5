// A talk with a simulated patient.

function drawTalk(frame, view, after) {
  if (view.phase === "intro") return frame.draw(talkIntro(frame, view));
  const patient = view.patient.called;
  let log = frame.body.querySelector(".al-log");
  if (!log || log.dataset.run !== runKey(view)) {
    log = h("div", { class: "al-log", role: "log", "aria-label": `The talk with ${patient}`, tabindex: "0", "data-run": runKey(view) });
    frame.draw(talkHead(view), log, h("div", { class: "al-turn" }));
  }
  frame.body.querySelector(".al-head").replaceWith(talkHead(view));
  // The log only ever grows, so that a screen reader reads what is new and nothing twice.
  const shown = log.querySelectorAll("[data-turn]").length;
  if (shown <= view.log.length) {
    for (const turn of view.log.slice(shown)) {
      log.querySelector(".al-now")?.remove();
      log.append(exchange(frame, view, turn));
    }
  }
  if (!log.querySelector(".al-now")) log.append(bubble("patient", patient, view.line, { class: "al-now", tabindex: "-1" }));
  frame.body.querySelector(".al-turn").replaceChildren(...(view.phase === "over" ? debriefParts(frame, view) : [replyForm(frame, view)]));
  requestAnimationFrame(() => {
    // The patient's new line is always whole in view; above it as much of the last exchange as there is room for.
    const now = log.querySelector(".al-now");
    log.scrollTop = now.offsetHeight > log.clientHeight ? now.offsetTop - 4 : log.scrollHeight;
  });
  if (after === "say" || after === "begin" || after === "retry" || after === "show") {
    log.querySelector(".al-now").setAttribute("data-focus", "");
  }
}

const runKey = (view) => view.runs.find((run) => run.shown)?.run ?? "";

function talkHead(view) {
  const { called, in_short: short, chart } = view.patient;
  return h("header", { class: "al-head" },
    h("div", { class: "al-headline" },
      h("p", { class: "al-title" }, view.title),
      h("p", { class: "al-muted al-place" }, view.phase === "over" ? `finished · ${plural(view.turn, "turn")}` : `turn ${view.turn + 1} of about ${view.about}`)),
    details("What you know", { class: "al-chart" }, h("p", {}, short), h("ul", {}, chart.map((fact) => h("li", {}, fact)))),
    view.older ? h("p", { class: "al-muted" }, `This talk goes on in the version that you began it in. The next one with ${called} will be the newer version.`) : null);
}

function talkIntro(frame, view) {
  const { name, called, in_short: short, chart } = view.patient;
  return [
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title),
      h("p", {}, short), h("p", { class: "al-muted" }, `${view.setting} · about ${view.minutes} minutes · level ${view.level} of 3`)),
    view.warning ? h("p", { class: "al-warning" }, view.warning) : null,
    h("div", { class: "al-card" }, h("p", { class: "al-label" }, `What you know about ${called}`), h("ul", {}, chart.map((fact) => h("li", {}, fact)))),
    h("p", {}, `You are the therapist. Choose what to say or do; ${called} answers to it. There are several good ways through, and you can go back and try another.`),
    h("p", { class: "al-muted" }, view.reviewed ? `${name} is invented.` : `${name} is invented. This talk has not been reviewed by a clinician yet.`),
    h("div", { class: "al-actions" }, primary(`Meet ${called}`, () => frame.ask({ do: "begin" }), { "data-alliance-id": "begin" })),
  ];
}

function bubble(who, name, text, attrs = {}, act = null) {
  const speech = Array.isArray(text) ? h("p", {}, text) : paragraphs(text);
  return h("div", { ...attrs, class: `al-bubble al-${who} ${attrs.class ?? ""}${act ? " al-act" : ""}` },
    h("p", { class: "al-who" }, name, act ? h("span", { class: "al-muted" }, ` · ${ACTS[act]}`) : null), speech);
}

function exchange(frame, view, turn) {
  const { pronoun, called } = view.patient;
  const finding = turn.finding;
  const words = finding.spans.length ? finding.spans.map((s) => asUnits(turn.say, [s])[0]).map(({ start, end }) => turn.say.slice(start, end)).join(" … ") : "";
  return h("div", { class: "al-exchange", "data-turn": turn.turn },
    bubble("patient", called, turn.line),
    bubble("you", "You", turn.say, {}, turn.act),
    h("div", { class: "al-heard" },
      h("p", {}, h("span", { "aria-hidden": "true" }, "◑ "), h("span", { class: "al-muted" }, `One way ${PRONOUNS[pronoun][0]} may have heard it: `), `“${turn.heard}”`),
      details("Why, and a line to try", { class: "al-why" },
        h("p", {}, words ? [h("mark", {}, `“${words}”`), " "] : null, finding.why),
        finding.try_instead ? h("p", {}, h("span", { class: "al-label" }, "A line to try: "), finding.try_instead) : null,
        quiet("Try another way from here", () => frame.ask({ do: "retry", turn: turn.turn }), { "data-alliance-id": `retry-${turn.turn}` }))));
}

function replyForm(frame, view) {
  const { called, pronoun } = view.patient;
  const spoken = view.replies.filter((reply) => !reply.act);
  const acts = view.replies.filter((reply) => reply.act);
  let key = 0;
  const row = (reply) => {
    key += 1;
    return h("label", { class: "al-reply" },
      h("input", { type: "radio", name: "reply", value: reply.id, "data-key": String(key), "data-alliance-id": `reply-${key}` }),
      h("span", {}, speech(reply.say)), h("kbd", { "aria-hidden": "true" }, String(key)));
  };
  const go = () => {
    const reply = chosen(form, "reply");
    if (!reply) { frame.trouble("Choose what to say or do first. Keys 1 to 5 choose, Enter says it."); return; }
    const confidence = chosen(form, "confidence");
    frame.ask({ do: "say", turn: view.turn, reply, confidence: confidence === null ? null : Number(confidence) });
  };
  const form = h("form", { class: "al-form", onsubmit: (event) => { event.preventDefault(); go(); } },
    h("p", { class: "al-mood" }, h("span", { class: "al-muted" }, `${called} is `),
      view.words.map(({ dimension, words }, i) => [i ? h("span", { "aria-hidden": "true" }, " · ") : null, h("span", { class: `al-word al-${dimension}` }, words)])),
    h("fieldset", { class: "al-replies" }, h("legend", {}, "What do you say?"), spoken.map(row),
      acts.length ? [h("p", { class: "al-or" }, "or what do you do?"), acts.map(row)] : null),
    view.confidence ? confidenceRow(`How likely is it that ${PRONOUNS[pronoun][0]} ${pronoun === "they" ? "open" : "opens"} up?`, view.confidence, "confidence") : null,
    h("div", { class: "al-actions" }, h("button", { type: "submit", class: "al-primary", "data-alliance-id": "say" }, "Say it"),
      h("span", { class: "al-muted al-keys" }, "Keys 1 to 5 choose, Enter says it.")));
  form.addEventListener("change", () => {
    const reply = view.replies.find((r) => r.id === chosen(form, "reply"));
    form.querySelector(".al-primary").textContent = reply?.act ? "Do it" : "Say it";
  });
  frame.form = form;
  return form;
}
