// The gallery: every model with its picture, and the lessons.

import { el, fill, svg } from "./dom.js";
import { t } from "./texts.js";

const ORDER = ["yours", "catecholamines", "receptors", "thyroid", "cortisol", "gonads", "prolactin", "motivation", "pharmacokinetics"];

export function gallery(start) {
  const cards = el("div");
  const count = el("p", { class: "quiet", role: "status" });
  let axis = "";
  const search = el("input", {
    type: "search", id: "search", placeholder: t("gallery.search"), "aria-label": t("gallery.search"), oninput: () => show(),
  });
  const there = new Set(start.models.map((m) => m.axis));
  const axes = [...new Set([...ORDER, ...there])].filter((key) => there.has(key));
  const chips = el("div", { class: "chips", role: "group", "aria-label": t("gallery.axes") });
  for (const key of ["", ...axes]) {
    chips.append(el("button", {
      type: "button", class: "chip", "aria-pressed": String(key === ""), data: { axis: key },
      onclick: () => { axis = key; show(); },
    }, key ? t(`axis.${key}`) : t("gallery.all")));
  }

  function show() {
    for (const chip of chips.children) chip.setAttribute("aria-pressed", String(chip.dataset.axis === axis));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (m) => `${m.id} ${m.title} ${m.summary} ${m.axis}`.toLowerCase();
    const found = start.models.filter((m) => (!axis || m.axis === axis) && words.every((w) => text(m).includes(w)));
    count.textContent = t("gallery.count", { n: found.length });
    const groups = axes.map((key) => [key, found.filter((m) => m.axis === key)]).filter(([, of]) => of.length);
    fill(cards, groups.map(([key, of]) => el("section", {},
      el("h2", {}, t(`axis.${key}`)),
      el("ul", { class: "cards" }, of.map(card)))));
  }
  show();
  return el("div", { class: "gallery" },
    el("div", { class: "hero" },
      el("h1", {}, t("gallery.title")),
      el("p", {}, t("gallery.lead"))),
    el("section", { "aria-labelledby": "lessons-head" },
      el("h2", { id: "lessons-head" }, t("lessons.title")),
      el("ul", { class: "cards lessons" }, start.lessons.map((one, at) => lessonCard(one, at, start)))),
    el("div", { class: "finding" }, search, chips, count),
    cards);
}

function card(m) {
  return el("li", { class: "card" },
    el("a", { href: `#/model/${m.id}`, data: { testid: `model-${m.id}` } },
      thumbnail(m.curves),
      el("h3", {}, m.title),
      el("p", {}, m.summary),
      el("p", { class: "tags" },
        m.states !== null ? el("span", {}, t(m.states === 1 ? "gallery.state" : "gallery.states", { n: m.states })) : null,
        m.origin ? el("span", {}, t(`origin.${m.origin}`)) : null)));
}

function lessonCard(one, at, start) {
  const about = start.models.find((m) => m.id === one.model);
  return el("li", { class: "card lesson" },
    el("a", { href: `#/model/${one.model}?lesson=${one.id}`, data: { testid: `lesson-${one.id}` } },
      el("p", { class: "step" }, t("lessons.number", { n: at + 1 }), finished().includes(one.id) ? el("span", { class: "ok" }, ` ✓ ${t("lessons.finished")}`) : null),
      el("h3", {}, one.title),
      el("p", { class: "quiet" }, about ? about.title : one.model)));
}

// Lessons finished on this machine.
function finished() {
  try { return JSON.parse(localStorage.getItem("lessons") || "[]"); } catch { return []; }
}

// Curves as the server tells them: whole numbers from 0 to 100.
export function thumbnail(curves) {
  const picture = svg("svg", { viewBox: "0 0 240 90", class: "thumb", "aria-hidden": "true", preserveAspectRatio: "none" });
  curves.forEach((curve, at) => {
    const points = curve.map((y, i) => `${(8 + (224 * i) / (curve.length - 1)).toFixed(1)},${(80 - 0.7 * y).toFixed(1)}`);
    picture.prepend(svg("polyline", { points: points.join(" "), class: `line c${at}`, "vector-effect": "non-scaling-stroke" }));
  });
  return picture;
}
