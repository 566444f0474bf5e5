// Quiet pages: reflection, self-rating, worked example.

function drawReflection(frame, view) {
  const go = () => {
    const texts = Object.fromEntries(view.prompts.map((p) => [p.id, frame.words.take(p.id)]));
    frame.ask({ do: "write", texts }, view.prompts.map((p) => p.id));
  };
  frame.draw(
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title),
      view.before ? h("p", { class: "al-muted" }, view.before) : null),
    ...view.prompts.map((p) => frame.words.field(p.id, p.ask, p.text, { rows: 4, placeholder: p.starter, others: p.others })),
    h("div", { class: "al-actions" }, primary("Keep it", go, { "data-alliance-id": "keep" }),
      h("span", { class: "al-muted" }, view.prompts.some((p) => p.kept) ? "Kept in your journal. Nobody else sees it unless you tick it when you hand in." : "Stays in your journal. Nothing is graded.")));
}

function drawScale(frame, view) {
  frame.draw(
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title),
      h("p", { class: "al-muted" }, "For you alone: kept in your journal, not a grade, left out of a hand-in unless you tick it. How sure one feels and how one does are two things.")),
    ...view.items.map((item) => h("fieldset", { class: "al-rating" }, h("legend", {}, item.text),
      h("div", { class: "al-scale" },
        Array.from({ length: view.steps }, (_, i) => i + 1).map((value) => h("label", { class: "al-chip" },
          h("input", { type: "radio", name: `rate-${view.id}-${item.id}`, value: String(value), checked: item.value === value, "data-alliance-id": `rate-${item.id}-${value}`,
            onchange: () => frame.ask({ do: "rate", item: item.id, value }) }),
          h("span", {}, String(value)), value === 1 ? h("span", { class: "al-muted" }, view.low) : value === view.steps ? h("span", { class: "al-muted" }, view.high) : null))),
      item.first && item.first !== item.value ? h("p", { class: "al-muted" }, `The first time you chose ${item.first}.`) : null)));
}

function drawExample(frame, view, after) {
  const log = frame.body.querySelector(".al-example") ?? h("div", { class: "al-example", role: "log", "aria-label": "The talk" });
  const shown = log.children.length > view.lines.length ? 0 : log.children.length;
  if (!shown) log.replaceChildren();
  log.append(...view.lines.slice(shown).map(exampleLine));
  const head = h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title), h("p", { class: "al-muted" }, view.setting));
  const rest = [worthNoticing(view), exampleActions(frame, view)].filter(Boolean);
  // The log stays where it is and only grows, so that a screen reader reads what is new and nothing twice.
  if (log.isConnected) {
    while (log.nextSibling) log.nextSibling.remove();
    log.after(...rest);
  } else {
    frame.draw(head, log, rest);
  }
  if (after === "next" || after === "all") log.children[shown]?.setAttribute("data-focus", "");
}

function exampleLine({ who, says, note }) {
  const patient = who === "patient";
  return h("div", { class: "al-example-line", tabindex: "-1" },
    bubble(patient ? "patient" : "you", patient ? "Patient" : "Therapist", says),
    note ? h("div", { class: "al-note" }, h("p", {}, note)) : null);
}

function worthNoticing(view) {
  if (!view.notice.length) return null;
  return h("section", { class: "al-card" }, h("p", { class: "al-label" }, "Worth noticing"), h("ul", {}, view.notice.map((note) => h("li", {}, note))));
}

function exampleActions(frame, view) {
  const begun = view.lines.length > 0;
  const onward = [
    primary(begun ? "Go on" : "Begin", () => frame.ask({ do: "next", seen: view.lines.length }), { "data-alliance-id": "next" }),
    quiet("Show it all", () => frame.ask({ do: "all" }), { "data-alliance-id": "all" }),
  ];
  return h("div", { class: "al-actions" }, view.lines.length < view.total ? onward
    : quiet("From the top", () => frame.ask({ do: "again" }), { "data-alliance-id": "again" }));
}
