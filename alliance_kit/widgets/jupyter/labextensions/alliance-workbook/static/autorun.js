// When exercises run: on opening, after every restart, and only in a notebook whose code is known by its digest.
//
// What the page tells: `data-alliance` on the notebook panel and the event `alliance:kernel` (detail: the same word)
//   running     the cells are being run          ready    all exercises are up
//   failed      a cell stopped                   restarting  a new kernel is on its way
//   dead        the kernel is gone               lost     no connection to it just now
// What it hears: the event `alliance:restart`, from the one button that a widget offers.

import { Page, Shell } from './page.js';

/** How long a kernel that another program restarted may stay silent before we take up the line again. */
const SILENCE_MS = 1000;
/** How often the page asks whether its kernel is still there; Lab alone asks every 10 s, and 5 s are promised. */
const ASK_MS = 2000;
/** How long an idle kernel may take to answer. */
const ANSWER_MS = 1500;
/** How long a line may be down while it is taken up anew, as in a restart, before the page speaks of a lost one. */
const RESTART_MS = 4000;
/** How long a first kernel may take to be there at all. */
const START_MS = 10000;
/** States in which what Lab itself says in a box is said by the page already; '' is before the first run. */
const TROUBLE = new Set(['', 'restarting', 'dead', 'lost']);

/** @param {string} text @returns {Promise<string>} SHA-256 in hex */
const sha256 = async text => {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, '0')).join('');
};

/** Watches the notebooks of one window. */
export class Autorun {
  /**
   * @param {any} app the JupyterLab application
   * @param {any} tracker its notebooks
   * @param {Record<string, string>} book path of each notebook of the workbook -> digest of its code
   * @param {any} actions NotebookActions
   * @param {any} Dialog Lab's boxes
   */
  constructor(app, tracker, book, actions, Dialog) {
    /** @type {Map<any, LivePage>} */
    this.pages = new Map();
    this.shell = new Shell(app, panel => this.pages.has(panel));
    const watch = (/** @type {any} */ panel) => this.watch(app, panel, book, actions);
    tracker.forEach(watch);
    tracker.widgetAdded.connect((/** @type {any} */ _, /** @type {any} */ panel) => watch(panel));
    Dialog.tracker.widgetAdded.connect((/** @type {any} */ _, /** @type {any} */ box) => this.quieten(app, box));
  }

  /** Bring a notebook alive if it is one of ours; leave every other one alone. */
  async watch(app, panel, book, actions) {
    await panel.context.ready;
    await panel.revealed;
    const page = new LivePage(app, panel, book, actions);
    if (panel.isDisposed || !await page.isOurs()) return;
    this.pages.set(panel, page);
    panel.disposed.connect(() => this.pages.delete(panel));
    page.start();
    this.shell.tidy();
  }

  /**
   * Close a box of Lab's that the page in front makes needless: one that only repeats what the page says (one button,
   * nothing to choose), and the one that asks which kernel to use (ours is the only one).
   */
  quieten(app, box) {
    const state = this.pages.get(app.shell.currentWidget)?.state;
    if (!TROUBLE.has(state ?? 'not ours')) return;
    setTimeout(() => {
      if (box.node.querySelector('.jp-Dialog-body select')) box.reject();
      else if (box.node.querySelectorAll('.jp-Dialog-footer button').length === 1) box.resolve();
    }, 50);
  }
}

/** One notebook of the workbook, kept alive. */
class LivePage {
  constructor(app, panel, book, actions) {
    Object.assign(this, { app, panel, book, actions });
    this.session = panel.sessionContext;
    this.state = '';
    /** Counts restarts: the same kernel id after a restart is another life. */
    this.life = 0;
    /** The life in which the cells were run last. */
    this.ranIn = '';
    /** Lines between page and exercises (comms) that were open after the cells had run. @type {Set<string>} */
    this.lines = new Set();
    this.running = false;
    this.restarting = false;
    /** Whether the page itself is taking up a silent line anew: down for a moment, it is not lost. */
    this.takingUp = false;
  }

  get kernel() { return this.session.session?.kernel; }

  get codeCells() { return this.panel.content.widgets.filter(cell => cell.model.type === 'code'); }

  /** Whether path, mark and code are those that came with the workbook; trust in Lab's sense is no gate. */
  async isOurs() {
    const digest = this.book[this.panel.context.localPath || this.panel.context.path];
    if (!digest || !this.panel.content.model?.getMetadata('alliance')?.autorun) return false;
    return digest === await sha256(this.codeCells.map(cell => cell.model.sharedModel.getSource()).join('\n\0'));
  }

  start() {
    this.page = new Page(this.panel, () => this.restart());
    this.session.statusChanged.connect((_, status) => this.onStatus(status));
    this.session.connectionStatusChanged.connect((_, status) => this.onConnection(status));
    this.session.kernelChanged.connect((_, change) => {
      if (!change.newValue && this.ranIn) this.gone('dead');
      this.step();
    });
    this.panel.node.addEventListener('alliance:restart', () => this.restart());
    const clock = setInterval(() => this.look(), ASK_MS);
    setTimeout(() => !this.kernel && this.gone('dead'), START_MS);
    const wake = () => this.look(true); // a laptop that slept
    document.addEventListener('visibilitychange', wake);
    this.panel.disposed.connect(() => {
      clearInterval(clock);
      document.removeEventListener('visibilitychange', wake);
    });
    this.step();
  }

  /**
   * Find out, while somebody looks, whether kernel and exercises are still there; take up a line that Lab has given up.
   * @param {boolean} hurry whether not to wait until Lab gives it up
   */
  async look(hurry = false) {
    if (document.visibilityState !== 'visible' || !this.panel.isVisible) return;
    try {
      if (this.state !== 'ready' && this.state !== 'lost') return;
      await this.app.serviceManager.kernels.refreshRunning(); // a line is lost, too, when its kernel is shut down
      await this.compare();
      const givenUp = hurry || this.kernel?.connectionStatus === 'disconnected';
      if (this.state === 'lost' && givenUp) await this.kernel?.reconnect();
    } catch {
      // No server to ask: the line says so itself.
    }
  }

  /** Return the lines to exercises that the kernel has now; undefined when it is busy, or not there. */
  async openLines() {
    const kernel = this.kernel;
    if (kernel?.status !== 'idle' || kernel.connectionStatus !== 'connected') return undefined;
    const silence = new Promise(resolve => setTimeout(resolve, ANSWER_MS));
    const reply = await Promise.race([kernel.requestCommInfo({ target_name: 'jupyter.widget' }), silence]);
    if (reply) return new Set(Object.keys(reply.content.comms ?? {}));
    await this.app.serviceManager.kernels.refreshRunning(); // it may have been shut down a moment ago
    if (kernel.status !== 'idle' || kernel.isDisposed) return undefined;
    this.takingUp = true;
    try {
      await kernel.reconnect();
    } finally {
      this.takingUp = false;
    }
    return undefined;
  }

  /** Tell a kernel that lived on from a fresh one under the old name, which another window or program restarted. */
  async compare() {
    const { ranIn, lines } = this;
    const now = await this.openLines();
    if (!now || this.running || this.ranIn !== ranIn || this.session.isRestarting) return;
    if (!lines.size || [...lines].some(line => now.has(line))) {
      if (this.state === 'lost') this.tell('ready');
    } else {
      this.gone('restarting');
      this.step();
    }
  }

  /** @param {string} state */
  tell(state) {
    this.state = state;
    this.panel.node.dataset.alliance = state;
    this.page.show(state);
    this.panel.node.dispatchEvent(new CustomEvent('alliance:kernel', { detail: state }));
  }

  /** Run the cells if there is a kernel that has not run them in this life. */
  async step() {
    const kernel = this.kernel;
    const life = `${kernel?.id}/${this.life}`;
    // While Lab restarts a kernel, the kernel still passes for idle.
    const open = kernel?.status === 'idle' && kernel.connectionStatus === 'connected' && !this.session.isRestarting;
    if (this.running || this.ranIn === life || !open) return;
    this.running = true;
    this.ranIn = life;
    this.tell('running');
    try {
      const well = await this.run();
      this.lines = await this.openLines() ?? new Set();
      if (this.ranIn === `${this.kernel?.id}/${this.life}`) this.tell(well ? 'ready' : 'failed');
    } finally {
      this.running = false;
      this.step();
    }
  }

  /** Run cell by cell, so that one broken exercise does not stop the others; keep the reader's place. */
  async run() {
    if (!await this.isOurs()) return false; // a cell may have been edited since
    const place = this.page.remember();
    let well = true;
    for (const cell of this.codeCells) {
      well = await this.actions.runCells(this.panel.content, [cell], this.session) && well;
    }
    this.panel.context.model.dirty = false; // outputs are not the person's work: nothing to save, nothing to ask
    await this.page.restore(place);
    return well;
  }

  /** @param {'restarting' | 'dead'} state */
  gone(state) {
    if (!this.ranIn && state === 'restarting') return; // the first start
    this.life += 1;
    if (this.state !== state) this.tell(state); // Lab says some of them twice
  }

  /** @param {string} status of the kernel, in Lab's words */
  onStatus(status) {
    if (/starting$/.test(status)) this.gone('restarting'); // starting, restarting, autorestarting
    if (/dead|terminating/.test(status)) this.gone('dead');
    if (status === 'starting') {
      // After a restart by another program Lab says this once and then hears nothing more.
      setTimeout(() => this.kernel?.status === 'starting' && this.kernel.reconnect(), SILENCE_MS);
    }
    if (status === 'idle' && this.state === 'lost') this.compare();
    else if (status === 'idle') this.step();
  }

  /** @param {string} status of the line to the kernel */
  async onConnection(status) {
    if (!this.ranIn || this.state === 'dead') return;
    if (status !== 'connected') {
      const before = this.state;
      const lost = () => this.kernel?.connectionStatus !== 'connected' && this.tell('lost');
      if (before !== 'restarting' && !this.takingUp) lost();
      else setTimeout(() => this.state === before && this.kernel && lost(), RESTART_MS);
      return;
    }
    if (this.state === 'lost') await this.compare();
  }

  /** Start again: a new kernel, whatever became of the old one. */
  async restart() {
    if (this.restarting) return; // an impatient second click
    this.restarting = true;
    try {
      await this.app.serviceManager.sessions.refreshRunning(); // else a session that is gone opens a box
      const kernel = this.kernel?.status === 'dead' ? undefined : this.kernel;
      if (kernel && kernel.connectionStatus !== 'connected') {
        await kernel.reconnect();
      } else if (kernel) {
        await this.session.restartKernel();
      } else {
        await this.session.changeKernel({ name: this.session.kernelPreference.name || 'python3' });
      }
    } catch {
      this.tell('lost'); // no server to ask
    } finally {
      this.restarting = false;
    }
  }
}
