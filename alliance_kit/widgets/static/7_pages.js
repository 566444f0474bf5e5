// Quiet pages: reflection, self-rating, worked example.

function drawReflection(frame, view, after) {
  const go = () => {
    const texts = Object.fromEntries(view.prompts.map((p) => [p.id, frame.take(p.id)]));
    frame.ask({ do: "write", texts }, view.prompts.map((p) => p.id));
  };
  frame.draw(
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title),
      view.before ? h("p", { class: "al-muted" }, view.before) : null),
    ...view.prompts.map((p) => frame.field(p.id, p.ask, p.text, { rows: 4, placeholder: p.starter, others: p.others })),
    h("div", { class: "al-actions" }, primary("Keep it", go, { "data-alliance-id": "keep" }),
      h("span", { class: "al-muted" }, after === "write" || view.prompts.some((p) => p.kept) ? "Kept in your journal. Nobody else sees it unless you tick it when you hand in." : "Stays in your journal. Nothing is graded.")));
}

function drawScale(frame, view) {
  frame.draw(
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title),
      h("p", { class: "al-muted" }, "For you alone: kept in your journal, not a mark, left out of a hand-in unless you tick it. How sure one feels and how one does are two things.")),
    ...view.items.map((item) => h("fieldset", { class: "al-rating" }, h("legend", {}, item.text),
      h("div", { class: "al-scale" },
        Array.from({ length: view.steps }, (_, i) => i + 1).map((value) => h("label", { class: "al-chip" },
          h("input", { type: "radio", name: `rate-${view.id}-${item.id}`, value: String(value), checked: item.value === value, "data-alliance-id": `rate-${item.id}-${value}`,
            onchange: () => frame.ask({ do: "rate", item: item.id, value }) }),
          h("span", {}, String(value)), value === 1 ? h("span", { class: "al-muted" }, view.low) : value === view.steps ? h("span", { class: "al-muted" }, view.high) : null))),
      item.first && item.first !== item.value ? h("p", { class: "al-muted" }, `The first time you chose ${item.first}.`) : null)));
}

function drawExample(frame, view, after) {
  const more = view.lines.length < view.total;
  frame.draw(
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title), h("p", { class: "al-muted" }, view.setting)),
    h("div", { class: "al-example", role: "log", "aria-label": "The talk" }, view.lines.map((line, i) => h("div", { tabindex: "-1", "data-focus": after === "next" && i === view.lines.length - 1 ? "" : null, class: "al-example-line" },
      bubble(line.who === "patient" ? "patient" : "you", line.who === "patient" ? "Patient" : "Therapist", line.says),
      line.note ? h("div", { class: "al-note" }, h("p", {}, line.note)) : null))),
    view.notice.length ? h("section", { class: "al-card" }, h("p", { class: "al-label" }, "Worth noticing"), h("ul", {}, view.notice.map((note) => h("li", {}, note)))) : "",
    h("div", { class: "al-actions" },
      more ? primary(view.lines.length ? "Go on" : "Begin", () => frame.ask({ do: "next", seen: view.lines.length }), { "data-alliance-id": "next" }) : null,
      more ? quiet("Show it all", () => frame.ask({ do: "all" }), { "data-alliance-id": "all" }) : quiet("From the top", () => frame.ask({ do: "again" }), { "data-alliance-id": "again" })));
}
