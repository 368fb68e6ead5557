// The page: which of gallery and bench is shown follows the address.

import { Bench } from "./bench.js";
import { el, fill } from "./dom.js";
import { gallery } from "./gallery.js";
import { Line } from "./socket.js";
import { parse } from "./state.js";
import { speak, t } from "./texts.js";

const [content, crumbs, status] = ["content", "crumbs", "status"].map((id) => document.getElementById(id));
let bench = null;
let line = null;
let early = null; // the model that the address names, asked for before all else has come

const asked = (id) => fetch(`/api/model/${encodeURIComponent(id)}`);

async function show(start) {
  const state = parse(location.hash);
  bench?.close();
  bench = null;
  if (state.place !== "model") {
    fill(crumbs);
    fill(content, gallery(start));
    document.title = t("title");
    return;
  }
  fill(content, el("p", { class: "loading" }, t("loading")));
  const said = await (early?.id === state.id ? early.said : asked(state.id));
  early = null;
  if (!said.ok) { fill(content, el("p", { class: "message" }, await said.text()), el("a", { href: "#/" }, t("crumbs.all"))); return; }
  const model = await said.json();
  if (parse(location.hash).id !== model.id) return;
  const lesson = start.lessons.find((one) => one.id === state.lesson && one.model === model.id);
  bench = new Bench(model, state, line, lesson);
  fill(crumbs, el("a", { href: "#/" }, t("crumbs.all")), el("span", { "aria-current": "page" }, model.title));
  fill(content, bench.element);
  bench.courses.fit();
  document.title = `${model.title} – ${t("title")}`;
}

async function begin() {
  const { place, id } = parse(location.hash);
  if (place === "model") early = { id, said: asked(id) };
  line = new Line({
    onAnswer: (answer, message) => bench?.take(answer, message),
    onError: (answer) => bench?.wrong(answer),
    onState: (word) => { if (word === "closed") status.textContent = t("status.closed"); else if (word !== "asking") status.textContent = ""; },
  });
  const start = await (await fetch("/api/start")).json();
  await speak(start.languages);
  document.getElementById("disclaimer").textContent = t("disclaimer");
  document.getElementById("foot-note").textContent = t("foot");
  setInterval(() => {
    const since = line.busySince;
    if (since && performance.now() - since > 400) status.textContent = t("status.busy");
  }, 200);
  window.lab = { line };
  addEventListener("hashchange", () => { scrollTo(0, 0); show(start); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => bench?.relight());
  await show(start);
}

begin();
