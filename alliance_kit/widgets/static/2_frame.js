// The frame around every exercise: sends messages, draws what comes back, looks after the focus.

const COURSE = new Set(["welcome", "progress", "hand_in", "goal"]);

class Frame {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.view = null;
    this.client = crypto.randomUUID?.() ?? String(Math.random());
    this.count = 0;
    this.waiting = new Map();
    this.words = new Words(this);
    this.pulse = new Pulse(this);
    // A click beside the text gives the frame the focus, so that the number keys go on working.
    this.root = h("section", { class: "alliance", tabindex: "-1" });
    this.body = h("div", { class: "al-body" });
    // One lasting live region, outside everything that is redrawn.
    this.status = h("p", { class: "al-status", role: "status", "aria-live": "polite" });
    this.notice = h("div", { class: "al-notice", role: "alert", hidden: true });
    this.told = h("div", { class: "al-told" }); // what the learner should know about her files, in one place a page
    this.root.append(this.told, this.body, this.notice, this.status);
    this.root.addEventListener("keydown", (event) => this.press(event));
    for (const name of ["change", "input"]) this.root.addEventListener(name, () => this.trouble(""));
    // JupyterLab forbids a line break and an undo to every field inside a cell; it does not get to see them here.
    this.root.addEventListener("beforeinput", (event) => event.stopPropagation(), true);
    // The second click of a double click means nothing: what stood there may be something else by now.
    this.root.addEventListener("click", (event) => { if (event.detail > 1 && event.target.closest("button")) stop(event); }, true);
    this.form = null;
    el.append(this.root);
  }

  // --- messages ------------------------------------------------------------------------------------------------

  /**
   * Ask the kernel for something. An answer that does not come is said so in place; nothing typed is lost:
   * the words of `fields` count as drafts until the kernel has answered without trouble.
   */
  ask(message, fields = []) {
    const number = ++this.count;
    const draft = message.do === "draft" ? message.text : undefined;
    this.waiting.set(number, { timer: this.pulse.clock(number), held: this.words.held(fields), draft });
    try {
      this.model.send({ ...message, client: this.client, ask: number });
    } catch { // the kernel is gone, which the page says; words stay marked as unsaved
      clearTimeout(this.waiting.get(number).timer);
      this.waiting.delete(number);
    }
  }

  receive(message) {
    const mine = message.client === this.client;
    const asked = mine ? this.waiting.get(message.ask) : undefined;
    clearTimeout(asked?.timer);
    if (mine) this.waiting.delete(message.ask);
    if (this.pulse.state === "silent") this.pulse.turn("ready");
    if (asked && !message.trouble) this.words.letGo(asked.held);
    else if (asked) this.words.keep(asked.held);
    if (asked?.draft !== undefined && message.saved) this.words.confirm(message.field, asked.draft);
    if (mine && message.download) download(message.download);
    if (message.saved) this.say(`saved ${message.saved}`);
    else if (asked?.draft !== undefined) this.say(""); // what is on screen now is not on the disk
    if (message.notices) this.told.replaceChildren(...message.notices.map((notice) => h("p", { class: "al-warning" }, notice)));
    if (message.view) this.show(message.view, mine ? message.do : undefined);
    if (mine && (message.trouble || message.view)) this.trouble(message.trouble ?? "");
  }

  say(text) { if (this.status.textContent !== text) this.status.textContent = text; }

  trouble(text) {
    if (this.pulse.state !== "ready" || (!text && this.notice.hidden)) return;
    this.notice.replaceChildren(...(text ? paragraphs(text) : []));
    this.notice.hidden = !text;
    if (text) this.notice.scrollIntoView({ block: "nearest" });
  }

  // --- drawing and focus ---------------------------------------------------------------------------------------

  show(view, after) {
    const drawn = JSON.stringify(view);
    if (after === "look" && drawn === this.drawn) return; // a glance that finds nothing new disturbs nothing
    this.drawn = drawn;
    const focus = this.focused();
    const first = this.view === null;
    this.view = view;
    this.root.setAttribute("aria-label", view.title ?? "");
    this.form = null;
    FACES[view.kind](this, view, after);
    this.sign();
    if (!first) this.refocus(focus);
  }

  /** Make the names by which a control is found again this exercise's own: a page holds several with a "begin". */
  sign() {
    const own = this.words.key("");
    this.root.dataset.allianceId = own;
    for (const { dataset } of this.body.querySelectorAll("[data-alliance-id]")) {
      if (!dataset.allianceId.startsWith(own)) dataset.allianceId = own + dataset.allianceId;
    }
  }

  /** Put these in place of what was there; what is null is left out. */
  draw(...parts) { this.body.replaceChildren(...parts.flat(3).filter((part) => part !== null && part !== undefined && part !== false)); }

  focused() {
    const active = this.root.contains(document.activeElement) ? document.activeElement : null;
    return active && { id: active.dataset.allianceId, start: active.selectionStart, end: active.selectionEnd, top: active.scrollTop };
  }

  /** Put the focus where the drawing asked for it, else back where it was; never let it fall off the page. */
  refocus(before) {
    const wanted = this.body.querySelector("[data-focus]");
    if (wanted) {
      wanted.removeAttribute("data-focus");
      wanted.focus({ preventScroll: true });
      this.reveal(wanted);
      return;
    }
    if (!before || this.root.contains(document.activeElement)) return;
    const same = before.id && this.body.querySelector(`[data-alliance-id="${CSS.escape(before.id)}"]`);
    (same || this.root).focus({ preventScroll: true });
    if (same) restoreCaret(same, before);
  }

  /** Bring what is to be read into view, and as much as there is room for of what can be done about it. */
  reveal(wanted) {
    const actions = [...this.body.querySelectorAll(":scope > .al-actions, .al-form > .al-actions")].at(-1);
    actions?.scrollIntoView({ block: "nearest" });
    wanted.scrollIntoView({ block: wanted.offsetHeight > window.innerHeight ? "start" : "nearest" });
  }

  /** Number keys choose in the form on screen, Enter goes on; typing in a text field is left alone. */
  press(event) {
    const { target, key } = event;
    const pressed = !event.ctrlKey && !event.altKey && !event.metaKey && !target.matches("textarea, input[type=text]")
      && this.body.querySelector(`button[data-press="${CSS.escape(key)}"]`);
    if (pressed) {
      event.preventDefault();
      if (!event.repeat) pressed.click();
      return;
    }
    if (!this.form || event.ctrlKey || event.altKey || event.metaKey || target.matches("textarea, input[type=text]")) return;
    const input = this.form.querySelector(`input[data-key="${CSS.escape(key)}"]`);
    if (input) {
      input.checked = true;
      input.focus();
      input.dispatchEvent(new Event("change", { bubbles: true }));
      event.preventDefault();
    } else if (key === "Enter" && !target.closest("button, summary, a")) {
      event.preventDefault();
      if (!event.repeat) this.form.requestSubmit(); // a key held down says one thing, not several
    }
  }

  /** Listen to the page and the window; returns what ends it. */
  listen() {
    const deaf = this.pulse.listen();
    const onLeave = () => this.words.flushAll();
    // What other exercises did shows here, too, as soon as the learner comes by; not under her hands.
    const seen = new IntersectionObserver((entries) => {
      const came = entries.some((entry) => entry.isIntersecting);
      if (came && COURSE.has(this.view?.kind) && !this.root.contains(document.activeElement)) this.ask({ do: "look" });
    });
    seen.observe(this.root);
    window.addEventListener("pagehide", onLeave);
    document.addEventListener("visibilitychange", onLeave);
    return () => {
      deaf();
      seen.disconnect();
      window.removeEventListener("pagehide", onLeave);
      document.removeEventListener("visibilitychange", onLeave);
      this.words.stop();
      for (const { timer } of this.waiting.values()) clearTimeout(timer);
    };
  }
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

function restoreCaret(field, { start, end, top }) {
  if (!field.matches("textarea, input[type=text]") || start === null || start === undefined) return;
  field.setSelectionRange(start, end);
  field.scrollTop = top;
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
