// A page without a server: the same sliders, doses and curves over a solver in the page itself.

/* global MODEL, METHOD, START, WORDS, model, solve, learn, el, fill, t, Sliders, Doses, Courses */

const order = new Map([...model.states, ...model.observables].map((id, at) => [id, at]));

// One run: {status, t, outputs, values}.
function run({ params, doses, span, points, outputs, rtol = METHOD.rtol }) {
  const inputs = Object.entries({ ...model.inputs, ...params }).map(([, value]) => value ?? 0);
  const times = Array.from({ length: points }, (_, i) => (i + 1 === points ? span[1] : span[0] + (i * (span[1] - span[0])) / (points - 1)));
  const each = doses.flatMap((d) => Array.from({ length: d.every ? d.count || 1 : 1 }, (_, i) => ({
    state: model.states.indexOf(d.target), amount: d.amount, at: d.at + i * (d.every || 0),
  })));
  const scale = rtol / METHOD.rtol;
  const done = solve(model, METHOD.tableau, { inputs, times, doses: each, rtol, atol: METHOD.atol.map((a) => a * scale), maxSteps: 50_000 });
  const rows = [...done.states, ...done.observables];
  return { status: done.status, steps: done.steps, t: times, outputs, values: outputs.map((id) => rows[order.get(id)]) };
}

function begin() {
  learn(WORDS);
  document.documentElement.lang = "en";
  let outputs = START.outputs.filter((id) => order.has(id));
  if (!outputs.length) outputs = model.states.slice(0, 4);
  const setting = { params: { ...START.params }, span: [...START.span], points: START.points, outputs };
  const message = el("p", { class: "message", role: "alert", hidden: true });
  let due = 0;
  let moving = false;

  const sliders = new Sliders(MODEL, { onMove: moved, onSettle: settled });
  const doses = new Doses(MODEL, { onMove: moved, onSettle: settled });
  const courses = new Courses(MODEL);

  function moved() {
    if (!moving) { courses.ghost = courses.run; moving = true; }
    if (!due) due = requestAnimationFrame(redraw);
  }
  function settled() { moving = false; }
  function redraw() {
    due = 0;
    courses.doses = doses.doses;
    const found = run({ ...setting, params: sliders.params, doses: doses.doses });
    courses.take(found);
    message.hidden = found.status === "ok";
    message.textContent = found.status === "ok" ? "" : t("run.failed", { word: t(`status.${found.status}`) });
    document.body.dataset.steps = String(found.steps);
  }
  function reset() {
    sliders.set(START.params);
    doses.set(START.doses, setting.span);
    courses.ghost = null;
    redraw();
  }

  const sources = MODEL.citations.map((c) => el("li", {}, [c.authors, c.year ? ` (${c.year}) ` : " ", c.title ? `${c.title}. ` : "", c.doi ? `doi:${c.doi}` : ""].join("")));
  fill(document.getElementById("content"), el("div", { class: "bench" },
    el("div", { class: "title" }, el("div", {}, el("h1", {}, MODEL.title), el("p", {}, MODEL.summary)),
      el("div", { class: "actions" }, el("button", { type: "button", class: "plain", onclick: reset, data: { testid: "reset" } }, t("reset")))),
    el("div", { class: "sides" },
      el("aside", { class: "left", "aria-label": t("sliders.title") }, sliders.element),
      el("div", { class: "right" }, message, el("div", { id: "view" }, courses.element), doses.element,
        el("section", { class: "about" }, el("h2", {}, t("about.sources")), el("ul", {}, sources))))));
  document.getElementById("disclaimer").textContent = MODEL.disclaimer;
  document.title = MODEL.title;
  courses.show(outputs);
  reset();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => courses.relight());
}

globalThis.axissim = { run, model, start: typeof START === "undefined" ? null : START };
if (typeof document !== "undefined") begin();
