/** The page's whole look. Colours are chosen for 4.5:1 at least, light and dark; none of them alone says anything. */
export const style = `
:root { color-scheme: light dark; --text: #1b1f24; --dim: #57606a; --page: #ffffff; --panel: #f3f5f7; --line: #c4ccd4;
  --risk: #a40e26; --open: #7a4a00; --new: #0a5c2b; --gone: #a40e26; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #a9b4c0; --page: #0d1117; --panel: #161b22; --line: #3d444d;
  --risk: #ff9d94; --open: #f2c55c; --new: #6fdd8b; --gone: #ff9d94; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
header, main, nav { max-width: 84rem; margin: 0 auto; padding: 0 1rem; }
main > section { border-top: 2px solid var(--line); margin-top: 2rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 0.5rem; background: var(--page); padding: 0.25rem 0.5rem; }
code { font: 0.9em/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 0.75rem 0; width: 100%; }
caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 0.75rem; margin: 0.75rem 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
h2 { overflow-wrap: anywhere; } h2 .address { color: var(--dim); font-size: 1rem; font-weight: 400; }
li, caption, td, th { overflow-wrap: anywhere; }
.entries th { white-space: nowrap; }
li:target { outline: 2px solid var(--risk); outline-offset: 2px; }
pre { overflow-x: auto; padding: 0.5rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; }
pre code { overflow-wrap: normal; }
summary { cursor: pointer; padding: 0.25rem 0; }
.risk { color: var(--risk); font-weight: 600; } .open { color: var(--open); font-weight: 600; } .dim { color: var(--dim); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(34rem, 100%), 1fr)); gap: 1rem; margin: 1rem 0; }
figure { margin: 0; padding: 0.75rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
figcaption { font-weight: 600; }
figure p { margin: 0.5rem 0 0; }
figure ol { list-style: none; margin: 0; padding: 0; }
.way { display: grid; grid-template-columns: 3fr auto 2fr auto 3fr; gap: 0.4rem; align-items: center; margin: 0.35rem 0; }
.way > .arrow { color: var(--dim); }
.box { display: block; border: 1px solid var(--line); border-radius: 6px; padding: 0.2rem 0.5rem; background: var(--page); }
.box + .box { margin-top: 0.25rem; }
.box.added { border: 2px solid var(--new); } .box.removed { border: 2px dashed var(--gone); }
.tag { font-size: 0.8em; font-weight: 700; } .tag.added { color: var(--new); } .tag.removed { color: var(--gone); }
@media (max-width: 40rem) { .way { grid-template-columns: 1fr; } .way > .arrow { transform: rotate(90deg); justify-self: start; } }
`;
