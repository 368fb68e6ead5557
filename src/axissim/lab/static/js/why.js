// Why did this change: the terms of one state's rate, before and after.

import { el, fill, written } from "./dom.js";
import { t } from "./texts.js";

export class Why {
  constructor(model, { onAsk }) {
    this.states = model.quantities.filter((q) => q.state);
    this.select = el("select", { data: { testid: "why-state" }, onchange: () => onAsk(this.select.value) },
      this.states.map((q) => el("option", { value: q.id }, q.name)));
    const shown = model.outputs.find((id) => this.states.some((q) => q.id === id));
    if (shown) this.select.value = shown;
    this.list = el("div", { class: "terms" });
    this.element = el("div", { class: "why", hidden: true },
      el("p", {}, t("why.lead")),
      el("div", { class: "choices" }, el("label", {}, `${t("why.state")} `, this.select)), this.list);
  }

  take({ terms }) {
    const size = Math.max(...terms.flatMap((r) => [Math.abs(r.before), Math.abs(r.after)]), 1e-300);
    const moved = terms.some((r) => r.before !== r.after);
    fill(this.list,
      moved ? null : el("p", { class: "quiet" }, t("why.nothing")),
      el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("why.table") }, el("table", {},
        el("thead", {}, el("tr", {}, ["term", "before", "after", "change"].map((key) => el("th", { scope: "col" }, t(`why.${key}`))))),
        el("tbody", {}, terms.map((row) => {
          const term = el("td", { class: "math" });
          term.innerHTML = row.term; // made by our own server from formulas, escaped there
          return el("tr", {}, term, bar(row.before, size, "was"), bar(row.after, size, "now"), el("td", { class: "number" }, change(row)));
        })))));
  }

  tell(text) {
    fill(this.list, el("p", { class: "quiet" }, text));
  }
}

function bar(value, size, name) {
  return el("td", { class: "bar" }, el("span", { class: "track" }, el("span", {
    class: `fill ${name} ${value < 0 ? "loss" : "gain"}`, style: `width:${(50 * Math.abs(value)) / size}%;${value < 0 ? "right" : "left"}:50%`,
  })), el("span", { class: "number" }, written(value, 3)));
}

function change({ before, after }) {
  if (before === after) return "=";
  if (before === 0) return "+";
  const alike = before > 0 === after > 0; // of a loss, too, what grows is told as growing
  const share = alike ? Math.abs(after / before) - 1 : (after - before) / Math.abs(before);
  return `${share > 0 ? "+" : "−"}${written(Math.abs(100 * share), 3)} %`;
}
