// A role play that was written down: agree, type or open it, read what could be read, look at the lines.

const LARGEST_FILE = 400_000; // bytes: several times what is read of a talk
const NO_TEXT = /\.(docx?|odt|pdf|rtf|pages|xlsx?)$/i;

function drawRolePlay(frame, view) {
  const steps = { agree: rolePlayWrite, write: rolePlayWrite, check: rolePlayCheck, look: rolePlayLook };
  const step = view.phase === "agree" ? "write" : view.phase;
  const moved = frame.body.dataset.step !== undefined && frame.body.dataset.step !== step;
  frame.body.dataset.step = step;
  frame.draw(
    h("header", { class: "al-head", tabindex: "-1", "data-focus": moved ? "" : null }, h("p", { class: "al-title" }, view.title),
      view.phase === "look" ? h("p", { class: "al-muted" }, "Kept in your journal, on this computer. No points, no verdict.") : null),
    steps[view.phase](frame, view));
}

// --- before and in the box ---------------------------------------------------------------------------------------

function rolePlayWrite(frame, view) {
  return [
    h("p", {}, view.purpose),
    h("ol", {}, view.how.map((step) => h("li", {}, step))),
    h("p", { class: "al-warning" }, view.never),
    h("p", { class: "al-muted" }, view.stays),
    ticks(frame, "Before you type", view.agree, "tick"),
    view.phase === "write" ? rolePlayBox(frame, view) : rolePlayWaits(view),
    view.kept ? quiet("Back to the talk that you kept", () => frame.ask({ do: "show" }), { "data-alliance-id": "show-kept" }) : null,
  ];
}

const rolePlayWaits = (view) => h("p", { class: "al-muted" }, view.draft ? "The box opens when all of these are ticked. What you typed is still there." : "The box opens when all of these are ticked.");

function ticks(frame, legend, agreements, act) {
  return h("fieldset", {}, h("legend", {}, legend),
    agreements.map(({ id, text, on }) => h("label", { class: "al-offer" },
      tick(on, `${act}-${id}`, (checked) => frame.ask({ do: act, id, on: checked })), h("span", {}, text))));
}

function rolePlayBox(frame, view) {
  const read = () => {
    const text = frame.words.take("script");
    frame.ask({ do: "read", text, file: text === frame.opened?.text ? frame.opened.name : "" }, ["script"]);
  };
  const box = frame.words.field("script", "The talk, line by line", view.draft, { rows: 10, placeholder: view.form.join("\n"), others: view.others });
  return h("form", { class: "al-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); read(); } },
    box,
    h("p", { class: "al-muted" }, h("strong", {}, "PT:"), " in capitals is the therapist, ", h("strong", {}, "Pt:"), " or ", h("strong", {}, "Patient:"), " the patient."),
    details("Other ways to write it", {}, h("ul", {},
      ["Therapist, Clinician, Student or T for the one, Client or P for the other, with a colon, a dash or a tab after it.",
        "Names, if the top says who is who: PT = Sam, and below it Patient = Ana. Use invented names.",
        "A line without a name goes on with the one before. Numbers, time stamps and blank lines do no harm.",
        "A table saved as CSV, with columns called speaker and text."].map((way) => h("li", {}, way)))),
    h("div", { class: "al-actions" },
      h("button", { type: "submit", class: "al-primary", "data-alliance-id": "read" }, "Read it"),
      rolePlayFile(frame, box.querySelector("textarea"))));
}

/** A file's text goes into the box and nowhere else; a box that holds words is left alone. */
function rolePlayFile(frame, box) {
  const picker = h("input", { type: "file", accept: ".txt,.csv,.tsv,.md,text/plain,text/csv", hidden: true, "aria-hidden": "true", tabindex: "-1",
    onchange: (event) => {
      event.stopPropagation(); // the frame takes a change for an answer to what it has just said
      const [file] = picker.files;
      picker.value = "";
      frame.trouble("");
      if (file) openRolePlay(frame, box, file);
    } });
  return [picker, button("Open a text or CSV file", () => picker.click(), { "data-alliance-id": "open-file" })];
}

async function openRolePlay(frame, box, file) {
  if (box.value.trim()) return frame.trouble("There are words in the box already. Take them out first, or paste the file’s text where you want it.");
  if (file.size > LARGEST_FILE && !NO_TEXT.test(file.name)) return frame.trouble("This file is larger than any talk. Open one that holds the talk alone.");
  const bytes = new Uint8Array(await file.slice(0, LARGEST_FILE).arrayBuffer());
  const text = decoded(bytes);
  const head = text.includes("\0") ? `${text.slice(0, 8)}\0` : text.slice(0, 8);
  if (NO_TEXT.test(file.name) || text.includes("\0") || /^(PK\u0003|%PDF|\{\\rtf)/.test(text)) return frame.ask({ do: "file", name: file.name, head }); // what to do instead
  box.value = text;
  frame.opened = { name: file.name, text: box.value }; // the name tells a table from other text, as long as it is that text
  box.dispatchEvent(new Event("input"));
  box.focus();
  return undefined;
}

/** The bytes of a file as text: UTF-8, UTF-16 by its mark, else what older Windows programs save. */
function decoded(bytes) {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

// --- what was found ----------------------------------------------------------------------------------------------

function rolePlayCheck(frame, { check }) {
  const { faults, found, lines } = check;
  const back = () => frame.ask({ do: "back" });
  const go = () => frame.ask({ do: "keep", invented: found.length > 0 }, ["script"]);
  return [
    h("p", {}, `${plural(lines.clinician, "line")} of the therapist and ${plural(lines.patient, "line")} of the patient can be read.`),
    faults.length ? rolePlayFaults(faults) : null,
    found.length ? h("section", { class: "al-card" },
      h("p", { class: "al-label" }, "Could this point to a real person?"),
      h("ul", {}, found.map(({ text, why, line }) => h("li", {}, `“${text}”, line ${line} `, h("span", { class: "al-muted" }, why)))),
      h("p", { class: "al-muted" }, "The check misses things, and takes harmless words for names. Your own eye decides.")) : null,
    h("div", { class: "al-actions" },
      found.length ? [primary("Go back and change it", back, { "data-alliance-id": "back" }), button("These are invented: read it", go, { "data-alliance-id": "keep" })]
        : [primary("Read it as it is", go, { "data-alliance-id": "keep" }), button("Go back and mend it", back, { "data-alliance-id": "back" })]),
  ];
}

const rolePlayFaults = (faults) => h("section", { class: "al-card" }, h("p", { class: "al-label" }, "What could not be read"), h("ul", {}, faults.map((fault) => h("li", {}, fault))));

// --- looking at it -----------------------------------------------------------------------------------------------

function rolePlayLook(frame, { look }) {
  const both = look.share.every(({ on }) => on);
  return [
    h("section", { "aria-label": "The talk, with notes" }, look.lines.map(rolePlayLine)),
    look.faults.length ? details("What could not be read", {}, h("ul", {}, look.faults.map((fault) => h("li", {}, fault)))) : null,
    rolePlayCounts(look.counts),
    h("h3", {}, "To talk about, the two of you"),
    h("ul", {}, look.questions.map((question) => h("li", {}, question))),
    ticks(frame, "May it be handed in? Both speakers have to agree.", look.share, "share"),
    h("p", { class: "al-muted" }, both ? "It is on the list under Handing in now, unticked. Untick here, and it is gone from there." : "Without both ticks it is not on the list of what can be handed in."),
    rolePlayOthers(frame, look),
    h("div", { class: "al-actions" }, button("Write down another one", () => frame.ask({ do: "new" }), { "data-alliance-id": "new" })),
  ];
}

function rolePlayLine({ who, says, findings }) {
  if (who === "patient") return bubble("patient", "Patient", [ownLine(says)]);
  const names = findings.map(({ name, level: sure }) => (sure === "possible" ? `${name.toLowerCase()} (possible)` : name.toLowerCase()));
  return h("div", {},
    bubble("you", "Therapist", [ownLine(marked(says, joinedSpans(findings)))]),
    findings.length ? h("div", { class: "al-heard" }, details(capital([...new Set(names)].join(" · ")), { class: "al-why" }, h("ul", { class: "al-findings" }, findings.map(rolePlayNote)))) : null);
}

const ownLine = (parts) => h("span", { class: "al-own", dir: "auto" }, parts);

const rolePlayNote = ({ name, level: sure, why }) => h("li", {}, level(sure), " ", h("span", { class: "al-label" }, name), h("p", {}, why));

function rolePlayCounts({ seen, questions, reflections, lines, words }) {
  const all = words.clinician + words.patient;
  const share = all ? Math.round((100 * words.patient) / all) : 0;
  return [
    h("h3", {}, "What was seen, and how often"),
    h("ul", {},
      h("li", {}, `The therapist spoke ${plural(lines.clinician, "time")} (${plural(words.clinician, "word")}), the patient ${plural(lines.patient, "time")} (${plural(words.patient, "word")}, ${share} % of all).`),
      h("li", {}, `Lines with an open question: ${questions.open}. With a closed one: ${questions.closed}.`),
      h("li", {}, `Lines that give something back: ${reflections.clear} clear, ${reflections.possible} possible.`)),
    h("p", { class: "al-muted" }, "Counts, no verdict. Fixed rules read the words: they miss things, and see some that are not there."),
    seen.length ? details("All of it as a table", {}, h("table", { class: "al-table" },
      h("thead", {}, h("tr", {}, ["way of speaking", "clear", "possible"].map((head, i) => h("th", { scope: "col", style: i ? null : "text-align: left" }, head)))),
      h("tbody", {}, seen.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name), [row.clear, row.possible].map((n) => h("td", {}, String(n)))))))) : null,
  ];
}

function rolePlayOthers(frame, { attempt, attempts }) {
  if (attempts.length < 2) return null;
  return details(`Your ${attempts.length} role plays`, { class: "al-runs" }, h("ul", {}, attempts.map((one) => h("li", {}, `${one.attempt}. ${new Date(one.at).toLocaleDateString("en-US", { month: "long", day: "numeric" })} `,
    one.attempt === attempt ? h("span", { class: "al-muted" }, "(shown)")
      : quiet("Show", () => frame.ask({ do: "show", attempt: one.attempt }), { "aria-label": `Show role play ${one.attempt}`, "data-alliance-id": `talk-${one.attempt}` })))));
}
