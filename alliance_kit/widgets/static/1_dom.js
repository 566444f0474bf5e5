// Building blocks. All text goes in as text nodes, so nothing a learner or an author writes can become markup.

const FOCUSABLE = new Set(["a", "button", "input", "select", "summary", "textarea"]);

/** Make an element: attributes, `on…` listeners, children (text, nodes, lists; null is left out). */
function h(tag, attrs = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (name === "checked" || name === "disabled" || name === "open" || name === "value") el[name] = value;
    else el.setAttribute(name, value === true ? "" : value);
  }
  // JupyterLab takes single keys (a, b, x, d d, arrows) away from anything that does not carry this mark.
  if (FOCUSABLE.has(tag) || "tabindex" in attrs) el.dataset.lmSuppressShortcuts = "true";
  el.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

/** What is said, with [what is done] set apart. */
const speech = (line) => line.split(/(\[[^\]]*\])/).filter(Boolean).map((part) => (part.startsWith("[") ? h("em", { class: "al-stage" }, part.slice(1, -1)) : part));

/** A line of the script in paragraphs: one for each line of text. */
const paragraphs = (text) => String(text).split(/\n+/).map((line) => h("p", {}, speech(line)));

/** A learner's own words in paragraphs; brackets are hers and stay. */
const ownWords = (text) => String(text).split(/\n+/).map((line) => h("p", { dir: "auto" }, line));

/** Text with the given spans marked, each part dressed by `dress`; spans that overlap or stray are left out. */
function withMarks(text, spans, dress = (part) => part) {
  const parts = [];
  let at = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < at || end <= start || end > text.length) continue;
    parts.push(dress(text.slice(at, start)), h("mark", {}, dress(text.slice(start, end))));
    at = end;
  }
  return [...parts, dress(text.slice(at))];
}

/** Python counts characters, JavaScript UTF-16 units: turn spans of the one into spans of the other. */
function asUnits(text, spans) {
  if (!/[\ud800-\udfff]/.test(text)) return spans;
  const at = [0];
  for (const character of text) at.push(at[at.length - 1] + character.length);
  const unit = (n) => at[Math.min(n, at.length - 1)];
  return spans.map(({ start, end }) => ({ start: unit(start), end: unit(end) }));
}

/** A learner's own text with spans marked: brackets are hers and stay. */
const marked = (text, spans) => withMarks(text, asUnits(text, spans ?? []));

/** A line of the script with spans marked and what is done set apart. */
const markedSpeech = (text, spans) => withMarks(text, asUnits(text, spans ?? []), speech);

/** Our own picture, made from numbers by the workbook; parsed as XML, so it can hold no script of the page. */
function picture(svg) {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  return root.nodeName === "svg" ? document.importNode(root, true) : h("span");
}

const button = (label, onclick, attrs = {}) => h("button", { type: "button", onclick, ...attrs }, label);
const primary = (label, onclick, attrs = {}) => button(label, onclick, { class: "al-primary", ...attrs });
const quiet = (label, onclick, attrs = {}) => button(label, onclick, { class: "al-quiet", ...attrs });
const details = (summary, attrs, ...children) => h("details", attrs, h("summary", {}, summary), ...children);
const plural = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

const LEVELS = {
  met: ["●", "seen"],
  partly: ["◐", "partly"],
  not_seen: ["○", "not seen yet"],
  unsure: ["?", "not sure"],
  clear: ["●", "clear"],
  possible: ["◐", "possible: check yourself"],
};

/** A level as icon and word, so that colour is never alone. */
const level = (name) => h("span", { class: `al-level al-${name}` },
  h("span", { "aria-hidden": "true" }, LEVELS[name][0]), " ", LEVELS[name][1]);

const ACTS = {
  pause: "stay silent", sit_down: "sit down", turn_from_screen: "turn from the screen", slow_down: "slow down",
  ask_before_touch: "ask before touching", cover: "cover", hand_over_choice: "hand over the choice",
};

const PRONOUNS = { she: ["she", "her"], he: ["he", "him"], they: ["they", "them"] };
const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** One row of five chances; may be passed. Keys 6 to 0 stand beside 1 to 5, so one key is enough. */
function confidenceRow(legend, levels, name) {
  const keys = ["6", "7", "8", "9", "0"];
  return h("fieldset", { class: "al-confidence" },
    h("legend", {}, legend, " ", h("span", { class: "al-muted" }, "(you may pass)")),
    h("div", { class: "al-chips" }, levels.map((value, i) => h("label", { class: "al-chip" },
      h("input", { type: "radio", name, value: String(value), "data-key": keys[i], "data-alliance-id": `${name}-${i}` }),
      h("span", {}, `${Math.round(value * 100)} %`), h("kbd", { "aria-hidden": "true" }, keys[i])))));
}

const chosen = (form, name) => form.querySelector(`input[name="${CSS.escape(name)}"]:checked`)?.value ?? null;
