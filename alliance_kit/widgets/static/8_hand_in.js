// Handing in: tick what goes in, see the page as the instructor will see it, make the file.

function drawHandIn(frame, view) {
  const steps = { choose: handInChoose, check: handInCheck, made: handInMade };
  const read = frame.body.querySelector(".al-page")?.scrollTop ?? 0;
  const before = frame.body.dataset.phase;
  const moved = before !== undefined && before !== view.phase;
  frame.body.dataset.phase = view.phase;
  frame.draw(
    h("header", { class: "al-head", tabindex: "-1", "data-focus": moved ? "" : null }, h("p", { class: "al-title" }, view.title)),
    steps[view.phase](frame, view));
  const page = frame.body.querySelector(".al-page");
  if (page && !moved) page.scrollTop = read; // a tick must not lose the place in the page
}

function handInChoose(frame, view) {
  if (!view.offers.length) return h("p", {}, "There is nothing to hand in yet. Finished talks, drills and goals will be listed here.");
  const go = () => frame.ask({ do: "check", name: frame.words.take("name") });
  const [requests, work] = [true, false].map((asked) => view.offers.filter((offer) => offer.request === asked));
  return h("form", { class: "al-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); go(); } },
    h("p", {}, "Tick what goes into the file. You will see the whole page before anything is made."),
    h("fieldset", { class: "al-offers" }, h("legend", { class: "al-hidden" }, "What goes in"), work.map((offer) => offerRow(frame, offer))),
    requests.map((offer) => requestCard(frame, offer)),
    frame.words.field("name", "Name on the hand-in (your instructor sees it)", view.draft, { single: true, longest: LONGEST_NAME }),
    h("div", { class: "al-actions" }, h("button", { type: "submit", class: "al-primary", "data-alliance-id": "check" }, "See the page")));
}

function offerRow(frame, { id, title, detail, ticked, private: own }, note = null) {
  return h("label", { class: "al-offer" },
    tick(ticked, `tick-${id}`, (on) => frame.ask({ do: "tick", id, on }), note),
    h("span", {}, title, detail ? h("span", { class: "al-muted" }, ` · ${detail}`) : null, own ? [" ", h("span", { class: "al-tag" }, "private unless ticked")] : null));
}

function requestCard(frame, offer) {
  // Several pages can be open in one window, and each brings a copy of this code: ids are counted as for the fields.
  window.allianceFields = (window.allianceFields ?? 0) + 1;
  const [title, note] = ["A request to your instructor, if you want", `al-request-${window.allianceFields}`];
  return h("fieldset", { class: "al-card al-request" }, h("legend", { class: "al-hidden" }, title),
    h("p", { class: "al-label", "aria-hidden": "true" }, title),
    offerRow(frame, offer, note),
    h("p", { class: "al-muted", id: note }, "This is no exercise and counts for nothing. Your instructor sees it on your page and, by your code, on a list of those who asked. Put your name below, so that it is clear who asks. It may be days until the file is read: if it cannot wait, call or go to somebody today."));
}

const tick = (checked, name, change, note = null) => h("input", { type: "checkbox", checked, "data-alliance-id": name, "aria-describedby": note, onchange: (event) => change(event.target.checked) });

function handInCheck(frame, view) {
  return [
    h("p", {}, "This is all your instructor will see. Read it once."),
    view.identifiers.length ? identifiers(frame, view.identifiers)
      : h("p", { class: "al-muted" }, "No names, dates or numbers were found that look like a real person’s. This check misses things: your own eye decides."),
    h("ul", { class: "al-muted" }, view.questions.map((question) => h("li", {}, question))),
    h("div", { class: "al-card al-page", role: "region", "aria-label": "The page as your instructor will see it", tabindex: "0" }, view.page.map(pageSection)),
    h("div", { class: "al-actions" },
      primary("Make the file", () => frame.ask({ do: "make" }), { "data-alliance-id": "make" }),
      quiet("Back", () => frame.ask({ do: "back" }), { "data-alliance-id": "back" })),
  ];
}

function identifiers(frame, found) {
  return h("fieldset", { class: "al-card al-found" }, h("legend", { class: "al-hidden" }, "Could this point to a real person?"),
    h("p", { class: "al-label", "aria-hidden": "true" }, "Could this point to a real person?"),
    h("p", { class: "al-muted" }, "These words may name or describe somebody. Tick to replace them in the file; your journal stays as it is."),
    h("div", { class: "al-found-list" }, found.map(({ id, text, replacement, why, replaced }) => h("label", { class: "al-offer" },
      tick(replaced, `replace-${id}`, (on) => frame.ask({ do: "replace", id, on })),
      h("span", {}, `“${text}” → ${replacement} `, h("span", { class: "al-muted" }, why))))));
}

function pageSection({ title, detail, parts }) {
  return h("section", {}, h("h3", {}, title), detail ? h("p", { class: "al-muted" }, detail) : null,
    parts.map((part) => [
      part.title ? h("p", { class: "al-label" }, part.title) : null,
      part.lines.map(({ who, label, text }) => h("p", { class: `al-own al-by-${who}` }, label ? h("span", { class: "al-label" }, `${label}: `) : null, text)),
    ]));
}

function handInMade(frame, view) {
  return [
    h("p", {}, "Your hand-in is ready. Nothing has been sent: give the file to your instructor or upload it."),
    view.asks ? h("p", {}, "It asks your instructor to get in touch. That is seen only once you hand the file in and it is read.") : null,
    h("p", {}, h("span", { class: "al-label" }, "File: "), h("code", {}, view.file)),
    h("p", { class: "al-muted" }, `In the folder ${view.folder}`),
    h("div", { class: "al-actions" },
      primary("Save a copy to Downloads", () => frame.ask({ do: "download" }), { "data-alliance-id": "download" }),
      quiet("Make another", () => frame.ask({ do: "new" }), { "data-alliance-id": "new" })),
  ];
}
