// The equations, set by the browser; what reads the parameter moved last is marked.

import { el, fill, written } from "./dom.js";
import { t } from "./texts.js";

const KINDS = ["rate", "constraint", "event", "rule", "formula"];

export class Equations {
  constructor(model) {
    this.model = model;
    this.parts = new Map([...model.quantities, ...model.parameters].map((p) => [p.id, p]));
    this.told = el("p", { class: "told", role: "status" }, t("equations.hint"));
    this.only = el("input", { type: "checkbox", id: "only", onchange: () => this.mark(this.moved) });
    this.list = el("div", { class: "equations" });
    this.element = el("div", { hidden: true },
      el("div", { class: "choices" }, el("label", {}, this.only, ` ${t("equations.only")}`)), this.told, this.list);
    this.filled = false;
    this.moved = null;
  }

  open() {
    if (this.filled) return;
    this.filled = true;
    const groups = KINDS.map((kind) => [kind, this.model.equations.filter((e) => e.kind === kind)]).filter(([, of]) => of.length);
    fill(this.list, groups.map(([kind, of]) => el("section", {},
      el("h2", {}, t(`equations.${kind}`)),
      of.map((one) => {
        const row = el("div", { class: "equation", role: "group", "aria-label": this.parts.get(one.id)?.name ?? one.id, data: { of: one.id } });
        row.innerHTML = one.math; // made by our own server from formulas, escaped there
        row.prepend(el("span", { class: "quiet" }, this.parts.get(one.id)?.name ?? ""));
        return row;
      }))));
    for (const row of this.list.querySelectorAll(".equation")) if (row.scrollWidth > row.clientWidth) row.tabIndex = 0;
    this.list.addEventListener("mouseover", (e) => this.tell(e.target.closest?.("[data-id]")));
    this.list.addEventListener("click", (e) => this.tell(e.target.closest?.("[data-id]")));
    this.mark(this.moved);
  }

  tell(symbol) {
    const part = symbol && this.parts.get(symbol.dataset.id);
    if (!part) return;
    const value = part.value !== undefined ? `, ${written(part.value)}` : "";
    this.told.textContent = `${part.id}: ${part.name}${value}${part.unit ? ` ${part.unit}` : ""}${part.note ? ` – ${part.note}` : ""}`;
  }

  mark(id) {
    this.moved = id;
    if (!this.filled) return;
    for (const symbol of this.list.querySelectorAll(".moved")) symbol.classList.remove("moved");
    const found = id ? this.list.querySelectorAll(`[data-id="${CSS.escape(id)}"]`) : [];
    for (const symbol of found) symbol.classList.add("moved");
    for (const row of this.list.querySelectorAll(".equation")) {
      const hit = row.querySelector(".moved");
      row.classList.toggle("hit", Boolean(hit));
      row.hidden = this.only.checked && Boolean(id) && !hit;
    }
    for (const section of this.list.children) section.hidden = [...section.querySelectorAll(".equation")].every((row) => row.hidden);
    if (id && found.length) this.told.textContent = t("equations.marked", { name: this.parts.get(id)?.name ?? id, n: this.list.querySelectorAll(".equation.hit").length });
  }
}
