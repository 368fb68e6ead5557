// Elements, made and filled.

export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else if (key === "data") Object.assign(made.dataset, value);
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(9).filter((child) => child !== null && child !== undefined));
  return made;
}

export function svg(tag, given = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat(9).filter((child) => child !== null && child !== undefined));
  return parent;
}

// A number as people write it, to some digits.
export function written(x, digits = 4) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e6 || size < 1e-4) {
    const power = Math.floor(Math.log10(size));
    return `${trimmed((x / 10 ** power).toPrecision(Math.min(digits, 3)))}×10${raised(power)}`;
  }
  return trimmed(x.toPrecision(digits)).replace("-", "−");
}

function trimmed(text) {
  if (text.includes("e")) return String(Number(text));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function raised(power) {
  return String(power).replace(/./g, (c) => ({ "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" })[c]);
}

// A menu that opens at its summary, and closes at Escape and at a click elsewhere.
export function dropdown(summary, inside) {
  const menu = el("details", { class: "menu" }, summary, inside);
  const outside = (e) => { if (!menu.contains(e.target)) menu.open = false; };
  menu.addEventListener("toggle", () => (menu.open ? document.addEventListener("click", outside) : document.removeEventListener("click", outside)));
  menu.addEventListener("keydown", (e) => { if (e.key === "Escape") { menu.open = false; summary.focus(); } });
  return menu;
}

// A colour of the page's palette, as it is in this light.
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function download(name, blob) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
