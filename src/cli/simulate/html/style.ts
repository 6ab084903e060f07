/** The page's one style sheet, for light and for dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f6f8; --ink: #1b1e24; --quiet: #5a6270; --line: #d5d9e0;
  --canary: #b45309; --canary-soft: #f6d9b4; --bad: #b3261e; --good: #146c43; --all: #3b5bdb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171c; --raised: #1d2128; --ink: #e8eaee; --quiet: #a0a8b5; --line: #363c47;
    --canary: #f0a04b; --canary-soft: #5a3c17; --bad: #ff8a80; --good: #6fd39b; --all: #91a7ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0 .75rem; max-width: 48rem; }
.quiet { color: var(--quiet); }
.good { color: var(--good); } .bad { color: var(--bad); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem; padding: 0; margin: 1.25rem 0; }
.card { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.card dt { color: var(--quiet); font-size: .875rem; }
.card dd { margin: 0; } .card .figure { font-size: 1.5rem; font-weight: 600; }
.list { padding-left: 1.25rem; max-width: 48rem; } .list li { margin: .4rem 0; overflow-wrap: anywhere; }
.list .bad-mark { color: var(--bad); font-weight: 600; }
figure { margin: 1rem 0; overflow-x: auto; } figcaption { color: var(--quiet); font-size: .875rem; max-width: 48rem; }
svg { display: block; width: 100%; min-width: 34rem; height: auto; }
svg text { fill: var(--quiet); font: 11px system-ui, sans-serif; } svg .title { fill: var(--ink); font-weight: 600; font-size: 12px; }
.grid { stroke: var(--line); stroke-width: 1; fill: none; }
.weight { fill: var(--canary-soft); stroke: var(--canary); stroke-width: 2; }
.errors { fill: none; stroke: var(--bad); stroke-width: 2; stroke-linejoin: round; }
.hurt { fill: none; stroke: var(--all); stroke-width: 2; stroke-dasharray: 5 3; stroke-linejoin: round; }
.mark-good { fill: var(--good); } .mark-bad { stroke: var(--bad); stroke-width: 2.5; fill: none; } .mark-neutral { fill: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th { text-align: left; font-weight: 600; } th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
`;
