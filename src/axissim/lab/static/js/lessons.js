// A lesson: a question, steps, goals checked on the read-outs while sliders move, an answer.

import { el, fill, written } from "./dom.js";
import { t } from "./texts.js";

export class Lesson {
  constructor(lesson, model, { onDone }) {
    Object.assign(this, { lesson, model, onDone });
    this.chosen = null;
    this.done = false;
    this.goals = lesson.goals.map((goal) => ({ goal, box: el("li", { class: "goal" }) }));
    this.answer = el("div", { class: "answer", hidden: true, tabindex: "-1" });
    this.verdict = el("p", { role: "status", class: "verdict" });
    this.element = el("section", { class: "lesson-box", "aria-label": lesson.title, data: { testid: "lesson" } },
      el("div", { class: "heading" }, el("p", { class: "step" }, t("lessons.lesson")), el("a", { class: "plain", href: `#/model/${model.id}` }, t("lessons.leave"))),
      el("div", { class: "halves" },
        el("div", {}, el("h2", {}, lesson.title), el("p", { class: "question" }, lesson.question),
          lesson.steps.length ? el("ol", { class: "steps" }, lesson.steps.map((step) => el("li", {}, step))) : null),
        el("div", {}, el("h3", {}, t("lessons.goals")), el("ul", { class: "goals" }, this.goals.map((g) => g.box)),
          lesson.choices.length ? this.choices() : null)),
      this.verdict, this.answer);
    this.check(null, {}, []);
  }

  choices() {
    return el("fieldset", { class: "choices-box" }, el("legend", {}, t("lessons.choose")),
      this.lesson.choices.map((choice, at) => el("label", {},
        el("input", {
          type: "radio", name: "choice", value: String(at), data: { testid: `choice-${at}` },
          onchange: () => { this.chosen = choice; this.judge(); },
        }), ` ${choice.text}`)));
  }

  check(run, value, doses) {
    this.goals.forEach((one) => {
      const found = run || one.goal.param ? measured(one.goal, run, value, doses) : NaN;
      one.met = found >= (one.goal.low ?? -Infinity) && found <= (one.goal.high ?? Infinity);
      one.box.classList.toggle("met", one.met);
      fill(one.box, el("span", { class: "tick", "aria-hidden": "true" }, one.met ? "✓" : "○"),
        el("span", {}, one.goal.text, " "),
        el("span", { class: "quiet" }, t(one.met ? "lessons.met" : "lessons.now", { value: written(found, 3) })));
    });
    this.judge();
  }

  judge() {
    const goals = this.goals.every((g) => g.met);
    const right = !this.lesson.choices.length || this.chosen?.right;
    const missing = !goals ? t("lessons.goalsLeft", { n: this.goals.filter((g) => !g.met).length }) : "";
    if (this.done) return;
    if (this.chosen && !this.chosen.right) this.verdict.textContent = this.chosen.why || t("lessons.wrong");
    else if (this.chosen && right) this.verdict.textContent = `${this.chosen.why || t("lessons.right")} ${missing}`;
    else this.verdict.textContent = "";
    if (goals && right) {
      this.done = true;
      this.verdict.textContent = t("lessons.done");
      this.element.classList.add("finished");
      fill(this.answer, el("h3", {}, t("lessons.answer")), el("p", {}, this.lesson.answer));
      this.answer.hidden = false;
      this.onDone();
    }
  }
}

// The number that a goal is about.
export function measured(goal, run, value, doses) {
  if (goal.param) return value[goal.param] ?? NaN;
  if (goal.dose_total) return doses.filter((d) => d.target === goal.dose_total).reduce((sum, d) => sum + d.amount * (d.every ? d.count || 1 : 1), 0);
  const at = run?.outputs.indexOf(goal.output) ?? -1;
  if (at < 0) return NaN;
  return MEASURES[goal.measure]([...run.values[at]], [...run.t], goal.at);
}

const MEASURES = {
  min: (y) => Math.min(...y),
  max: (y) => Math.max(...y),
  last: (y) => y.at(-1),
  swing: (y) => Math.max(...y) - Math.min(...y),
  late_swing: (y) => MEASURES.swing(y.slice(Math.floor((2 * y.length) / 3))),
  mean: (y, x) => area(y, x) / (x.at(-1) - x[0]),
  at: (y, x, when) => y[x.reduce((best, v, i) => (Math.abs(v - when) < Math.abs(x[best] - when) ? i : best), 0)],
  peaks: (y) => {
    const [low, high] = [Math.min(...y), Math.max(...y)];
    const least = low + 0.5 * (high - low);
    return y.filter((v, i) => i > 0 && i + 1 < y.length && v > least && v > y[i - 1] && v >= y[i + 1]).length;
  },
  time_above: (y, x, level) => area(y.map((v) => (v > level ? 1 : 0)), x),
};

function area(y, x) {
  let sum = 0;
  for (let i = 1; i < x.length; i += 1) sum += ((y[i] + y[i - 1]) / 2) * (x[i] - x[i - 1]);
  return sum;
}
