// What can be taken away: pictures made here, files made by the server.

import { download, dropdown, el, written } from "./dom.js";
import { ticks } from "./plane.js";
import { t } from "./texts.js";

const FILES = ["csv", "sbml", "antimony", "notebook", "page"];

export function saveMenu({ picture, asked, link, onError }) {
  const item = (key, act) => el("li", {}, el("button", {
    type: "button", data: { testid: `save-${key}` },
    onclick: async () => { menu.open = false; try { await act(); } catch (wrong) { onError(wrong.message); } },
  }, el("b", {}, t(`save.${key}`)), el("span", { class: "quiet" }, t(`save.${key}.note`))));
  const menu = dropdown(el("summary", { data: { testid: "save" } }, t("save.title")), el("ul", { class: "drop" },
    item("png", async () => download(`${asked().model}.png`, await png(picture()))),
    item("svg", async () => download(`${asked().model}.svg`, new Blob([svgOf(picture())], { type: "image/svg+xml" }))),
    FILES.map((key) => item(key, () => fetched(key, asked()))),
    item("link", () => navigator.clipboard.writeText(link()))));
  return menu;
}

async function fetched(kind, asked) {
  const said = await fetch(`/export/${kind}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...asked, kind }),
  });
  if (!said.ok) throw new Error((await said.text()).trim());
  const name = /filename="([^"]+)"/.exec(said.headers.get("Content-Disposition") || "")?.[1] || kind;
  download(name, await said.blob());
}

const LOOK = { wide: 760, high: 210, left: 74, right: 16, top: 34, bottom: 34, head: 46, foot: 30 };

// Panels as an SVG of their own, light whatever the page is, so that it can be printed.
export function svgOf({ title, disclaimer, timeUnit, panels }) {
  const { wide, high, head, foot } = LOOK;
  const total = head + panels.length * high + foot;
  const parts = panels.map((panel, at) => `<g transform="translate(0 ${head + at * high})">${panelOf(panel, timeUnit)}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${total}" width="${wide}" height="${total}" font-family="system-ui, sans-serif" font-size="12">`
    + `<rect width="${wide}" height="${total}" fill="#ffffff"/><text x="16" y="30" font-size="18" font-weight="700" fill="#1b1f24">${escaped(title)}</text>`
    + `${parts.join("")}<text x="16" y="${total - 11}" font-size="10" fill="#5a6370">axissim lab. ${escaped(disclaimer)}</text></svg>\n`;
}

function panelOf({ name, unit, x, y, ghost, fan, tone }, timeUnit) {
  const { wide, high, left, right, top, bottom } = LOOK;
  let [low, most] = [Infinity, -Infinity];
  for (const row of [y, ghost?.y, fan?.low, fan?.high].filter(Boolean)) for (const v of row) if (Number.isFinite(v)) { low = Math.min(low, v); most = Math.max(most, v); }
  if (low >= 0 && low < most / 2) low = 0;
  if (!(most > low)) [low, most] = [low - 0.1 * Math.abs(low) - 1e-9, most + 0.1 * Math.abs(most) + 1e-9];
  const X = (v) => left + ((v - x[0]) / (x.at(-1) - x[0])) * (wide - left - right);
  const Y = (v) => high - bottom - ((v - low) / (most - low)) * (high - top - bottom);
  const points = (a, b) => Array.from(a, (v, i) => (Number.isFinite(b[i]) ? `${X(v).toFixed(1)},${Y(b[i]).toFixed(1)}` : "")).filter(Boolean).join(" ");
  const marks = ticks(low, most, 4).map((v) => `<line x1="${left}" x2="${wide - right}" y1="${Y(v)}" y2="${Y(v)}" stroke="#e1e4e8"/><text x="${left - 6}" y="${Y(v) + 4}" text-anchor="end" fill="#5a6370">${escaped(written(v))}</text>`);
  const clock = ticks(x[0], x.at(-1), 8).map((v) => `<text x="${X(v)}" y="${high - bottom + 17}" text-anchor="middle" fill="#5a6370">${escaped(written(v))}</text>`);
  const band = fan ? `<polygon points="${points(fan.x, fan.high)} ${points([...fan.x].reverse(), [...fan.low].reverse())}" fill="${tone}" opacity="0.18"/>` : "";
  const last = ghost ? `<polyline points="${points(ghost.x, ghost.y)}" fill="none" stroke="#8a929c" stroke-width="1.5" stroke-dasharray="5 4"/>` : "";
  return `<text x="${left}" y="20" font-weight="600" fill="#1b1f24">${escaped(name)}${unit ? ` <tspan font-weight="400" fill="#5a6370">(${escaped(unit)})</tspan>` : ""}</text>`
    + `${marks.join("")}${clock.join("")}<text x="${wide - right}" y="${high - bottom + 31}" text-anchor="end" fill="#5a6370">${escaped(timeUnit)}</text>${band}${last}`
    + `<polyline points="${points(x, y)}" fill="none" stroke="${tone}" stroke-width="2"/>`;
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

async function png(given) {
  const text = svgOf(given);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = el("canvas", { width: image.width * 2, height: image.height * 2 });
  const ctx = canvas.getContext("2d");
  ctx.scale(2, 2);
  ctx.drawImage(image, 0, 0);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

export const printed = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"];
