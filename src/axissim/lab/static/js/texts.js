// Every word of the page, from one file a language.

let words = {};

export async function speak(languages) {
  const wanted = new URLSearchParams(location.search).get("lang") || navigator.language || "en";
  const language = [wanted, wanted.split("-")[0], "en"].find((one) => languages.includes(one)) || "en";
  learn(await (await fetch(`/static/texts/${language}.json`)).json());
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = t(place.dataset.text);
}

// The text of a key, with {name} filled in; the key itself where a language lacks it.
export function t(key, given = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => given[name] ?? "");
}

// Words from elsewhere than a file: those of a page that stands alone.
export function learn(found) {
  words = found;
}
