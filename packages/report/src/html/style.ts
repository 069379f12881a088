const light = `
  --page: #ffffff; --text: #1d2733; --quiet: #56616e; --line: #c9d1da; --soft: #f3f5f8; --link: #0b57b0;
  --run-1: #1f6fd0; --run-2: #c4520a; --run-3: #1c8350; --run-4: #b3267a; --run-5: #7a4fd0; --run-6: #8a6a00;
  --run-7: #007c8a; --run-8: #6b5a52;
  color-scheme: light;`;
const dark = `
  --page: #14181d; --text: #e6eaef; --quiet: #a3adb8; --line: #3b444f; --soft: #1e242b; --link: #7db4ff;
  --run-1: #6aa9ff; --run-2: #ff9a57; --run-3: #5fc98d; --run-4: #ff7cc0; --run-5: #b699ff; --run-6: #e0bd3f;
  --run-7: #4fc9d8; --run-8: #c2b0a6;
  color-scheme: dark;`;

/** The style of the page. The choice of colours needs no script. */
export const style: string = `
:root {${light} }
@media (prefers-color-scheme: dark) { :root {${dark} } }
:root:has(#theme-light:checked) {${light} }
:root:has(#theme-dark:checked) {${dark} }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 100rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; overflow-wrap: anywhere; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2rem 0 .75rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
a { color: var(--link); }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.theme { border: 1px solid var(--line); border-radius: .4rem; display: inline-flex; flex-wrap: wrap; gap: 0 1rem; padding: .1rem .75rem .4rem; margin: 0 0 .5rem; }
.theme legend { color: var(--quiet); font-size: .85rem; }
nav ul, .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .25rem 0; }
.legend li { display: flex; align-items: center; gap: .4rem; overflow-wrap: anywhere; min-width: 0; font-size: .9rem; }
.legend svg { flex: none; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 1.5rem; }
figure { margin: 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; min-width: 0; }
.chart { overflow-x: auto; }
.chart svg { display: block; max-width: 100%; height: auto; --plot-background: var(--page); }
.description, .note { color: var(--quiet); font-size: .9rem; margin: .4rem 0; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.whole { white-space: nowrap; }
.swatch { vertical-align: baseline; }
.scroll { overflow: auto; max-height: 28rem; margin: .5rem 0; border: 1px solid var(--line); border-radius: .4rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
caption { text-align: left; padding: .4rem .6rem; color: var(--quiet); }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; min-width: 6rem; }
thead th { background: var(--soft); }
th { overflow-wrap: break-word; }
tbody th { font-weight: 600; }
summary { cursor: pointer; color: var(--link); font-size: .9rem; }
code { overflow-wrap: anywhere; }
h4 { font-size: .95rem; margin: 1rem 0 .25rem; }
.worst { list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem; padding: 0; margin: 0 0 1.5rem; font-size: .85rem; }
.worst li { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem; min-width: 0; overflow-wrap: anywhere; }
.worst img { display: block; width: 100%; max-width: 8rem; height: auto; image-rendering: pixelated; margin-bottom: .35rem; }
.worst p { margin: 0 0 .35rem; }
@media print { .theme, nav, .skip { display: none; } figure { break-inside: avoid; } }
`;
