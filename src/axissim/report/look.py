"""How a report looks: one sheet of styles, light and dark, for screen and paper."""

CSS = """
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1d1d1f; --faint: #67676c;
  --rule: #dcdce0; --panel: #f5f5f7; --accent: #0072b2;
  --supported: #00795a; --against: #b3261e; --undecided: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16171a; --ink: #e8e8ea; --faint: #a2a3a9; --rule: #3a3b40;
    --panel: #202125; --accent: #6cb8ec;
    --supported: #4fc79f; --against: #ff8a80; --undecided: #e8b04b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 48rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; }
header p.kind { margin: 0; color: var(--faint); font-size: .9rem; }
h1 { margin: .15rem 0 .6rem; font-size: 2rem; line-height: 1.2; letter-spacing: -.01em;
  text-wrap: balance; }
h2 { margin: 2.6rem 0 .7rem; font-size: 1.2rem; padding-top: 1rem;
  border-top: 1px solid var(--rule); }
h3 { margin: 1.4rem 0 .3rem; font-size: 1rem; }
p { margin: .6rem 0; } p.question { font-size: 1.15rem; }
.faint, figcaption, .note { color: var(--faint); font-size: .9rem; }
.verdict { margin: 1.5rem 0; padding: .9rem 1.1rem; background: var(--panel);
  border-left: 5px solid var(--tone); border-radius: 0 6px 6px 0; }
.verdict strong { color: var(--tone); font-size: 1.15rem; }
.verdict ul { margin: .5rem 0 0; padding: 0; list-style: none; }
.verdict li { margin: .45rem 0 0; padding-left: .8rem; border-left: 2px solid var(--tone); }
.verdict li span { display: block; color: var(--faint); font-size: .92rem; }
.verdict li b { color: var(--tone); }
.supported { --tone: var(--supported); } .against { --tone: var(--against); }
.undecided { --tone: var(--undecided); }
td.word { color: var(--tone); font-weight: 600; white-space: nowrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem;
  font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .7rem .4rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--rule); }
th { font-weight: 600; color: var(--faint); } td:first-child { min-width: 11rem; }
td.number, th.number { text-align: right; }
td:last-child, th:last-child { padding-right: 0; }
figure { margin: 1.2rem 0; } figure svg { display: block; width: 100%; height: auto; }
figcaption { margin-top: .4rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; margin: .6rem 0;
  font-size: .95rem; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .85em; }
pre { background: var(--panel); padding: .8rem 1rem; border-radius: 6px; overflow-x: auto;
  line-height: 1.45; }
ul, ol { padding-left: 1.2rem; } li { margin: .25rem 0; }
a { color: var(--accent); } summary { cursor: pointer; color: var(--faint); }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: .8rem; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  h1 { font-size: 1.6rem; } }
@media print { main { max-width: none; padding: 0; } details { display: none; } }
"""
