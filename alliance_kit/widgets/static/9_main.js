// One widget for every exercise: the kernel says what there is to see, this draws it.

const FACES = {
  scenario: drawTalk, drill: drawDrill, goal: drawGoal, reflection: drawReflection, role_play: drawRolePlay, scale: drawScale,
  example: drawExample, welcome: drawWelcome, progress: drawProgress, hand_in: drawHandIn,
  trouble: (frame, view) => frame.body.replaceChildren(h("div", { class: "al-notice" }, paragraphs(view.text))),
};

function render({ model, el }) {
  const frame = new Frame(model, el);
  const onMessage = (message) => frame.receive(message);
  model.on("msg:custom", onMessage);
  const deaf = frame.listen();
  frame.ask({ do: "look" });
  return () => { model.off("msg:custom", onMessage); deaf(); };
}

export default { render };
