// Words being typed: held in this browser window at once, in the journal a moment later.

// By exercise and field. They outlive a kernel and a redrawn cell; the journal holds them as soon as the kernel says so.
const typed = (window.allianceTyped ??= new Map());
const PAUSE_MS = 700;
const LONGEST_WAIT_MS = 1800;
/** As much as the journal keeps of one field: some fifty printed pages. */
const LONGEST = 100_000;

class Words {
  constructor(frame) {
    this.frame = frame;
    this.timers = new Map();
  }

  key(name) { return `${this.frame.view?.kind}/${this.frame.view?.id ?? ""}/${name}`; }

  /** A labelled text area whose words are kept while they are typed; one line of text where `single` is set. */
  field(name, label, value, { single = false, rows = 4, longest = LONGEST, placeholder, others = [] } = {}) {
    const known = typed.get(this.key(name));
    // Several pages can be open in one window, each with a field of this name: the id must be this field's alone.
    window.allianceFields = (window.allianceFields ?? 0) + 1;
    const id = `al-field-${window.allianceFields}`;
    const count = h("span", { class: "al-count", "aria-hidden": "true" });
    const area = h(single ? "input" : "textarea", {
      id, type: single ? "text" : null, rows: single ? null : rows, style: single ? null : `--rows: ${rows}`, class: "al-field",
      maxlength: longest, placeholder, dir: "auto", spellcheck: "true", autocomplete: "off",
      "data-alliance-id": this.key(name), "data-field": name, value: known ? known.text : value ?? "",
      oninput: () => { tell(); this.type(name, area.value); },
      onblur: () => this.flush(name),
    });
    const tell = () => { count.textContent = wordCount(area.value) + (area.value.length >= longest ? " · no more fits here" : ""); };
    tell();
    if (known?.dirty) this.type(name, known.text);
    return h("div", { class: "al-labelled" }, h("label", { for: id }, label), area, single ? null : count, this.elsewhere(name, others));
  }

  /** What another window holds in the same field, so that two windows never cost anybody a word. */
  elsewhere(name, others) {
    if (!others.length) return null;
    return [
      others.map((text) => h("div", { class: "al-note" }, h("p", { class: "al-label" }, "You also wrote here, in another window:"), ownWords(text))),
      quiet("I have seen it", () => this.frame.ask({ do: "settle", field: name }), { "data-alliance-id": `seen-${name}` }),
    ];
  }

  type(name, text) {
    const now = Date.now();
    const entry = typed.get(this.key(name)) ?? {};
    const since = entry.dirty ? entry.since : now;
    typed.set(this.key(name), { text, dirty: true, since });
    clearTimeout(this.timers.get(name));
    const wait = Math.min(PAUSE_MS, Math.max(0, LONGEST_WAIT_MS - (now - since)));
    this.timers.set(name, setTimeout(() => this.flush(name), wait));
  }

  flush(name) {
    const entry = typed.get(this.key(name));
    clearTimeout(this.timers.get(name));
    // What is being handed over is no draft: a click elsewhere meanwhile must not keep it as one.
    if (!entry?.dirty || entry.handed || this.frame.pulse.state === "dead") return;
    typed.set(this.key(name), { ...entry, since: Date.now() });
    this.frame.ask({ do: "draft", field: name, text: entry.text });
  }

  flushAll() { for (const name of this.timers.keys()) this.flush(name); }

  /** The kernel has these words on the disk; if more was typed since, they stay marked as unsaved. */
  confirm(name, sent) {
    const entry = typed.get(this.key(name));
    if (entry && entry.text === sent) typed.set(this.key(name), { ...entry, dirty: false });
  }

  /** The words of a field as they stand, to be handed over; they are no longer sent as a draft. */
  take(name) {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
    const entry = typed.get(this.key(name));
    if (entry) typed.set(this.key(name), { ...entry, handed: true });
    return this.frame.body.querySelector(`[data-field="${CSS.escape(name)}"]`)?.value ?? "";
  }

  /** Fields and what this window holds of them, to be let go once they are handed over. */
  held(names) { return names.map((name) => [name, typed.get(this.key(name))?.text]); }

  /** These words were not taken, for whatever reason: they are a draft again. */
  keep(held) {
    for (const [name] of held) {
      const entry = typed.get(this.key(name));
      if (entry) this.type(name, entry.text);
    }
  }

  /** These words are handed over: they are no draft any more, unless they have changed meanwhile. */
  letGo(held) { for (const [name, text] of held) if (typed.get(this.key(name))?.text === text) typed.delete(this.key(name)); }

  stop() { for (const timer of this.timers.values()) clearTimeout(timer); }
}

function wordCount(text) {
  const count = text.trim().split(/\s+/).filter(Boolean).length;
  return count ? plural(count, "word") : "";
}
