// What JupyterLab and Notebook 7 load: the container of one plug-in, written by hand, without a bundler.
// It leads to two plain modules beside it: autorun.js (when the exercises run) and page.js (how a page looks).
(() => {
  const NAME = 'alliance-workbook';
  const here = document.currentScript?.src ?? '';

  /** @type {Record<string, Record<string, {get: () => Promise<() => any>, loaded?: unknown}>>} packages that Lab shares */
  let scope = {};

  /** Return a package of the running application; where several versions are offered, the one that is in use. */
  const shared = async (/** @type {string} */ name) => {
    const versions = Object.values(scope[name] ?? {});
    const version = versions.find(one => one.loaded) ?? versions[0];
    if (!version) throw new Error(`${NAME}: this application has no ${name}`);
    return (await version.get())();
  };

  const plugin = async () => {
    const [notebook, coreutils, apputils, { Autorun }] = await Promise.all([
      shared('@jupyterlab/notebook'),
      shared('@jupyterlab/coreutils'),
      shared('@jupyterlab/apputils'),
      import(new URL('autorun.js', here).href),
    ]);
    return {
      id: `${NAME}:plugin`,
      description: 'Runs the workbook’s own notebooks when they open and after a restart.',
      autoStart: true,
      requires: [notebook.INotebookTracker],
      activate: (/** @type {any} */ app, /** @type {any} */ tracker) => {
        const book = JSON.parse(coreutils.PageConfig.getOption('allianceWorkbook') || '{}');
        if (Object.keys(book).length) new Autorun(app, tracker, book, notebook.NotebookActions, apputils.Dialog);
      },
    };
  };

  (window._JUPYTERLAB ??= {})[NAME] = {
    init: (/** @type {typeof scope} */ offered) => { scope = offered; },
    get: async () => {
      const only = await plugin();
      return () => ({ __esModule: true, default: [only] });
    },
  };
})();
