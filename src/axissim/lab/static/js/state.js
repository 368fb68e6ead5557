// Where the page stands: which model, what is changed, what is shown. All of it is in the address.

export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [place = "", id = ""] = path.split("/");
  const raw = new URLSearchParams(query);
  const found = { place, id, params: {}, doses: null, outputs: null, view: raw.get("view") || "courses" };
  for (const pair of (raw.get("p") || "").split(",").filter(Boolean)) {
    const [key, value] = pair.split(":");
    if (Number.isFinite(Number(value))) found.params[key] = Number(value);
  }
  if (raw.has("d")) found.doses = raw.get("d").split(",").filter(Boolean).map(readDose).filter(Boolean);
  if (raw.has("o")) found.outputs = raw.get("o").split(",").filter(Boolean);
  const span = (raw.get("t") || "").split(":").map(Number);
  found.span = span.length === 2 && span[0] < span[1] ? span : null;
  found.axes = (raw.get("xy") || "").split(",").filter(Boolean);
  found.lesson = raw.get("lesson") || "";
  found.fan = raw.get("fan") || "";
  found.own = raw.has("p");
  return found;
}

function readDose(text) {
  const [target, amount, at, every, count] = text.split(":");
  const dose = { target, amount: Number(amount), at: Number(at) };
  if (every) Object.assign(dose, { every: Number(every), count: Number(count) || 1 });
  return [dose.amount, dose.at].every(Number.isFinite) ? dose : null;
}

// The address of a setting.
export function address(s) {
  const parts = [];
  const pairs = Object.entries(s.params).map(([key, value]) => `${key}:${value}`);
  parts.push(`p=${pairs.join(",")}`);
  parts.push(`d=${s.doses.map(spelt).join(",")}`);
  parts.push(`o=${s.outputs.join(",")}`);
  parts.push(`t=${s.span.join(":")}`);
  if (s.view !== "courses") parts.push(`view=${s.view}`);
  if (s.axes.length === 2) parts.push(`xy=${s.axes.join(",")}`);
  if (s.fan) parts.push(`fan=${s.fan}`);
  if (s.lesson) parts.push(`lesson=${s.lesson}`);
  return `#/model/${s.id}?${parts.join("&").replaceAll("+", "")}`; // 1e+21 is 1e21, and a + would be a blank
}

function spelt(dose) {
  const whole = [dose.target, dose.amount, dose.at];
  if (dose.every) whole.push(dose.every, dose.count || 1);
  return whole.join(":");
}
