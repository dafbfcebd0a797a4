// The look of the pages: paper and layers of sediment by day, wet stone by night. No font, image or sheet from elsewhere.

export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf6, #15140f);
  --layer: light-dark(#f3f0e8, #1d1b15);
  --deep: light-dark(#e9e4d6, #29261d);
  --line: light-dark(#ddd6c4, #38342a);
  --ink: light-dark(#24211a, #ece7da);
  --faint: light-dark(#6f6857, #a49c88);
  --gold: light-dark(#8f6210, #e2b453);
  --get: light-dark(#17695b, #6cc9b4);
  --post: light-dark(#8f6210, #e2b453);
  --delete: light-dark(#a33a24, #f08c74);
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 4.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--gold); text-underline-offset: 0.2em; }
code, pre, textarea, .path { font-family: var(--mono); font-size: 0.86em; }
code { background: var(--deep); border-radius: 4px; padding: 0.1em 0.35em; overflow-wrap: anywhere; }
pre { margin: 0; padding: 0.9rem 1rem; overflow: auto; max-height: 28rem; background: var(--layer);
  border: 1px solid var(--line); border-radius: 8px; line-height: 1.5; tab-size: 2; }
pre code { background: none; padding: 0; font-size: 1em; overflow-wrap: normal; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h2 { margin: 3.5rem 0 0.25rem; font-size: 1.5rem; }
h4 { margin: 1.4rem 0 0.5rem; font-size: 0.8rem; letter-spacing: 0.07em; text-transform: uppercase; color: var(--faint); }
header.bar { position: sticky; top: 0; z-index: 2; display: flex; gap: 1rem; align-items: center; padding: 0.6rem 1.25rem;
  background: var(--paper); border-bottom: 1px solid var(--line); }
.bar strong { font-size: 1.05rem; letter-spacing: 0.01em; }
.bar .space { flex: 1; }
.bar a { text-decoration: none; font-size: 0.9rem; }
.strata { width: 26px; height: 26px; flex: none; }
.strata path { fill: none; stroke: var(--gold); stroke-width: 2.4; stroke-linecap: round; }
.strata path:nth-child(2) { opacity: 0.65; } .strata path:nth-child(3) { opacity: 0.35; }
input, select, textarea, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line);
  border-radius: 6px; padding: 0.35rem 0.6rem; min-width: 0; }
input:focus-visible, select:focus-visible, textarea:focus-visible, button:focus-visible, a:focus-visible, summary:focus-visible {
  outline: 2px solid var(--gold); outline-offset: 1px; }
button { cursor: pointer; background: var(--deep); }
button.send { background: var(--gold); border-color: var(--gold); color: var(--paper); font-weight: 600; padding: 0.4rem 1.1rem; }
.page { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 76rem; margin: 0 auto; }
nav { position: sticky; top: 3.4rem; align-self: start; height: calc(100vh - 3.4rem); overflow: auto; padding: 1.25rem; font-size: 0.92rem; }
nav input { width: 100%; margin-bottom: 0.5rem; }
nav h4 { margin: 1.1rem 0 0.3rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: flex; gap: 0.5rem; align-items: baseline; padding: 0.18rem 0; color: inherit; text-decoration: none; }
nav li a:hover { color: var(--gold); }
main { padding: 1.5rem 1.75rem 6rem; min-width: 0; }
.lead { font-size: 1.05rem; color: var(--faint); max-width: 46rem; }
.method { font: 600 0.7rem/1 var(--mono); letter-spacing: 0.04em; color: var(--faint); min-width: 3.4em; }
.method.get { color: var(--get); } .method.post { color: var(--post); } .method.delete { color: var(--delete); }
details.call { margin: 1rem 0; border: 1px solid var(--line); border-radius: 12px; }
details.call .inside { padding: 0 1.1rem 1.2rem; }
details.call > summary { list-style: none; cursor: pointer; display: flex; flex-wrap: wrap; gap: 0.3rem 0.8rem; align-items: baseline; padding: 0.85rem 1.1rem; }
details.call > summary::-webkit-details-marker { display: none; }
details.call > summary .path { font-size: 0.95rem; font-weight: 600; }
details.call > summary .what { color: var(--faint); margin-left: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem; }
th { text-align: left; font-weight: 500; color: var(--faint); }
th, td { padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child { white-space: nowrap; }
td p { margin: 0; }
.type { color: var(--faint); font-family: var(--mono); font-size: 0.82em; }
.must { color: var(--delete); font-size: 0.82em; }
.copying { position: relative; }
.copying > button { position: absolute; top: 0.45rem; right: 0.45rem; font-size: 0.78rem; padding: 0.1rem 0.55rem; }
.status { font-family: var(--mono); font-weight: 600; }
.shape { list-style: none; margin: 0; padding-left: 0.9rem; border-left: 1px solid var(--line); font-size: 0.92rem; }
.shape .shape { margin: 0.15rem 0 0.3rem 0.25rem; }
.shape > li { padding: 0.12rem 0; }
form.try { display: grid; gap: 0.6rem; margin-top: 0.5rem; padding: 0.9rem; background: var(--layer); border-radius: 8px; }
form.try .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.6rem; }
form.try label { display: grid; gap: 0.15rem; font-size: 0.82rem; color: var(--faint); }
form.try textarea { min-height: 7rem; resize: vertical; }
form.try .row { display: flex; gap: 0.8rem; align-items: center; flex-wrap: wrap; }
.came { font-family: var(--mono); font-size: 0.85rem; color: var(--faint); }
.welcome { max-width: 42rem; margin: 14vh auto; padding: 0 1.5rem; }
.welcome h1 { display: flex; gap: 0.7rem; align-items: center; font-size: 2.1rem; }
.welcome .strata { width: 40px; height: 40px; }
:target { background: light-dark(#fff5d9, #2e2710); }
[hidden] { display: none !important; }
@media (max-width: 54rem) { .page { display: block; } nav { position: static; height: auto; } .bar a.far { display: none; }
  details.call > summary .what { margin-left: 0; width: 100%; } }
`
