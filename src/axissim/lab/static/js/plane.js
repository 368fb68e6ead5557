// The phase plane of two states: a path, where each stands still, and which way all moves.

import { colour, el, written } from "./dom.js";
import { t } from "./texts.js";

export class Plane {
  constructor(model, { onAxes }) {
    this.model = model;
    this.states = model.quantities.filter((q) => q.state);
    this.canvas = el("canvas", { role: "img" });
    this.note = el("p", { class: "quiet" });
    this.selects = [0, 1].map((at) => el("select", {
      "aria-label": t(at ? "plane.y" : "plane.x"), data: { testid: at ? "plane-y" : "plane-x" }, onchange: () => onAxes(this.selects.map((s) => s.value)),
    }, this.states.map((q) => el("option", { value: q.id }, q.name))));
    this.element = el("div", { class: "plane", hidden: true },
      el("div", { class: "choices" }, el("label", {}, `${t("plane.x")} `, this.selects[0]), el("label", {}, `${t("plane.y")} `, this.selects[1])),
      el("div", { class: "canvas" }, this.canvas),
      el("ul", { class: "key" }, ["path", "dx", "dy", "rest"].map((key) => el("li", { class: `key-${key}` }, t(`plane.${key}`)))),
      this.note);
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.element);
  }

  set(axes) {
    this.selects.forEach((select, at) => { select.value = axes[at]; });
  }

  take(answer) {
    this.answer = answer;
    this.draw();
  }

  draw() {
    const a = this.answer;
    const width = Math.min(this.element.clientWidth, 720);
    if (!a || !width || this.element.hidden) return;
    const height = Math.round(Math.min(width * 0.75, 520));
    const scale = devicePixelRatio;
    Object.assign(this.canvas, { width: width * scale, height: height * scale });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const ctx = this.canvas.getContext("2d");
    ctx.scale(scale, scale);
    const box = { left: 66, top: 12, right: width - 14, bottom: height - 44 };
    const [x0, x1, y0, y1] = [a.x[0], a.x.at(-1), a.y[0], a.y.at(-1)];
    const X = (x) => box.left + ((x - x0) / (x1 - x0)) * (box.right - box.left);
    const Y = (y) => box.bottom - ((y - y0) / (y1 - y0)) * (box.bottom - box.top);
    this.frame(ctx, box, X, Y, a);
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    ctx.clip();
    arrows(ctx, a, X, Y, box);
    contour(ctx, a, a.dx, X, Y, colour("c1"), []);
    contour(ctx, a, a.dy, X, Y, colour("c2"), [7, 4]);
    route(ctx, a.path, X, Y);
    for (const [x, y] of crossings(a)) ring(ctx, X(x), Y(y));
    ctx.restore();
    const names = a.axes.map((id) => this.states.find((q) => q.id === id)?.name ?? id);
    this.canvas.setAttribute("aria-label", t("plane.alt", { x: names[0], y: names[1] }));
    this.note.textContent = this.states.length > 2 ? t("plane.note", { at: written(a.at), unit: this.model.timeUnit }) : "";
  }

  frame(ctx, box, X, Y, a) {
    ctx.font = "12px system-ui, sans-serif";
    ctx.lineWidth = 1;
    ctx.strokeStyle = colour("rule");
    ctx.fillStyle = colour("faint");
    ctx.textAlign = "center";
    for (const x of ticks(a.x[0], a.x.at(-1), (box.right - box.left) / 90)) {
      line(ctx, X(x), box.top, X(x), box.bottom);
      ctx.fillText(written(x), X(x), box.bottom + 16);
    }
    ctx.textAlign = "right";
    for (const y of ticks(a.y[0], a.y.at(-1), (box.bottom - box.top) / 60)) {
      line(ctx, box.left, Y(y), box.right, Y(y));
      ctx.fillText(written(y), box.left - 6, Y(y) + 4);
    }
    ctx.fillStyle = colour("ink");
    ctx.textAlign = "center";
    const [x, y] = a.axes.map((id) => this.states.find((q) => q.id === id));
    ctx.fillText(label(x), (box.left + box.right) / 2, box.bottom + 36);
    ctx.save();
    ctx.translate(13, (box.top + box.bottom) / 2);
    ctx.rotate(-Math.PI / 2);
    ctx.fillText(label(y), 0, 0);
    ctx.restore();
  }

  close() {
    this.watch.disconnect();
  }
}

const label = (q) => (q ? q.name + (q.unit ? ` (${q.unit})` : "") : "");

export function ticks(low, high, about) {
  const rough = (high - low) / Math.max(about, 2);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough);
  const found = [];
  for (let v = Math.ceil(low / step) * step; v <= high + 1e-9 * step; v += step) found.push(Math.abs(v) < 1e-9 * step ? 0 : v);
  return found;
}

function line(ctx, a, b, c, d) {
  ctx.beginPath();
  ctx.moveTo(a, b);
  ctx.lineTo(c, d);
  ctx.stroke();
}

function arrows(ctx, a, X, Y, box) {
  ctx.strokeStyle = colour("faint");
  ctx.globalAlpha = 0.5;
  const [wide, high] = [(box.right - box.left) / (a.x.at(-1) - a.x[0]), (box.bottom - box.top) / (a.y.at(-1) - a.y[0])];
  for (let j = 1; j < a.y.length; j += 3) {
    for (let i = 1; i < a.x.length; i += 3) {
      const [u, v] = [a.dx[j][i] * wide, -a.dy[j][i] * high];
      const size = Math.hypot(u, v);
      if (!(size > 0)) continue;
      const [x, y, p, q] = [X(a.x[i]), Y(a.y[j]), (u / size) * 6, (v / size) * 6];
      line(ctx, x - p, y - q, x + p, y + q);
      ctx.beginPath();
      ctx.arc(x + p, y + q, 1.5, 0, 7);
      ctx.stroke();
    }
  }
  ctx.globalAlpha = 1;
}

// Where a grid of values is zero, by marching squares.
function contour(ctx, a, z, X, Y, tone, dash) {
  ctx.strokeStyle = tone;
  ctx.lineWidth = 2;
  ctx.setLineDash(dash);
  ctx.beginPath();
  for (let j = 0; j + 1 < a.y.length; j += 1) {
    for (let i = 0; i + 1 < a.x.length; i += 1) {
      const cuts = cell(a, z, i, j);
      for (let k = 0; k + 1 < cuts.length; k += 2) {
        ctx.moveTo(X(cuts[k][0]), Y(cuts[k][1]));
        ctx.lineTo(X(cuts[k + 1][0]), Y(cuts[k + 1][1]));
      }
    }
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

function cell(a, z, i, j) {
  const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
  const cuts = [];
  corners.forEach(([p, q], k) => {
    const [r, s] = corners[(k + 1) % 4];
    const [from, to] = [z[q][p], z[s][r]];
    if ((from > 0) === (to > 0) || !Number.isFinite(from + to)) return;
    const share = from / (from - to);
    cuts.push([a.x[p] + share * (a.x[r] - a.x[p]), a.y[q] + share * (a.y[s] - a.y[q])]);
  });
  return cuts.length % 2 ? [] : cuts;
}

// Where both rates are zero: both nullclines as straight lines within a cell, and where they cross.
function crossings(a) {
  const found = [];
  for (let j = 0; j + 1 < a.y.length; j += 1) {
    for (let i = 0; i + 1 < a.x.length; i += 1) {
      const [p, q] = [cell(a, a.dx, i, j), cell(a, a.dy, i, j)];
      if (p.length !== 2 || q.length !== 2) continue;
      const at = meet(p, q);
      if (at && !found.some(([x, y]) => Math.abs(x - at[0]) < (a.x[1] - a.x[0]) / 2 && Math.abs(y - at[1]) < (a.y[1] - a.y[0]) / 2)) found.push(at);
    }
  }
  return found;
}

function meet([[a, b], [c, d]], [[e, f], [g, h]]) {
  const det = (c - a) * (h - f) - (d - b) * (g - e);
  if (det === 0) return null;
  const s = ((e - a) * (h - f) - (f - b) * (g - e)) / det;
  const u = ((e - a) * (d - b) - (f - b) * (c - a)) / det;
  return s >= 0 && s <= 1 && u >= 0 && u <= 1 ? [a + s * (c - a), b + s * (d - b)] : null;
}

function route(ctx, [x, y], X, Y) {
  ctx.strokeStyle = colour("c0");
  ctx.fillStyle = colour("c0");
  ctx.lineWidth = 2;
  ctx.beginPath();
  for (let i = 0; i < x.length; i += 1) ctx[i ? "lineTo" : "moveTo"](X(x[i]), Y(y[i]));
  ctx.stroke();
  for (const [at, size] of [[0, 3], [x.length - 1, 5]]) {
    ctx.beginPath();
    ctx.arc(X(x[at]), Y(y[at]), size, 0, 7);
    ctx.fill();
  }
}

function ring(ctx, x, y) {
  ctx.strokeStyle = colour("ink");
  ctx.fillStyle = colour("paper");
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.arc(x, y, 5, 0, 7);
  ctx.fill();
  ctx.stroke();
}
