// Whether the workbook behind the page is alive: it listens, and says in the frame's notice when something stands still.

const SILENCE_MS = 4000;

const COMING_BACK = "One moment: the workbook is coming back. What you typed is kept.";
const STANDSTILL = {
  lost: ["The workbook does not answer. What you typed is kept as long as this page is open.", "Try again"],
  silent: ["This page has come to a stop. What you typed is kept; start it again and go on.", "Start again"],
  dead: ["This page has come to a stop. What you typed is kept; start it again and go on.", "Start again"],
};

class Pulse {
  constructor(frame) {
    this.frame = frame;
    this.state = "ready";
  }

  get panel() { return this.frame.el.closest(".jp-NotebookPanel"); }

  /** Wait for the answer to a message; a page that is still coming up has more time. */
  clock(number) {
    const { waiting } = this.frame;
    return setTimeout(() => {
      const busy = ["running", "restarting"].includes(this.panel?.dataset.alliance);
      if (busy && waiting.has(number)) waiting.get(number).timer = this.clock(number);
      else if (this.state === "ready") this.turn("silent");
    }, SILENCE_MS);
  }

  /** Show another state of the kernel: ready, running, restarting, dead, lost (no connection), silent (no answer). */
  turn(state) {
    const { root, notice, words } = this.frame;
    if (state === this.state) return;
    const alive = state === "ready" || state === "running";
    this.state = alive ? "ready" : state;
    root.dataset.kernel = state;
    if (notice.contains(document.activeElement)) root.focus({ preventScroll: true });
    notice.setAttribute("role", alive || this.speaks() ? "alert" : "none");
    notice.replaceChildren(...(alive ? [] : this.standstill(state)));
    notice.hidden = alive;
    if (alive) words.flushAll();
  }

  /** Whether it is this exercise that says it aloud: all on the page show it, one is enough to hear. */
  speaks() {
    const page = this.panel ?? document;
    return (page.querySelector(".alliance:focus-within") ?? page.querySelector(".alliance")) === this.frame.root;
  }

  standstill(state) {
    const [sentence, label] = STANDSTILL[state] ?? [COMING_BACK];
    return [h("p", {}, sentence), ...(label ? [primary(label, () => this.again())] : [])];
  }

  again() {
    const { panel } = this;
    if (panel?.dataset.alliance) panel.dispatchEvent(new CustomEvent("alliance:restart"));
    else window.location.reload();
  }

  /** Listen to the page and the model; returns what ends it. */
  listen() {
    const { model } = this.frame;
    let page = null;
    const onKernel = (event) => this.turn(event.detail === "failed" ? "ready" : event.detail);
    // On a page of the workbook the page itself tells what becomes of the kernel.
    const onLive = () => { if (model.comm_live === false && !page?.dataset.alliance) this.turn("dead"); };
    // A widget is drawn before it is put on the page: look for the page until it is.
    const find = (tries) => {
      page = this.panel;
      if (page) page.addEventListener("alliance:kernel", onKernel);
      else if (tries) requestAnimationFrame(() => find(tries - 1));
    };
    find(300);
    model.on?.("comm_live_update", onLive);
    return () => {
      page?.removeEventListener("alliance:kernel", onKernel);
      model.off?.("comm_live_update", onLive);
    };
  }
}
