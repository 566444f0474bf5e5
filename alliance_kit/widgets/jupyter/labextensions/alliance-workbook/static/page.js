// How a notebook of the workbook looks: a page of text and exercises, without code, bars or brackets.

/** Nothing is said about starting before this: most pages are up by then. */
const PATIENCE_MS = 2500;

const STYLE = `
.alliance-page .jp-CodeCell .jp-Cell-inputWrapper,
.alliance-page .jp-CodeCell.jp-mod-noOutputs,
.alliance-page .jp-InputPrompt,
.alliance-page .jp-OutputPrompt,
.alliance-page .jp-OutputArea-promptOverlay,
.alliance-page .jp-Collapser,
.alliance-page .jp-cell-toolbar,
.alliance-page .jp-Notebook-footer,
.alliance-page .alliance-manual,
.alliance-page .jp-RenderedText[data-mime-type='application/vnd.jupyter.error'],
.alliance-page .jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr'] { display: none !important; }
.alliance-page {
  --alliance-bg: #FFFFFF; --alliance-surface: #F5F7F9; --alliance-ink: #1B2530; --alliance-border: #7C8794;
  --alliance-accent: #1B6A84; --alliance-on-accent: #FFFFFF;
}
[data-jp-theme-light='false'] .alliance-page {
  --alliance-bg: #14191F; --alliance-surface: #1C232B; --alliance-ink: #E8EDF2; --alliance-border: #8592A0;
  --alliance-accent: #7CC4DD; --alliance-on-accent: #14191F;
  color-scheme: dark;
}
.alliance-page .jp-Notebook { background: var(--alliance-bg); }
.alliance-page .jp-WindowedPanel-outer { scrollbar-gutter: stable; }
.alliance-page .jp-Cell { max-width: 54rem; margin-inline: auto; padding-block: 4px; }
.alliance-page .jp-Cell, .alliance-page .jp-Notebook.jp-mod-commandMode .jp-Cell.jp-mod-selected {
  border: 0; outline: 0; box-shadow: none; background: none;
}
.alliance-page .jp-Cell-outputWrapper, .alliance-page .jp-OutputArea-output { overflow: visible; }
.alliance-page .jp-MarkdownOutput { max-width: 68ch; padding: 0; border: 0; }
.alliance-page .jp-RenderedHTMLCommon, .alliance-notice {
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  color: var(--alliance-ink);
}
.alliance-page .jp-RenderedHTMLCommon table { font-size: 15px; line-height: 1.5; color: inherit; }
.alliance-page .jp-RenderedHTMLCommon :is(th, td) { text-align: start; }
.alliance-page .jp-RenderedHTMLCommon .jp-InternalAnchorLink { display: none; }
.alliance-page .jp-RenderedHTMLCommon a { color: var(--alliance-accent); text-decoration: underline; }
.alliance-page .jp-RenderedHTMLCommon a:focus-visible, .alliance-notice button:focus-visible {
  outline: 2px solid var(--alliance-accent); outline-offset: 2px; border-radius: 2px;
}
.alliance-notice {
  position: absolute; inset: auto 16px 16px; margin: auto; width: fit-content; z-index: 10;
  display: flex; gap: 16px; align-items: center; padding: 12px 16px; border-radius: 10px;
  background: var(--alliance-surface); border: 1px solid var(--alliance-border);
}
.alliance-notice[hidden] { display: none; }
.alliance-notice button {
  min-height: 44px; padding: 0 16px; border: 0; border-radius: 10px; font: inherit; white-space: nowrap;
  color: var(--alliance-on-accent); background: var(--alliance-accent); cursor: pointer;
}
.alliance-page .jp-WindowedPanel-outer:focus { outline: 0; }
@media print {
  body:has(.alliance-page), .lm-Widget:has(.alliance-page), .alliance-page, .alliance-page .jp-Notebook,
  .alliance-page :is(.jp-WindowedPanel-outer, .jp-WindowedPanel-inner, .jp-WindowedPanel-viewport, .lm-Widget) {
    position: static !important; width: auto !important; height: auto !important; min-height: 0 !important;
    overflow: visible !important; contain: none !important; transform: none !important; background: none !important;
  }
  .alliance-page {
    --alliance-bg: #FFFFFF; --alliance-surface: #FFFFFF; --alliance-ink: #1B2530; --alliance-accent: #1B6A84;
    color-scheme: light;
  }
  .alliance-page .jp-Cell { max-width: none; }
  .lm-Widget:has(.alliance-page) > :not(:has(.alliance-page), .alliance-page), .alliance-notice { display: none !important; }
}
`;

/** What the page says itself where no exercise is there to say it: state -> [sentence, button]. */
const NOTICES = {
  failed: ['A part of this page did not come up. What you wrote is kept.', 'Start again'],
  dead: ['The exercises of this page are not running. What you wrote is kept.', 'Start again'],
  lost: ['This page has lost its connection. What you wrote is kept.', 'Try again'],
};

/** The dress of one notebook panel. */
export class Page {
  /** @param {any} panel the notebook panel @param {() => void} restart what the notice's button does */
  constructor(panel, restart) {
    this.panel = panel;
    panel.addClass('alliance-page');
    panel.toolbar.hide();
    // Lab's one-letter shortcuts add and delete cells; on a page a letter is a letter.
    panel.node.addEventListener('focusin', event => { event.target.dataset.lmSuppressShortcuts = 'true'; });
    for (const cell of panel.content.widgets) {
      cell.node.dataset.lmSuppressShortcuts = 'true';
      if (cell.model.getMetadata('tags')?.includes('alliance-manual')) cell.addClass('alliance-manual');
    }
    // Lab calls the cells a feed, whose parts would have to be articles; to a screen reader ours are one page.
    panel.node.querySelector('.jp-WindowedPanel-viewport')?.setAttribute('role', 'group');
    this.addNotice(restart);
  }

  addNotice(restart) {
    this.notice = document.createElement('div');
    this.notice.className = 'alliance-notice';
    this.notice.setAttribute('role', 'status');
    this.sentence = document.createElement('span');
    this.button = document.createElement('button');
    this.button.type = 'button';
    this.button.addEventListener('click', restart);
    this.notice.append(this.sentence, this.button);
    this.say('');
    this.panel.node.append(this.notice);
    this.show('running');
  }

  say(sentence, button = '') {
    this.sentence.textContent = sentence;
    this.button.textContent = button;
    this.button.hidden = !button;
    this.notice.hidden = !sentence;
  }

  /** Follow the state of the kernel; where exercises are up they speak for themselves. @param {string} state */
  show(state) {
    clearTimeout(this.waiting);
    const exercises = this.panel.node.querySelector('[data-alliance-id]');
    const [sentence, button] = (state === 'failed' || !exercises) && NOTICES[state] || [''];
    this.say(sentence, button);
    if (state === 'running' || state === 'restarting') {
      this.waiting = setTimeout(() => this.say('The exercises are coming up.'), PATIENCE_MS);
    }
  }

  /** Return where the reader is: how far down, in which field, at which letter. */
  remember() {
    const field = document.activeElement;
    return {
      top: this.scroller?.scrollTop ?? 0,
      id: this.panel.node.contains(field) ? field.closest('[data-alliance-id]')?.dataset.allianceId : undefined,
      caret: typeof field?.selectionStart === 'number' ? [field.selectionStart, field.selectionEnd] : undefined,
    };
  }

  /** Bring the reader back to her place, unless she has moved on. @param {ReturnType<Page['remember']>} place */
  async restore({ top, id, caret }) {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame(); // the exercises have their height now
    if (id && document.activeElement?.closest('[data-alliance-id]')?.dataset.allianceId !== id) {
      const field = this.panel.node.querySelector(`[data-alliance-id="${CSS.escape(id)}"]`);
      field?.focus({ preventScroll: true });
      if (caret && field?.setSelectionRange) field.setSelectionRange(...caret);
    }
    if (this.scroller) this.scroller.scrollTop = top;
    this.takeKeys();
  }

  /** Where nothing else has the focus the page itself takes it, so that arrows, Space and Page Down scroll it. */
  takeKeys() {
    if (!this.scroller || document.activeElement !== document.body) return;
    this.scroller.tabIndex = -1;
    this.scroller.focus({ preventScroll: true });
  }

  get scroller() { return this.panel.node.querySelector('.jp-WindowedPanel-outer'); }
}

/** The window around the pages: bars away while one of ours is in front, back for any other notebook. */
export class Shell {
  /** @param {any} app @param {(panel: any) => boolean} isOurs */
  constructor(app, isOurs) {
    Object.assign(this, { app, isOurs });
    const style = document.createElement('style');
    style.textContent = STYLE;
    document.head.append(style);
    app.shell.currentChanged?.connect(() => this.tidy());
    app.restored.then(() => this.tidy());
    window.addEventListener('popstate', () => this.goBack());
  }

  tidy() {
    const { shell } = this.app;
    if (!shell.currentWidget || !('mode' in shell)) return; // nothing open yet, or Notebook 7: it has no such bars
    const ours = this.isOurs(shell.currentWidget);
    if (ours) shell.mode = 'single-document';
    for (const area of ['menu', 'top']) {
      for (const bar of shell.widgets(area)) bar.parent?.setHidden(ours);
    }
    if (!ours) return;
    shell.collapseLeft();
    shell.collapseRight();
    for (const side of ['left', 'right']) {
      if (shell.isSideTabBarVisible?.(side)) shell.toggleSideTabBarVisibility(side);
    }
  }

  /** The browser's Back button goes to the page before, as on any web site. */
  goBack() {
    const path = decodeURIComponent(location.pathname).split('/tree/')[1];
    if (path) this.app.commands.execute('docmanager:open', { path });
  }
}
