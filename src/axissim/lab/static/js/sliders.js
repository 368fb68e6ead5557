// Sliders for parameters, in groups; a number beside each, what it is on hover and focus.

import { el, fill, written } from "./dom.js";
import { t } from "./texts.js";

const STEPS = 1000;

// Where on a slider a value stands, and back.
export function place(p, value) {
  if (p.log) return value <= 0 ? 0 : (STEPS * Math.log(value / p.low)) / Math.log(p.high / p.low);
  return (STEPS * (value - p.low)) / (p.high - p.low);
}

export function valueAt(p, at) {
  const share = at / STEPS;
  const value = p.log ? p.low * (p.high / p.low) ** share : p.low + share * (p.high - p.low);
  if (p.step) return p.low + p.step * Math.round((value - p.low) / p.step);
  if (Math.abs(value / p.value - 1) < 2e-3) return p.value; // the default can be met again
  return Number(value.toPrecision(4));
}

export class Sliders {
  constructor(model, { onMove, onSettle, only }) {
    Object.assign(this, { model, onMove, onSettle });
    this.rows = new Map(); // id -> row, of groups that have been opened
    this.params = {};
    this.byId = new Map(model.parameters.map((p) => [p.id, p]));
    this.tip = el("div", { class: "tip", role: "tooltip", id: "tip", hidden: true });
    this.search = el("input", {
      type: "search", placeholder: t("sliders.search"), "aria-label": t("sliders.search"), oninput: () => this.find(),
    });
    this.body = el("div", { class: "groups" });
    this.element = el("div", { class: "sliders" },
      model.parameters.length > 12 ? this.search : null, this.body, this.tip);
    this.list(only);
  }

  list(only) {
    const groups = new Map();
    const inside = only?.length ? this.model.parameters.map((p) => (only.includes(p.id) ? { ...p, group: "inputs" } : { ...p, group: p.group === "inputs" ? "other" : p.group })) : this.model.parameters;
    for (const p of inside) groups.set(p.group, [...(groups.get(p.group) || []), p]);
    const order = ["inputs", ...[...groups.keys()].filter((k) => !["inputs", "other"].includes(k)), "other"];
    this.groups = order.filter((key) => groups.has(key)).map((key, at) => this.group(key, groups.get(key), at === 0));
    fill(this.body, this.groups.map((g) => g.box));
  }

  group(key, of, open) {
    const title = ["inputs", "other"].includes(key) ? t(`group.${key}`) : key;
    const list = el("div", { class: "rows" });
    const box = el("details", { class: "group", open },
      el("summary", {}, el("span", {}, title), el("span", { class: "quiet" }, ` ${of.length}`)), list);
    const group = { box, of, list, filled: false };
    box.addEventListener("toggle", () => box.open && this.put(group));
    if (open) this.put(group);
    return group;
  }

  put(group) {
    if (group.filled) return;
    group.filled = true;
    for (const p of group.of) group.list.append(this.row(this.byId.get(p.id)));
  }

  row(p) {
    const label = `s-${p.id}`;
    const range = el("input", {
      type: "range", min: "0", max: String(STEPS), step: p.step ? String((STEPS * p.step) / (p.high - p.low)) : "1", id: label, data: { testid: `slider-${p.id}` },
      oninput: () => this.move(p, valueAt(p, Number(range.value))), onchange: () => this.onSettle(p.id),
    });
    const number = el("input", {
      type: "number", step: "any", class: "number", "aria-label": t("sliders.value", { name: p.name }),
      data: { testid: `number-${p.id}` },
      onchange: () => {
        const value = Number(number.value);
        if (number.value === "" || !Number.isFinite(value)) { this.show(p); return; }
        this.move(p, value); this.onSettle(p.id);
      },
    });
    const reset = el("button", {
      type: "button", class: "icon reset", title: t("sliders.reset"), "aria-label": t("sliders.resetOf", { name: p.name }),
      onclick: () => { this.move(p, p.value); this.onSettle(p.id); range.focus(); },
    }, "↺");
    const row = el("div", { class: "row", data: { id: p.id } },
      el("label", { for: label }, p.name), reset, range,
      el("span", { class: "entry" }, number, el("span", { class: "unit" }, p.unit)));
    for (const event of ["mouseenter", "focusin"]) row.addEventListener(event, () => this.tell(p, row));
    for (const event of ["mouseleave", "focusout"]) row.addEventListener(event, () => { this.tip.hidden = true; });
    row.addEventListener("keydown", (e) => { if (e.key === "Escape") this.tip.hidden = true; });
    range.setAttribute("aria-describedby", "tip");
    this.rows.set(p.id, { row, range, number, reset });
    this.show(p);
    return row;
  }

  tell(p, row) {
    fill(this.tip, el("b", {}, p.name), el("span", { class: "quiet" }, ` ${p.id}`),
      el("p", {}, t("sliders.default", { value: written(p.value, 6), unit: p.unit })),
      p.note ? el("p", {}, p.note) : null);
    this.tip.hidden = false;
    const [box, around] = [row.getBoundingClientRect(), this.element.getBoundingClientRect()];
    const least = Math.min(innerHeight, this.element.parentElement.getBoundingClientRect().bottom) - 44;
    const above = box.bottom + 4 + this.tip.offsetHeight > least;
    this.tip.style.top = `${above ? box.top - around.top - this.tip.offsetHeight - 4 : box.bottom - around.top + 4}px`;
  }

  move(p, value) {
    if (value === p.value) delete this.params[p.id];
    else this.params[p.id] = value;
    this.show(p);
    this.onMove(p.id);
  }

  set(params) {
    this.params = { ...params };
    for (const id of this.rows.keys()) this.show(this.byId.get(id));
  }

  value(id) {
    return this.params[id] ?? this.byId.get(id)?.value;
  }

  show(p) {
    const parts = this.rows.get(p.id);
    if (!parts) return;
    const value = this.value(p.id);
    parts.range.value = String(place(p, value));
    parts.range.setAttribute("aria-valuetext", `${written(value)} ${p.unit}`.trim());
    if (document.activeElement !== parts.number || Number(parts.number.value) !== value) parts.number.value = String(value);
    const changed = p.id in this.params;
    parts.row.classList.toggle("changed", changed);
    parts.reset.style.visibility = changed ? "visible" : "hidden";
  }

  find() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of this.groups) {
      const hits = group.of.filter((p) => words.every((w) => `${p.id} ${p.name} ${p.note}`.toLowerCase().includes(w)));
      if (words.length && hits.length) { this.put(group); group.box.open = true; }
      group.box.hidden = !hits.length;
      for (const p of group.of) {
        const parts = this.rows.get(p.id);
        if (parts) parts.row.hidden = !hits.includes(p);
      }
    }
  }
}
