// The frame around every exercise: sends messages, keeps typed words, says when something is saved or stands still.

// Words typed in this browser window, by exercise and field. They outlive a kernel and a redrawn cell; the journal
// holds them too, as soon as the kernel has said so.
const typed = (window.allianceTyped ??= new Map());
const PAUSE_MS = 700;
const LONGEST_WAIT_MS = 1800;
const SILENCE_MS = 4000;
const COURSE = new Set(["welcome", "progress", "hand_in", "goal"]);

class Frame {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.view = null;
    this.client = crypto.randomUUID?.() ?? String(Math.random());
    this.count = 0;
    this.waiting = new Map();
    this.timers = new Map();
    this.state = "ready";
    this.root = h("section", { class: "alliance" });
    this.body = h("div", { class: "al-body" });
    // One lasting live region, outside everything that is redrawn.
    this.status = h("p", { class: "al-status", role: "status", "aria-live": "polite" });
    this.notice = h("div", { class: "al-notice", role: "alert", hidden: true });
    this.root.append(this.body, this.notice, this.status);
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.form = null;
    el.append(this.root);
  }

  /**
   * Ask the kernel for something. An answer that does not come is said so in place; nothing typed is lost:
   * the words of `fields` count as drafts until the kernel has answered without trouble.
   */
  ask(message, fields = []) {
    const id = ++this.count;
    const sent = fields.map((name) => [name, typed.get(this.key(name))?.text]);
    const timer = setTimeout(() => this.kernel("silent"), SILENCE_MS);
    this.waiting.set(id, { timer, sent, draft: message.do === "draft" ? message.text : undefined });
    this.model.send({ client: this.client, id, ...message });
  }

  receive(message) {
    const mine = message.client === this.client;
    const asked = mine ? this.waiting.get(message.id) : undefined;
    clearTimeout(asked?.timer);
    if (mine) this.waiting.delete(message.id);
    if (this.state === "silent") this.kernel("ready");
    if (asked && !message.trouble) for (const [name, text] of asked.sent) if (typed.get(this.key(name))?.text === text) typed.delete(this.key(name));
    if (mine && asked?.draft !== undefined && message.saved) this.confirm(message.field, asked.draft);
    if (mine && message.download) download(message.download);
    if (message.saved) this.say(`saved ${message.saved}`);
    if (message.view) this.show(message.view, mine ? message.do : undefined);
    if (mine && (message.trouble || message.view)) this.trouble(message.trouble ?? "");
  }

  say(text) { if (this.status.textContent !== text) this.status.textContent = text; }

  trouble(text) {
    if (this.state !== "ready") return;
    this.notice.replaceChildren(...(text ? paragraphs(text) : []));
    this.notice.hidden = !text;
  }

  show(view, after) {
    const focus = this.focused();
    const first = this.view === null;
    this.view = view;
    this.root.setAttribute("aria-label", view.title ?? "");
    this.form = null;
    FACES[view.kind](this, view, after);
    if (!first) this.refocus(focus);
  }

  /** Number keys choose in the form on screen, Enter goes on; typing in a text field is left alone. */
  press(event) {
    if (!this.form || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("textarea, input[type=text]")) return;
    const input = this.form.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
    if (input) {
      input.checked = true;
      input.focus();
      input.dispatchEvent(new Event("change", { bubbles: true }));
      event.preventDefault();
    } else if (event.key === "Enter" && !event.target.closest("button, summary, a")) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  /** Put these in place of what was there; what is null is left out. */
  draw(...parts) { this.body.replaceChildren(...parts.flat(3).filter((part) => part !== null && part !== undefined && part !== false)); }

  focused() {
    const active = this.body.contains(document.activeElement) ? document.activeElement : null;
    return active && { id: active.dataset.allianceId, start: active.selectionStart, end: active.selectionEnd };
  }

  /** Put the focus back after drawing anew, or where the drawing asked for it. */
  refocus(before) {
    const wanted = this.body.querySelector("[data-focus]");
    if (wanted) {
      wanted.removeAttribute("data-focus");
      wanted.focus({ preventScroll: true });
      wanted.scrollIntoView?.({ block: "nearest" });
      return;
    }
    if (!before || this.body.contains(document.activeElement)) return;
    const same = before.id && this.body.querySelector(`[data-alliance-id="${CSS.escape(before.id)}"]`);
    if (!same) return;
    same.focus({ preventScroll: true });
    if (before.start !== undefined && before.start !== null && same.setSelectionRange && same.type !== "radio"
      && same.type !== "checkbox") same.setSelectionRange(before.start, before.end);
  }

  // --- words being typed ---------------------------------------------------------------------------------------

  key(field) { return `${this.view?.kind}/${this.view?.id ?? ""}/${field}`; }

  /** A labelled text area whose words are kept while they are typed. */
  field(name, label, value, attrs = {}) {
    const known = typed.get(this.key(name));
    const id = `al-${this.view.kind}-${this.view.id ?? ""}-${name}`.replace(/[^\w-]/g, "_");
    const count = h("span", { class: "al-count", "aria-hidden": "true" });
    const area = h(attrs.single ? "input" : "textarea", {
      id, type: attrs.single ? "text" : null, rows: attrs.single ? null : attrs.rows ?? 4, class: "al-field",
      maxlength: 20000, placeholder: attrs.placeholder, "data-alliance-id": id, spellcheck: "true",
      autocomplete: "off", value: known ? known.text : value ?? "",
      oninput: () => { words(); this.type(name, area.value); },
      onblur: () => this.flush(name),
    });
    const words = () => { const n = area.value.trim().split(/\s+/).filter(Boolean).length; count.textContent = n ? plural(n, "word") : ""; };
    words();
    if (known?.dirty) this.type(name, known.text);
    const others = (attrs.others ?? []).map((text) => h("div", { class: "al-note" }, h("p", { class: "al-label" }, "You also wrote here, in another window:"), paragraphs(text)));
    return h("div", { class: "al-labelled" }, h("label", { for: id }, label), area, attrs.single ? null : count, others,
      others.length ? quiet("I have seen it", () => this.ask({ do: "settle", field: name }), { "data-alliance-id": `${id}-seen` }) : null);
  }

  type(name, text) {
    const now = Date.now();
    const entry = typed.get(this.key(name)) ?? {};
    typed.set(this.key(name), { text, dirty: true, since: entry.dirty ? entry.since : now });
    clearTimeout(this.timers.get(name));
    const wait = Math.min(PAUSE_MS, Math.max(0, LONGEST_WAIT_MS - (now - (entry.dirty ? entry.since : now))));
    this.timers.set(name, setTimeout(() => this.flush(name), wait));
  }

  flush(name) {
    const entry = typed.get(this.key(name));
    clearTimeout(this.timers.get(name));
    if (!entry?.dirty || this.state === "dead") return;
    typed.set(this.key(name), { ...entry, since: Date.now() });
    this.ask({ do: "draft", field: name, text: entry.text });
  }

  flushAll() { for (const name of this.timers.keys()) this.flush(name); }

  /** The kernel has these words on the disk; if more was typed since, they stay marked as unsaved. */
  confirm(name, sent) {
    const entry = typed.get(this.key(name));
    if (entry && entry.text === sent) typed.set(this.key(name), { ...entry, dirty: false });
  }

  /** The words of a field as they stand, to be handed over; they are no longer sent as a draft. */
  take(name) {
    const id = `al-${this.view.kind}-${this.view.id ?? ""}-${name}`.replace(/[^\w-]/g, "_");
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
    return this.body.querySelector(`#${CSS.escape(id)}`)?.value ?? "";
  }

  // --- the kernel ----------------------------------------------------------------------------------------------

  kernel(state) {
    if (state === this.state) return;
    this.state = state;
    this.root.dataset.kernel = state;
    const alive = state === "ready" || state === "running";
    this.notice.hidden = alive;
    if (alive) { this.notice.replaceChildren(); this.state = "ready"; this.flushAll(); return; }
    const panel = this.el.closest(".jp-NotebookPanel");
    const wait = state === "restarting" || state === "lost";
    const text = wait
      ? "One moment: the workbook is coming back. What you typed is kept."
      : "This page has come to a stop. What you typed is kept; start it again and go on.";
    const again = panel?.dataset.alliance
      ? () => panel.dispatchEvent(new CustomEvent("alliance:restart"))
      : () => window.location.reload();
    this.notice.replaceChildren(h("p", {}, text), wait ? "" : primary("Start again", again));
  }

  listen() {
    let panel = null;
    const onKernel = (event) => this.kernel(event.detail === "failed" ? "ready" : event.detail);
    const onLive = () => { if (this.model.comm_live === false) this.kernel("lost"); };
    const onLeave = () => this.flushAll();
    // A widget is drawn before it is put on the page: look for the page until it is.
    const find = (tries) => {
      panel = this.el.closest(".jp-NotebookPanel");
      if (panel) panel.addEventListener("alliance:kernel", onKernel);
      else if (tries) requestAnimationFrame(() => find(tries - 1));
    };
    find(300);
    this.model.on?.("comm_live_update", onLive);
    // What other exercises did shows here, too, as soon as the learner comes by; not under her hands.
    const seen = new IntersectionObserver((entries) => {
      const came = entries.some((entry) => entry.isIntersecting);
      if (came && COURSE.has(this.view?.kind) && !this.root.contains(document.activeElement)) this.ask({ do: "look" });
    });
    seen.observe(this.root);
    window.addEventListener("pagehide", onLeave);
    document.addEventListener("visibilitychange", onLeave);
    return () => {
      seen.disconnect();
      panel?.removeEventListener("alliance:kernel", onKernel);
      this.model.off?.("comm_live_update", onLive);
      window.removeEventListener("pagehide", onLeave);
      document.removeEventListener("visibilitychange", onLeave);
      for (const timer of [...this.timers.values(), ...[...this.waiting.values()].map((w) => w.timer)]) clearTimeout(timer);
    };
  }
}

/** Hand a file to the browser, to be kept where the learner likes; nothing leaves the machine. */
function download({ name, type, text }) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = h("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
