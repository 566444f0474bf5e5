// What belongs to the course and not to one exercise: the greeting, the way so far.

const LONGEST_NAME = 60;

function drawWelcome(frame, view, after) {
  const go = () => frame.ask({ do: "name", name: frame.words.take("name") }, ["name"]);
  frame.draw([
    view.name ? h("p", { class: "al-greeting", dir: "auto", tabindex: "-1", "data-focus": after === "name" ? "" : null }, `Good to see you, ${view.name}.`) : null,
    view.copies.map((copy) => h("div", { class: "al-actions" }, button(`Bring in ${copy}`, () => frame.ask({ do: "bring", copy }), { "data-alliance-id": `bring-${copy}` }))),
    view.next ? h("p", {}, h("span", { class: "al-label" }, "Next: "), view.next) : null,
    h("form", { class: "al-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); go(); } },
      frame.words.field("name", view.name ? "Another name" : "What would you like to be called?", view.draft, { single: true, longest: LONGEST_NAME }),
      h("div", { class: "al-actions" }, h("button", { type: "submit", class: view.name ? "al-quiet" : "al-primary", "data-alliance-id": "name" }, view.name ? "Change" : "That’s me"),
        h("span", { class: "al-muted" }, "Any name will do. It stays on this computer."))),
  ]);
}

const STANDING = { done: ["●", "done"], begun: ["◐", "begun"], none: ["○", "not begun"] };

function drawProgress(frame, view) {
  frame.draw([
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title)),
    view.units.map((unit) => h("div", { class: "al-unit" },
      h("p", { class: "al-label" }, unit.title, h("span", { class: "al-muted al-small" }, ` · about ${unit.minutes} minutes`)),
      h("ul", { class: "al-standing" }, unit.exercises.map(standing)))),
    view.again.length ? h("section", { class: "al-card" }, h("p", { class: "al-label" }, "Worth another look"), h("ul", {}, view.again.map((line) => h("li", {}, line)))) : null,
    view.practice.length ? h("section", { class: "al-card" }, h("p", { class: "al-label" }, "Talk again"), h("ul", {}, view.practice.map((line) => h("li", {}, line)))) : null,
    h("p", { class: "al-next" }, view.next ? [h("span", { class: "al-label" }, "Next: "), view.next]
      : "You have been through all of it. Coming back to a talk after a few days does more than doing it twice today."),
    h("div", { class: "al-actions" }, quiet("Look again", () => frame.ask({ do: "look" }), { "data-alliance-id": "look" })),
  ]);
}

function standing(exercise) {
  const [icon, word] = STANDING[exercise.standing];
  return h("li", {},
    h("span", { class: `al-level al-${exercise.standing}` }, h("span", { "aria-hidden": "true" }, icon), " ", word), " ",
    h("span", {}, exercise.title, exercise.detail ? h("span", { class: "al-muted" }, ` · ${exercise.detail}`) : null));
}
