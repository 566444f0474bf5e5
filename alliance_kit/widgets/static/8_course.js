// What belongs to the course and not to one exercise: the greeting, the way so far, handing in.

function drawWelcome(frame, view, after) {
  const go = () => frame.ask({ do: "name", name: frame.take("name") }, ["name"]);
  frame.draw([
    view.name ? h("p", { class: "al-greeting", tabindex: "-1", "data-focus": after === "name" ? "" : null }, `Good to see you, ${view.name}.`) : null,
    view.notices.map((notice) => h("p", { class: "al-warning" }, notice)),
    view.copies.map((copy) => h("div", { class: "al-actions" }, button(`Bring in ${copy}`, () => frame.ask({ do: "bring", copy }), { "data-alliance-id": `bring-${copy}` }))),
    view.next ? h("p", {}, h("span", { class: "al-label" }, "Next: "), view.next) : null,
    h("form", { class: "al-form", onsubmit: (event) => { event.preventDefault(); go(); } },
      frame.field("name", view.name ? "Another name" : "What would you like to be called?", view.draft, { single: true }),
      h("div", { class: "al-actions" }, h("button", { type: "submit", class: view.name ? "al-quiet" : "al-primary", "data-alliance-id": "name" }, view.name ? "Change" : "That’s me"),
        h("span", { class: "al-muted" }, "Any name will do. It stays on this computer."))),
  ]);
}

const STANDING = { done: ["●", "done"], begun: ["◐", "begun"], none: ["○", "not begun"] };

function drawProgress(frame, view) {
  frame.draw([
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title)),
    view.units.map((unit) => h("div", { class: "al-unit" },
      h("p", { class: "al-label" }, unit.title, h("span", { class: "al-muted" }, ` · about ${unit.minutes} minutes`)),
      h("ul", { class: "al-standing" }, unit.exercises.map((exercise) => h("li", {}, h("span", { class: `al-level al-${exercise.standing}` },
        h("span", { "aria-hidden": "true" }, STANDING[exercise.standing][0]), " ", STANDING[exercise.standing][1]), " ", exercise.title, exercise.detail ? h("span", { class: "al-muted" }, ` · ${exercise.detail}`) : null))))),
    view.again.length ? h("section", { class: "al-card" }, h("p", { class: "al-label" }, "Worth another look"), h("ul", {}, view.again.map((line) => h("li", {}, line)))) : null,
    view.next ? h("p", { class: "al-next" }, h("span", { class: "al-label" }, "Next: "), view.next) : h("p", { class: "al-next" }, "You have been through all of it. Coming back to a talk after a few days does more than doing it twice today."),
    h("div", { class: "al-actions" }, quiet("Look again", () => frame.ask({ do: "look" }), { "data-alliance-id": "look" })),
  ]);
}

function drawHandIn(frame, view, after) {
  const steps = { choose: handInChoose, check: handInCheck, made: handInMade };
  frame.draw([
    h("header", { class: "al-head" }, h("p", { class: "al-title" }, view.title)),
    ...steps[view.phase](frame, view),
  ]);
  if (["check", "back", "make", "new"].includes(after)) frame.body.querySelector(".al-head").setAttribute("data-focus", "");
  frame.body.querySelector(".al-head").setAttribute("tabindex", "-1");
}

function handInChoose(frame, view) {
  if (!view.offers.length) return [h("p", {}, "There is nothing to hand in yet. Finished talks, drills and goals will be listed here.")];
  return [
    h("p", {}, "Tick what goes into the file. You will see the whole page before anything is made."),
    h("fieldset", { class: "al-offers" }, h("legend", { class: "al-hidden" }, "What goes in"), view.offers.map((offer) => h("label", { class: "al-offer" },
      h("input", { type: "checkbox", checked: offer.ticked, "data-alliance-id": `tick-${offer.id}`, onchange: (event) => frame.ask({ do: "tick", id: offer.id, on: event.target.checked }) }),
      h("span", {}, offer.title, offer.detail ? h("span", { class: "al-muted" }, ` · ${offer.detail}`) : null, offer.private ? h("span", { class: "al-tag" }, "private unless ticked") : null)))),
    frame.field("name", "Name on the hand-in (your instructor sees it)", view.draft, { single: true }),
    h("div", { class: "al-actions" }, primary("See the page", () => frame.ask({ do: "check", name: frame.take("name") }), { "data-alliance-id": "check" })),
  ];
}

function handInCheck(frame, view) {
  const found = view.identifiers;
  return [
    h("p", {}, "This is all your instructor will see. Read it once."),
    found.length ? h("fieldset", { class: "al-card" }, h("legend", { class: "al-label" }, "Could this point to a real person?"),
      h("p", { class: "al-muted" }, "These words may name or describe somebody. Tick to replace them in the file; your journal stays as it is."),
      found.map((one) => h("label", { class: "al-offer" },
        h("input", { type: "checkbox", checked: one.replaced, "data-alliance-id": `replace-${one.id}`, onchange: (event) => frame.ask({ do: "replace", id: one.id, on: event.target.checked }) }),
        h("span", {}, `“${one.text}” → ${one.replacement} `, h("span", { class: "al-muted" }, one.why))))) : h("p", { class: "al-muted" }, "No names, dates or numbers were found that look like a real person’s. This check misses things: your own eye decides."),
    h("ul", { class: "al-muted" }, view.questions.map((question) => h("li", {}, question))),
    h("div", { class: "al-card al-page" }, view.page.map((section) => h("section", {}, h("h3", {}, section.title), section.detail ? h("p", { class: "al-muted" }, section.detail) : null,
      section.parts.map((part) => [part.title ? h("p", { class: "al-label" }, part.title) : null,
        part.lines.map((line) => h("p", { class: `al-own al-by-${line.who}` }, line.label ? h("span", { class: "al-label" }, `${line.label}: `) : null, line.text))])))),
    h("div", { class: "al-actions" }, primary("Make the file", () => frame.ask({ do: "make" }), { "data-alliance-id": "make" }), quiet("Back", () => frame.ask({ do: "back" }), { "data-alliance-id": "back" })),
  ];
}

function handInMade(frame, view) {
  return [
    h("p", { class: "al-next" }, "Your hand-in is ready. Nothing has been sent: give the file to your instructor or upload it."),
    h("p", {}, h("span", { class: "al-label" }, "File: "), h("code", {}, view.file)),
    h("p", { class: "al-muted" }, `In the folder ${view.folder}`),
    h("div", { class: "al-actions" }, primary("Save a copy to Downloads", () => frame.ask({ do: "download" }), { "data-alliance-id": "download" }), quiet("Make another", () => frame.ask({ do: "new" }), { "data-alliance-id": "new" })),
  ];
}
