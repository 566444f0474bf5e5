// Short items, one at a time.

const DRILLS = { spot: "Spot it", choose: "Choose the better line", rewrite: "Rewrite it" };

function drawDrill(frame, view, after) {
  const { item, answer } = view;
  const go = () => answerItem(frame, view);
  const form = h("form", { class: "al-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); go(); } },
    h("h3", { class: "al-stem", tabindex: "-1", "data-alliance-id": "stem", "data-focus": after === "go" || after === "again" ? "" : null }, item.stem),
    item.patient ? bubble("patient", "Patient", item.patient) : null,
    item.line ? bubble("you", "Therapist", item.line) : null,
    item.kind === "rewrite" ? rewriting(frame, view) : options(view),
    !answer && item.confidence.length ? confidenceRow("How sure are you?", item.confidence, "confidence") : null,
    drillActions(frame, view));
  frame.form = form;
  frame.draw(
    h("header", { class: "al-head" },
      h("div", { class: "al-headline" }, h("p", { class: "al-title" }, view.title), h("p", { class: "al-muted al-place" }, `${view.index + 1} of ${view.items.length} · ${DRILLS[item.kind]}`)),
      steps(frame, view)),
    form);
}

/** The items as small steps: where one is, what is answered; each is a button. */
function steps(frame, view) {
  return h("nav", { class: "al-steps", "aria-label": `Items of ${view.title}` }, view.items.map((item, i) => h("button", {
    type: "button", class: item.answered ? "al-step al-answered" : "al-step", "aria-current": i === view.index ? "step" : null,
    "aria-label": `Item ${i + 1}${item.answered ? ", answered" : ""}`, "data-alliance-id": `step-${i}`,
    onclick: () => frame.ask({ do: "go", index: i }) }, h("span", { "aria-hidden": "true" }, item.answered ? "●" : "○"))));
}

function options({ item, answer }) {
  const rows = item.choices.map((choice, i) => {
    const mine = answer?.value.choice === choice.id;
    if (!answer) {
      return h("label", { class: "al-reply" },
        h("input", { type: "radio", name: "choice", value: choice.id, "data-key": String(i + 1), "data-alliance-id": `choice-${i}` }),
        h("span", {}, speech(choice.text)), h("kbd", { "aria-hidden": "true" }, String(i + 1)));
    }
    return h("div", { class: `al-option${mine ? " al-mine" : ""}${choice.best ? " al-best" : ""}` },
      h("p", {}, markedSpeech(choice.text, spanOf(choice.text, choice.words))),
      h("p", { class: "al-tags" }, mine ? h("span", { class: "al-tag" }, "your choice") : null, choice.best ? h("span", { class: "al-tag al-tag-best" }, "● fits best") : null),
      h("p", { class: "al-feedback" }, choice.feedback));
  });
  return answer
    ? h("div", { class: "al-options", tabindex: "-1", "data-focus": "" }, rows)
    : h("fieldset", { class: "al-replies" }, h("legend", { class: "al-hidden" }, "Options"), rows);
}

function spanOf(text, words) {
  const start = words ? text.indexOf(words) : -1;
  return start < 0 ? [] : [{ start, end: start + words.length }];
}

function rewriting(frame, { item, answer }) {
  const value = item.draft || answer?.value.text || "";
  const parts = [frame.words.field(item.field, "Your line", value, { rows: 3, others: item.others })];
  if (answer) {
    const said = answer.value.text;
    parts.push(h("div", { class: "al-card", tabindex: "-1", "data-focus": "" },
      h("p", { class: "al-own" }, h("span", { class: "al-label" }, "Read: "), marked(said, answer.feedback.findings.flatMap((f) => f.spans))),
      h("ul", { class: "al-findings" }, answer.feedback.findings.map((f) => h("li", {}, level(f.level), " ", f.why))),
      h("p", { class: "al-label" }, "Two ways others might say it"),
      h("ul", {}, item.samples.map((sample) => h("li", {}, speech(sample)))),
      h("p", { class: "al-muted" }, "This reader looks for words; it cannot hear how you would say them. Compare, and judge for yourself.")));
  }
  return h("div", {}, parts);
}

function answerItem(frame, view) {
  const { item, answer } = view;
  if (item.kind === "rewrite") {
    const text = frame.words.take(item.field);
    if (!text.trim()) return frame.trouble("Write your line first.");
    frame.ask({ do: "answer", item: item.id, text, ...sure(frame) }, [item.field]);
  } else if (answer) {
    next(frame, view);
  } else {
    const choice = chosen(frame.body, "choice");
    if (!choice) return frame.trouble("Choose an answer first.");
    frame.ask({ do: "answer", item: item.id, choice, ...sure(frame) });
  }
}

function sure(frame) {
  const value = chosen(frame.body, "confidence");
  return { confidence: value === null ? null : Number(value) };
}

function next(frame, view) {
  const open = view.items.findIndex((item, i) => i > view.index && !item.answered);
  const index = open >= 0 ? open : view.items.findIndex((item) => !item.answered);
  frame.ask({ do: "go", index: index >= 0 ? index : Math.min(view.index + 1, view.items.length - 1) });
}

function drillActions(frame, view) {
  const { item, answer } = view;
  const rewrite = item.kind === "rewrite";
  const submit = (label, kind) => h("button", { type: "submit", class: `al-${kind}`, "data-alliance-id": "check" }, label);
  if (!answer) return h("div", { class: "al-actions" }, submit(rewrite ? "Have it read" : "Choose", "primary"));
  return h("div", { class: "al-actions" },
    view.complete ? null : primary("Next", () => next(frame, view), { "data-alliance-id": "next" }),
    rewrite ? submit("Read it again", "quiet") : null,
    view.complete ? h("p", {}, `All ${view.items.length} done. `, quiet("Go through them again", () => frame.ask({ do: "again" }), { "data-alliance-id": "again" })) : null);
}
