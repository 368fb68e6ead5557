// A model on the bench: sliders and doses at the left, what they do at the right.

import { about } from "./about.js";
import { Courses } from "./courses.js";
import { Doses } from "./doses.js";
import { dropdown, el, fill } from "./dom.js";
import { Equations } from "./equations.js";
import { Lesson } from "./lessons.js";
import { Plane } from "./plane.js";
import { printed, saveMenu } from "./save.js";
import { Sliders } from "./sliders.js";
import { address } from "./state.js";
import { t } from "./texts.js";
import { Why } from "./why.js";

const VIEWS = ["courses", "plane", "equations", "why", "about"];
const MOST_POINTS = 1000;
const MOST_OUTPUTS = 12;

export class Bench {
  constructor(model, state, line, lesson) {
    Object.assign(this, { model, line });
    this.settle(state, lesson);
    this.sliders = new Sliders(model, {
      onMove: (id) => this.moved(id), onSettle: () => this.settled(), only: lesson?.sliders,
    });
    this.doses = new Doses(model, { onMove: () => this.moved(null), onSettle: () => this.settled() });
    this.courses = new Courses(model);
    const states = model.quantities.filter((q) => q.state);
    this.views = VIEWS.filter((key) => (key !== "plane" || states.length > 1) && (key !== "why" || states.length));
    this.plane = this.views.includes("plane") ? new Plane(model, { onAxes: (axes) => { this.state.axes = axes; this.ask(); this.keep(); } }) : null;
    this.equations = new Equations(model);
    this.why = this.views.includes("why") ? new Why(model, { onAsk: () => this.ask() }) : null;
    this.about = about(model);
    this.message = el("p", { class: "message", role: "alert", hidden: true });
    this.said = {}; // what is wrong, of each kind of question
    if (lesson) this.lesson = new Lesson(lesson, model, { onDone: () => remember(lesson.id) });
    this.build();
    this.apply();
  }

  settle(state, lesson) {
    const m = this.model;
    const states = m.quantities.filter((q) => q.state).map((q) => q.id);
    const first = lesson ?? m.opening;
    this.start = {
      params: { ...first.params }, doses: first.doses.map((d) => ({ ...d })),
      span: lesson?.span ?? m.span.slice(0, 2), outputs: lesson?.show?.length ? lesson.show : m.outputs.slice(0, 4),
    };
    const shown = this.start.outputs.filter((id) => states.includes(id));
    const known = (id) => m.quantities.some((q) => q.id === id);
    const outputs = (state.outputs ?? this.start.outputs).filter(known);
    const axes = state.axes.filter((id) => states.includes(id));
    this.state = {
      id: m.id,
      params: state.own ? Object.fromEntries(Object.entries(state.params).filter(([id]) => m.parameters.some((p) => p.id === id))) : { ...this.start.params },
      doses: (state.doses ?? this.start.doses).filter((d) => m.targets.includes(d.target)),
      span: state.span ?? this.start.span,
      outputs: outputs.length ? outputs.slice(0, MOST_OUTPUTS) : this.start.outputs,
      axes: axes.length === 2 ? axes : [...new Set([...shown, ...states])].slice(0, 2),
      view: VIEWS.includes(state.view) ? state.view : "courses", fan: state.fan, lesson: lesson?.id ?? "",
    };
    this.last = m.parameters.find((p) => p.group === "inputs")?.id ?? m.parameters[0]?.id ?? null;
    this.before = { ...this.start.params };
  }

  build() {
    const m = this.model;
    this.tabs = el("div", { class: "tabs", role: "tablist", "aria-label": t("views.label") }, this.views.map((key) => el("button", {
      type: "button", role: "tab", id: `tab-${key}`, "aria-controls": "view", data: { testid: `tab-${key}` },
      onclick: () => this.look(key), onkeydown: (e) => this.walk(e, key),
    }, t(`views.${key}`))));
    this.fanBox = el("select", { "aria-label": t("fan.label"), data: { testid: "fan" }, onchange: (e) => { this.state.fan = e.target.value; this.courses.fan = null; this.ask(); this.keep(); if (!this.state.fan) this.courses.redraw(); } },
      ["", "moved", "inputs"].map((key) => el("option", { value: key }, t(`fan.${key || "none"}`))));
    this.fanBox.value = this.state.fan;
    const time = (at) => el("input", {
      type: "number", step: "any", class: "time", "aria-label": t(at ? "span.stop" : "span.start"), data: { testid: at ? "stop" : "begin" },
      onchange: (e) => this.retime(at, Number(e.target.value)),
    });
    this.times = [time(0), time(1)];
    this.curves = this.picker();
    this.view = el("div", { id: "view", role: "tabpanel", tabindex: "-1" }, this.courses.element, this.plane?.element, this.equations.element, this.why?.element, this.about);
    this.drawing = [el("label", { class: "tool" }, `${t("fan.title")} `, this.fanBox), this.curves];
    this.tools = el("div", { class: "tools" },
      el("span", { class: "tool" }, `${t("span.label")} `, this.times[0], " – ", this.times[1], ` ${m.timeUnit}`), this.drawing);
    const save = saveMenu({ picture: () => this.picture(), asked: () => this.asked(), link: () => location.href, onError: (text) => this.tell(text, "save") });
    const reset = el("button", { type: "button", class: "plain", data: { testid: "reset" }, onclick: () => this.reset() }, t("reset"));
    this.element = el("div", { class: "bench", data: { id: m.id } },
      el("div", { class: "title" }, el("div", {}, el("h1", {}, m.title), this.lesson ? null : el("p", {}, m.summary)), el("div", { class: "actions" }, reset, save)),
      this.lesson?.element,
      el("div", { class: "sides" },
        el("aside", { class: "left", "aria-label": t("sliders.title") }, this.sliders.element),
        el("div", { class: "right" }, this.tabs, this.message, this.tools, this.view, this.doses.element)));
  }

  picker() {
    const search = el("input", { type: "search", placeholder: t("curves.search"), "aria-label": t("curves.search"), oninput: () => list() });
    const rows = el("div", { class: "pick-rows", role: "group", "aria-label": t("curves.title") });
    const list = () => {
      const words = search.value.toLowerCase();
      const found = this.model.quantities.filter((q) => `${q.id} ${q.name}`.toLowerCase().includes(words)).slice(0, 80);
      fill(rows, found.map((q) => el("label", {}, el("input", {
        type: "checkbox", checked: this.state.outputs.includes(q.id), onchange: (e) => this.choose(q.id, e.target),
      }), ` ${q.name}`, q.unit ? el("span", { class: "quiet" }, ` ${q.unit}`) : null)));
    };
    const menu = dropdown(el("summary", { data: { testid: "curves" } }, t("curves.title")), el("div", { class: "drop pick" }, search, rows));
    menu.addEventListener("toggle", () => { if (menu.open) { list(); search.focus(); } });
    return menu;
  }

  choose(id, box) {
    const without = this.state.outputs.filter((o) => o !== id);
    if (box.checked && without.length >= MOST_OUTPUTS) { box.checked = false; return; }
    if (!box.checked && !without.length) { box.checked = true; return; }
    this.state.outputs = box.checked ? [...without, id] : without;
    this.courses.ghost = null;
    this.courses.fan = null;
    this.courses.show(this.state.outputs);
    this.ask();
    this.keep();
  }

  apply() {
    this.sliders.set(this.state.params);
    this.doses.set(this.state.doses, this.state.span);
    this.courses.show(this.state.outputs);
    this.courses.doses = this.doses.doses;
    this.times.forEach((box, at) => { box.value = this.state.span[at]; });
    this.plane?.set(this.state.axes);
    this.fanBox.value = this.state.fan;
    if (this.lesson) for (const g of this.lesson.lesson.goals) if (g.output && !["swing", "late_swing", "peaks", "time_above"].includes(g.measure)) this.courses.bands[g.output] = g;
    this.look(this.state.view, false);
    this.ask();
  }

  walk(e, key) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return;
    const next = this.views.at((this.views.indexOf(key) + by) % this.views.length);
    this.look(next);
    this.tabs.children[this.views.indexOf(next)].focus();
  }

  look(key, tell = true) {
    this.state.view = this.views.includes(key) ? key : "courses";
    const parts = { courses: this.courses, plane: this.plane, equations: this.equations, why: this.why, about: { element: this.about } };
    for (const [name, part] of Object.entries(parts)) if (part) part.element.hidden = name !== this.state.view;
    this.views.forEach((name, at) => {
      this.tabs.children[at].setAttribute("aria-selected", String(name === this.state.view));
      this.tabs.children[at].tabIndex = name === this.state.view ? 0 : -1;
    });
    this.tabs.children[this.views.indexOf(this.state.view)].scrollIntoView({ inline: "nearest", block: "nearest" });
    this.view.setAttribute("aria-labelledby", `tab-${this.state.view}`);
    this.tools.hidden = !["courses", "plane", "why"].includes(this.state.view);
    for (const tool of this.drawing) tool.hidden = this.state.view !== "courses";
    if (this.state.view === "equations") { this.equations.open(); this.equations.mark(this.last); }
    if (!tell) return;
    this.ask();
    this.keep();
  }

  retime(at, value) {
    const span = [...this.state.span];
    span[at] = value;
    if (!(span[0] < span[1])) { this.times[at].value = this.state.span[at]; return; }
    this.state.span = span;
    this.courses.ghost = null;
    this.doses.set(this.doses.doses, span);
    this.courses.doses = this.doses.doses;
    this.ask();
    this.keep();
  }

  moved(id) {
    if (!this.moving) {
      this.moving = true;
      this.courses.ghost = this.courses.run;
      this.before = { ...this.shown };
    }
    if (id) this.last = id;
    this.state.params = { ...this.sliders.params };
    this.state.doses = this.doses.doses;
    this.courses.doses = this.doses.doses;
    this.ask();
    if (this.state.view === "equations") this.equations.mark(id);
  }

  settled() {
    this.moving = false;
    this.keep();
  }

  reset() {
    this.state.params = { ...this.start.params };
    this.state.doses = this.start.doses.map((d) => ({ ...d }));
    this.state.span = [...this.start.span];
    this.courses.ghost = null;
    this.courses.fan = null;
    this.before = { ...this.start.params };
    this.apply();
    this.keep();
  }

  asked() {
    const points = Math.min(this.model.span[2] > 50 ? this.model.span[2] : 201, MOST_POINTS);
    const goals = this.lesson?.lesson.goals.map((g) => g.output).filter(Boolean) ?? [];
    const outputs = [...new Set([...this.state.outputs, ...goals])].slice(0, MOST_OUTPUTS);
    const inputs = this.model.parameters.filter((p) => p.group === "inputs").map((p) => p.id);
    const spread = this.state.fan === "inputs" && inputs.length ? inputs : [this.last];
    return {
      model: this.model.id, params: this.state.params, doses: this.state.doses, t: [...this.state.span, points], outputs,
      over: spread.filter((id) => this.model.parameters.some((p) => p.id === id && !p.step)).slice(0, 8), // choices have nothing between them
    };
  }

  ask() {
    const message = this.asked();
    this.line.ask("run", message);
    const fan = this.state.fan && message.over.length;
    if (!fan) { this.courses.fan = null; this.tell(this.state.fan ? t("fan.nothing") : "", "fan"); }
    if (this.state.view !== "plane") this.tell("", "plane");
    if (fan) this.line.ask("fan", { ...message, outputs: this.state.outputs });
    if (this.state.view === "plane") this.line.ask("plane", { ...message, outputs: [], axes: this.state.axes });
    if (this.state.view === "why") this.line.ask("why", { ...message, outputs: [], axes: [this.why.select.value], before: this.before });
  }

  take(answer, message) {
    if (answer.model !== this.model.id) return;
    if (answer.kind === "run") {
      this.shown = message?.params ?? {};
      this.courses.take(answer);
      this.tell("", "save");
      this.tell(answer.status === "ok" ? "" : t("run.failed", { word: t(`status.${answer.status}`) }), "run");
      this.lesson?.check(answer, Object.fromEntries(this.lesson.lesson.goals.filter((g) => g.param).map((g) => [g.param, this.sliders.value(g.param)])), this.doses.doses);
      document.body.dataset.answered = String(answer.n);
    }
    if (answer.kind === "fan") {
      if (!this.state.fan) return;
      this.courses.fan = answer;
      this.courses.redraw();
      document.body.dataset.fan = String(answer.n);
      this.tell(answer.failed ? t("fan.failed", { n: answer.failed, of: answer.runs }) : "", "fan");
    }
    if (answer.kind === "plane") { this.plane?.take(answer); this.tell("", "plane"); }
    if (answer.kind === "why") this.why?.take(answer);
  }

  wrong(answer) {
    if (answer.of === "why") this.why?.tell(answer.text);
    else this.tell(answer.text, answer.of);
  }

  // Each kind of question has a message of its own, so that no answer wipes out what another said.
  tell(text, of) {
    this.said[of] = text;
    this.message.textContent = [...new Set(Object.values(this.said))].filter(Boolean).join(" ");
    this.message.hidden = !this.message.textContent;
  }

  keep() {
    history.replaceState(null, "", address(this.state));
  }

  picture() {
    const { run, ghost, fan } = this.courses;
    const of = (source, id) => (source ? source.outputs.indexOf(id) : -1);
    const panels = this.state.outputs.filter((id) => of(run, id) >= 0).map((id, at) => {
      const q = this.model.quantities.find((one) => one.id === id);
      const [g, f] = [of(ghost, id), of(fan, id)];
      return {
        name: q.name, unit: q.unit, x: run.t, y: run.values[of(run, id)], tone: printed[at % printed.length],
        ghost: g >= 0 ? { x: ghost.t, y: ghost.values[g] } : null,
        fan: f >= 0 ? { x: fan.t, low: fan.bands[0][f], high: fan.bands[4][f] } : null,
      };
    });
    return { title: this.model.title, disclaimer: this.model.disclaimer, timeUnit: this.model.timeUnit, panels };
  }

  relight() {
    this.courses.relight();
    this.plane?.draw();
  }

  close() {
    this.courses.close();
    this.plane?.close();
  }
}

// Lessons that are finished are remembered on this machine only.
function remember(id) {
  try {
    const done = JSON.parse(localStorage.getItem("lessons") || "[]");
    localStorage.setItem("lessons", JSON.stringify([...new Set([...done, id])]));
  } catch { /* a browser that keeps nothing */ }
}
