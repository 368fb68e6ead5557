// Time courses: a panel for each quantity, with the last setting behind it and a fan about it.

import uPlot from "../vendor/uplot/uPlot.esm.js";
import { colour, el, fill, written } from "./dom.js";
import { t } from "./texts.js";

// Steps of the axis of time, as clocks and calendars have them.
const INCREMENTS = {
  h: [0.1, 0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672, 1344],
  d: [0.1, 0.25, 0.5, 1, 2, 7, 14, 28, 56, 84, 168, 364, 728],
  min: [0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880],
};
const COLOURS = ["c0", "c1", "c2", "c3", "c4", "c5"];

export class Courses {
  constructor(model) {
    this.model = model;
    this.names = new Map(model.quantities.map((q) => [q.id, q]));
    this.panels = new Map();
    this.sync = uPlot.sync("courses");
    this.element = el("div", { class: "panels", role: "group", "aria-label": t("views.courses") });
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.element);
    this.run = null;
    this.ghost = null;
    this.fan = null;
    this.doses = [];
    this.bands = {};
  }

  show(outputs) {
    for (const [id, panel] of this.panels) if (!outputs.includes(id)) { panel.plot?.destroy(); this.panels.delete(id); }
    for (const id of outputs) if (!this.panels.has(id)) this.panels.set(id, this.panel(id));
    fill(this.element, outputs.map((id) => this.panels.get(id).box));
    this.element.dataset.count = outputs.length;
    outputs.forEach((id, at) => { this.panels.get(id).tone = COLOURS[at % COLOURS.length]; });
    this.fit();
  }

  panel(id) {
    const q = this.names.get(id) ?? { id, name: id, unit: "" };
    const reading = el("output", { class: "reading", for: id });
    const inside = el("div", { class: "plot" });
    const box = el("figure", { class: "panel", data: { id, testid: `panel-${id}` } },
      el("figcaption", {}, el("span", { class: "dot" }), el("b", {}, q.name), q.unit ? el("span", { class: "quiet" }, ` ${q.unit}`) : null, reading),
      inside);
    return { box, inside, reading, q, plot: null, tone: "c0" };
  }

  fit() {
    // Where the panels lie in a row that scrolls, keys must be able to scroll it.
    this.element.toggleAttribute("tabindex", false);
    if (this.element.scrollWidth > this.element.clientWidth) this.element.tabIndex = 0;
    for (const panel of this.panels.values()) {
      const width = Math.floor(panel.inside.clientWidth);
      if (!width) continue;
      if (panel.plot) panel.plot.setSize({ width, height: this.height() });
      else this.draw(panel, width);
    }
  }

  height() {
    return this.element.clientWidth < 500 ? 170 : this.panels.size > 2 ? 200 : 260;
  }

  take(run) {
    this.run = run;
    this.redraw();
  }

  redraw() {
    for (const [id, panel] of this.panels) {
      const at = this.run?.outputs.indexOf(id) ?? -1;
      if (at < 0) continue;
      panel.values = this.run.values[at];
      panel.reading.textContent = this.summary(panel.values);
      const width = Math.floor(panel.inside.clientWidth);
      if (!panel.plot && width) this.draw(panel, width);
      if (!panel.plot) continue;
      panel.plot.setData([this.run.t, panel.values]);
      this.describe(panel);
    }
  }

  summary(values) {
    let [low, high] = [Infinity, -Infinity];
    for (const v of values) { if (v < low) low = v; if (v > high) high = v; }
    if (!Number.isFinite(low)) return t("courses.failed");
    return high - low < 1e-3 * Math.abs(high) ? written(high, 3) : t("courses.range", { low: written(low, 3), high: written(high, 3) });
  }

  // Quantities that the last answer did not hold stay empty until the next one.
  draw(panel, width) {
    if (!this.run || !panel.values) return;
    const theme = { ink: colour("ink"), faint: colour("faint"), rule: colour("rule") };
    const axis = { stroke: theme.faint, grid: { stroke: theme.rule, width: 1 }, ticks: { stroke: theme.rule, width: 1, size: 4 }, font: "12px system-ui, sans-serif" };
    panel.box.style.setProperty("--tone", `var(--${panel.tone})`);
    panel.plot?.destroy();
    panel.inside.replaceChildren();
    panel.plot = new uPlot({
      width, height: this.height(), legend: { show: false }, padding: [10, 20, 0, 0],
      cursor: { sync: { key: "courses", setSeries: false }, points: { size: 7 }, drag: { x: true, y: false } },
      scales: { x: { time: false }, y: { range: (_, low, high) => this.range(panel, low, high) } },
      axes: [
        { ...axis, size: 30, incrs: INCREMENTS[this.model.timeUnit], values: (_, ticks) => this.clock(ticks) },
        { ...axis, size: 58, values: (_, ticks) => ticks.map((v) => written(v, 4)) },
      ],
      series: [{}, { stroke: colour(panel.tone), width: 2, points: { show: false } }],
      hooks: {
        drawAxes: [(u) => this.behind(u, panel)],
        setCursor: [(u) => this.point(u, panel)],
      },
    }, [this.run.t, panel.values], panel.inside);
    panel.plot.root.setAttribute("role", "img");
    this.describe(panel);
  }

  describe(panel) {
    panel.plot.root.setAttribute("aria-label", t("courses.alt", { name: panel.q.name, range: this.summary(panel.values) }));
  }

  clock(ticks) {
    const shown = ticks.map((v) => (v === null ? "" : written(v, 6)));
    const last = shown.findLastIndex((text) => text !== "");
    if (last >= 0 && this.model.timeUnit) shown[last] += ` ${this.model.timeUnit}`;
    return shown;
  }

  of(source, panel) {
    const at = source?.outputs.indexOf(panel.q.id) ?? -1;
    return at < 0 ? null : at;
  }

  range(panel, low, high) {
    let [least, most] = [low ?? 0, high ?? 1];
    const ghost = this.of(this.ghost, panel);
    const add = (values) => { for (const v of values) { if (v < least) least = v; if (v > most) most = v; } };
    if (ghost !== null) add(this.ghost.values[ghost]);
    const fan = this.of(this.fan, panel);
    if (fan !== null) { add(this.fan.bands[0][fan]); add(this.fan.bands[4][fan]); }
    const size = Math.max(Math.abs(least), Math.abs(most));
    if (most - least < 2e-3 * size) { const room = 0.1 * size; return [least >= 0 ? Math.max(0, least - room) : least - room, most + room]; }
    if (size === 0) return [-0.5, 1];
    if (least >= 0 && least < 0.5 * most) return [0, most * 1.06];
    const room = 0.06 * (most - least);
    return [least - room, most + room];
  }

  behind(u, panel) {
    const { ctx } = u;
    const { left, top, width, height } = u.bbox;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    this.band(u, panel);
    this.fanOf(u, panel);
    this.marks(u);
    const ghost = this.of(this.ghost, panel);
    if (ghost !== null) trace(u, this.ghost.t, this.ghost.values[ghost], colour("ghost"), 1.5, [5, 4]);
    ctx.restore();
  }

  // The range that a lesson asks for.
  band(u, panel) {
    const band = this.bands[panel.q.id];
    if (!band) return;
    const [a, b] = [u.valToPos(band.low ?? u.scales.y.min, "y", true), u.valToPos(band.high ?? u.scales.y.max, "y", true)];
    u.ctx.fillStyle = colour("goal");
    u.ctx.fillRect(u.bbox.left, Math.min(a, b), u.bbox.width, Math.abs(b - a));
  }

  fanOf(u, panel) {
    const at = this.of(this.fan, panel);
    if (at === null) return;
    const tone = colour(panel.tone);
    for (const [low, high, alpha] of [[0, 4, 0.14], [1, 3, 0.22]]) {
      u.ctx.globalAlpha = alpha;
      u.ctx.fillStyle = tone;
      area(u, this.fan.t, this.fan.bands[low][at], this.fan.bands[high][at]);
    }
    u.ctx.globalAlpha = 0.9;
    trace(u, this.fan.t, this.fan.bands[2][at], tone, 1, [2, 3]);
    u.ctx.globalAlpha = 1;
  }

  marks(u) {
    u.ctx.strokeStyle = colour("faint");
    u.ctx.globalAlpha = 0.45;
    u.ctx.setLineDash([2, 3]);
    u.ctx.beginPath();
    for (const dose of this.doses) {
      const times = dose.every ? Array.from({ length: Math.min(dose.count || 1, 200) }, (_, i) => dose.at + i * dose.every) : [dose.at];
      for (const time of times) {
        const x = u.valToPos(time, "x", true);
        u.ctx.moveTo(x, u.bbox.top);
        u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
      }
    }
    u.ctx.stroke();
    u.ctx.setLineDash([]);
    u.ctx.globalAlpha = 1;
  }

  point(u, panel) {
    const { idx } = u.cursor;
    if (idx === null || idx === undefined || !this.run) { panel.reading.textContent = this.summary(panel.values); return; }
    panel.reading.textContent = t("courses.at", { value: written(panel.values[idx], 4), time: written(this.run.t[idx], 5), unit: this.model.timeUnit });
  }

  // In other light every colour is asked for anew.
  relight() {
    for (const panel of this.panels.values()) if (panel.plot) this.draw(panel, Math.floor(panel.inside.clientWidth));
  }

  close() {
    this.watch.disconnect();
    for (const panel of this.panels.values()) panel.plot?.destroy();
  }
}

function path(u, x, y) {
  let open = false;
  for (let i = 0; i < x.length; i += 1) {
    if (Number.isNaN(y[i])) { open = false; continue; }
    const [a, b] = [u.valToPos(x[i], "x", true), u.valToPos(y[i], "y", true)];
    if (open) u.ctx.lineTo(a, b);
    else u.ctx.moveTo(a, b);
    open = true;
  }
}

function trace(u, x, y, tone, width, dash) {
  u.ctx.strokeStyle = tone;
  u.ctx.lineWidth = width * devicePixelRatio;
  u.ctx.setLineDash(dash.map((d) => d * devicePixelRatio));
  u.ctx.beginPath();
  path(u, x, y);
  u.ctx.stroke();
  u.ctx.setLineDash([]);
}

function area(u, x, low, high) {
  u.ctx.beginPath();
  path(u, x, high);
  for (let i = x.length - 1; i >= 0; i -= 1) u.ctx.lineTo(u.valToPos(x[i], "x", true), u.valToPos(low[i], "y", true));
  u.ctx.closePath();
  u.ctx.fill();
}
