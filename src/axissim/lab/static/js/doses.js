// Doses on a line of time: dragged, moved by arrow keys, or written in a list.

import { el, fill, written } from "./dom.js";
import { t } from "./texts.js";

const MOST = 40;

export class Doses {
  constructor(model, { onMove, onSettle }) {
    Object.assign(this, { model, onMove, onSettle });
    this.doses = [];
    this.span = [model.span[0], model.span[1]];
    this.names = new Map(model.quantities.map((q) => [q.id, q]));
    this.line = el("div", { class: "timeline", role: "group", "aria-label": t("doses.timeline") });
    this.rows = el("div", { class: "dose-rows" });
    this.add = el("button", { type: "button", class: "plain", data: { testid: "add-dose" }, onclick: () => this.put() }, t("doses.add"));
    this.element = el("section", { class: "doses", "aria-label": t("doses.title") },
      el("div", { class: "heading" }, el("h2", {}, t("doses.title")), this.add), this.line, this.rows);
    this.element.hidden = !model.targets.length;
  }

  set(doses, span) {
    this.doses = doses.map((d) => ({ ...d }));
    this.span = span;
    this.draw();
  }

  put() {
    if (this.doses.length >= MOST) return;
    const last = this.doses.at(-1);
    const target = last?.target ?? this.model.targets[0];
    const at = this.span[0] + (this.span[1] - this.span[0]) * (last ? 0.5 : 0.1);
    this.doses.push({ target, amount: last?.amount ?? 1, at: this.round(at) });
    this.draw();
    this.rows.lastElementChild.querySelector("select").focus();
    this.onMove();
    this.onSettle();
  }

  round(time) {
    const step = 10 ** Math.floor(Math.log10((this.span[1] - this.span[0]) / 200));
    return Number((Math.round(time / step) * step).toPrecision(8));
  }

  draw() {
    fill(this.line, this.doses.map((dose, at) => this.handle(dose, at)), el("span", { class: "end start" }, written(this.span[0])),
      el("span", { class: "end stop" }, `${written(this.span[1])} ${this.model.timeUnit}`));
    fill(this.rows, this.doses.map((dose, at) => this.row(dose, at)));
  }

  share(time) {
    return (time - this.span[0]) / (this.span[1] - this.span[0]);
  }

  describe(dose) {
    const q = this.names.get(dose.target);
    return t("doses.one", { amount: written(dose.amount), unit: q?.unit ?? "", name: q?.name ?? dose.target, at: written(dose.at), time: this.model.timeUnit });
  }

  handle(dose, at) {
    const repeats = Array.from({ length: dose.every ? Math.min(dose.count || 1, 200) - 1 : 0 }, () => el("span", { class: "repeat" }));
    const line = () => repeats.forEach((dot, i) => {
      const share = this.share(dose.at + (i + 1) * dose.every);
      dot.style.left = `${100 * share}%`;
      dot.hidden = !(share >= 0 && share <= 1);
    });
    line();
    const share = this.share(dose.at);
    const grip = el("button", {
      type: "button", class: "grip", role: "slider", data: { testid: `dose-${at}` }, style: `left:${100 * Math.min(Math.max(share, 0), 1)}%`,
      "aria-label": this.describe(dose), "aria-valuemin": this.span[0], "aria-valuemax": this.span[1], "aria-valuenow": dose.at,
      "aria-valuetext": `${written(dose.at)} ${this.model.timeUnit}`, title: this.describe(dose),
    });
    const move = (time) => {
      dose.at = this.round(Math.min(Math.max(time, this.span[0]), this.span[1]));
      grip.style.left = `${100 * this.share(dose.at)}%`;
      line();
      grip.setAttribute("aria-valuenow", dose.at);
      grip.setAttribute("aria-valuetext", `${written(dose.at)} ${this.model.timeUnit}`);
      const field = this.rows.children[at]?.querySelector(".at");
      if (field) field.value = dose.at;
      this.onMove();
    };
    grip.addEventListener("pointerdown", (e) => {
      grip.setPointerCapture(e.pointerId);
      const box = this.line.getBoundingClientRect();
      grip.onpointermove = (m) => move(this.span[0] + ((m.clientX - box.left) / box.width) * (this.span[1] - this.span[0]));
      grip.onpointerup = () => { grip.onpointermove = null; grip.onpointerup = null; this.draw(); this.onSettle(); };
    });
    grip.addEventListener("keydown", (e) => {
      const step = ((this.span[1] - this.span[0]) / 100) * (e.shiftKey ? 10 : 1);
      const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step }[e.key];
      if (by) { e.preventDefault(); move(dose.at + by); this.onSettle(); }
      if (e.key === "Delete" || e.key === "Backspace") { e.preventDefault(); this.drop(at); }
    });
    return [repeats, grip];
  }

  drop(at) {
    this.doses.splice(at, 1);
    this.draw();
    (this.line.querySelectorAll(".grip")[Math.max(at - 1, 0)] ?? this.add).focus();
    this.onMove();
    this.onSettle();
  }

  row(dose, at) {
    const change = (key, value) => {
      if (value === null) delete dose[key];
      else dose[key] = value;
      this.draw();
      this.onMove();
      this.onSettle();
    };
    const field = (key, value, label, optional = false) => el("label", { class: `field ${key}-field` }, el("span", {}, label),
      el("input", {
        type: "number", step: "any", class: key, value: value === undefined ? "" : String(value), data: { testid: `dose-${at}-${key}` },
        onchange: (e) => {
          const number = Number(e.target.value);
          if (e.target.value === "") { if (optional) change(key, null); else this.draw(); }
          else if (Number.isFinite(number)) change(key, number);
        },
      }));
    const unit = this.names.get(dose.target)?.unit ?? "";
    const select = el("select", { "aria-label": t("doses.target"), onchange: (e) => change("target", e.target.value) },
      this.model.targets.map((id) => el("option", { value: id, selected: id === dose.target }, `${this.names.get(id)?.name ?? id}`)));
    return el("div", { class: "dose-row" },
      el("label", { class: "field wide" }, el("span", {}, t("doses.target")), select),
      field("amount", dose.amount, unit ? t("doses.amount", { unit }) : t("doses.amountPlain")),
      field("at", dose.at, t("doses.at", { unit: this.model.timeUnit })),
      field("every", dose.every, t("doses.every"), true),
      dose.every ? field("count", dose.count ?? 1, t("doses.count")) : null,
      el("button", { type: "button", class: "icon", title: t("doses.remove"), "aria-label": `${t("doses.remove")}: ${this.describe(dose)}`, onclick: () => this.drop(at) }, "✕"));
  }
}
