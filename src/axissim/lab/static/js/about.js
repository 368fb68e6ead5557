// The card of a model: prose, sources, what is tested and where it is known to be wrong.

import { el } from "./dom.js";
import { t } from "./texts.js";

export function about(model) {
  return el("article", { class: "about", hidden: true },
    prose(model.note),
    list(t("about.misfits"), model.misfits),
    list(t("about.checks"), model.checks),
    el("h2", {}, t("about.sources")),
    el("ul", {}, model.citations.map(citation)),
    model.licence ? el("p", { class: "quiet" }, `${t("about.licence")} ${model.licence}`) : null,
    el("p", { class: "warning" }, model.disclaimer));
}

function list(title, items) {
  return items.length ? [el("h2", {}, title), el("ul", {}, items.map((item) => el("li", {}, inline(item))))] : null;
}

function citation(c) {
  const where = [c.journal, c.volume, c.pages].filter(Boolean).join(" ");
  const doi = c.doi ? el("a", { href: `https://doi.org/${c.doi}`, target: "_blank", rel: "noreferrer noopener" }, `doi:${c.doi}`) : null;
  return el("li", {}, [c.authors, c.year ? ` (${c.year}) ` : " ", c.title ? `${c.title}. ` : "", where ? `${where}. ` : ""], doi, c.note ? ` – ${c.note}` : "");
}

// What our cards use of Markdown: headings, lists, tables, code, emphasis; text only, no HTML.
export function prose(text) {
  const blocks = text.split(/\n{2,}/);
  return blocks.map((block) => {
    const lines = block.split("\n").filter((l) => l.trim());
    if (!lines.length) return null;
    const heading = /^(#+)\s+(.*)$/.exec(lines[0]);
    if (heading) return [el(heading[1].length > 1 ? "h2" : "h1", {}, inline(heading[2])), lines.length > 1 ? prose(lines.slice(1).join("\n")) : null];
    if (lines.every((l) => l.trim().startsWith("|"))) return table(lines);
    if (/^\s*[-*]\s/.test(lines[0])) return el("ul", {}, items(lines, /^\s*[-*]\s+/));
    if (/^\s*\d+\.\s/.test(lines[0])) return el("ol", {}, items(lines, /^\s*\d+\.\s+/));
    if (lines[0].startsWith("```")) return el("pre", {}, lines.slice(1).filter((l) => !l.startsWith("```")).join("\n"));
    return el("p", {}, inline(lines.join(" ")));
  });
}

function items(lines, sign) {
  const found = [];
  for (const line of lines) {
    if (sign.test(line)) found.push(line.replace(sign, ""));
    else found[found.length - 1] += ` ${line.trim()}`;
  }
  return found.map((item) => el("li", {}, inline(item)));
}

function table(lines) {
  const rows = lines.filter((l) => !/^[|\s:-]+$/.test(l)).map((l) => l.trim().replace(/^\||\|$/g, "").split("|").map((c) => c.trim()));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("about.table") }, el("table", {},
    el("thead", {}, el("tr", {}, rows[0].map((c) => el("th", { scope: "col" }, inline(c))))),
    el("tbody", {}, rows.slice(1).map((r) => el("tr", {}, r.map((c) => el("td", {}, inline(c))))))));
}

function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/).map((part) => {
    if (part.startsWith("`") && part.length > 1) return el("code", {}, part.slice(1, -1));
    if (part.startsWith("**") && part.length > 3) return el("strong", {}, part.slice(2, -2));
    if (part.startsWith("*") && part.endsWith("*") && part.length > 2) return el("em", {}, part.slice(1, -1));
    return part.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
  });
}
