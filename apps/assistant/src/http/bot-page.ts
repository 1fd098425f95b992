import { escapeHtml } from '@pluggram/http'
import { encodeQR } from 'qr'
import type { Overview } from '../overview.ts'

/** What the page shows besides what runs. */
export interface BotPageOptions {
  readonly overview: Overview
  /** Makes its sender the owner; absent when there is one. */
  readonly pairingCode: string | undefined
}

/** How often the page looks again, so that it is true while it stays open. */
const REFRESH_SECONDS = 20

/** The page of an assistant that talks to Telegram: is it well, where is it, what comes next. No scripts. */
export function botPage({ overview, pairingCode }: BotPageOptions): string {
  const { name, version, model, plugins, bot } = overview
  const sections = [
    header(overview),
    bot === undefined ? '' : chatSection(bot),
    nextSection(overview, pairingCode),
    section('What runs', facts({ Model: modelText(model), Version: version, Home: overview.home })),
    section('Plugins', pluginList(plugins)),
  ]
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}"><link rel="icon" href="data:,"><title>${escapeHtml(name)}</title>
<style>${STYLE}</style></head><body><main>${sections.join('')}</main></body></html>`
}

function header({ name, isReady, summary, troubles, bot, problems }: Overview): string {
  const state = isReady ? 'Ready' : 'Not ready'
  const reasons = troubles.map(
    ({ component, status, reason }) =>
      `<li>${escapeHtml(`${component}: ${status}${reason === undefined ? '' : `. ${reason}`}`)}</li>`,
  )
  return `<header><h1>${escapeHtml(name)}</h1><p class="state ${isReady ? 'good' : 'bad'}" role="status">${state}</p></header>
<p class="${isReady ? '' : 'bad'}">${escapeHtml(summary)}</p>
<p>${bot === undefined ? 'Telegram has not said yet which bot this is.' : `Your assistant answers on Telegram as <strong>@${escapeHtml(bot)}</strong>.`}</p>
${problems === 0 ? '' : `<p class="bad">${problems === 1 ? 'One problem' : `${problems} problems`}: <code>npx pluggram doctor</code></p>`}
${reasons.length > 0 ? `<ul class="troubles">${reasons.join('')}</ul>` : ''}`
}

function chatSection(bot: string): string {
  const link = `https://t.me/${encodeURIComponent(bot)}`
  // scanners need the white margin, in the dark too
  const code = encodeQR(link, 'svg', { ecc: 'medium', border: 4 }).replace(
    '<svg ',
    '<svg aria-hidden="true" ',
  )
  return `<section class="chat"><div class="qr" role="img" aria-label="QR code of ${link}">${code}</div>
<div><h2>Write to it</h2><p><a class="button" href="${link}">Open @${escapeHtml(bot)}</a></p><p>Or scan the code with your phone.</p></div></section>`
}

function nextSection({ model, bot }: Overview, pairingCode: string | undefined): string {
  const steps = [
    ...(pairingCode === undefined
      ? []
      : [
          `Become its owner: send ${bot === undefined ? 'your bot' : `@${escapeHtml(bot)}`} this message within an hour of the start:<br><code>/pair ${escapeHtml(pairingCode)}</code>`,
        ]),
    ...(model.isDemo
      ? [escapeHtml(model.setupHint ?? 'Put a model key into .env, for example OPENAI_API_KEY, and restart.')]
      : []),
    'Send it a message, a photo or a file. <code>/help</code> lists what it can do.',
    'See more in a terminal: <code>npx pluggram status</code>, <code>npx pluggram logs -f</code>.',
  ]
  return section('What comes next', `<ol>${steps.map((step) => `<li>${step}</li>`).join('')}</ol>`)
}

function section(title: string, body: string): string {
  return `<section><h2>${title}</h2>${body}</section>`
}

function facts(rows: Readonly<Record<string, string>>): string {
  const list = Object.entries(rows).map(([key, text]) => `<dt>${key}</dt><dd>${escapeHtml(text)}</dd>`)
  return `<dl>${list.join('')}</dl>`
}

function modelText({ id, isDemo, problem }: Overview['model']): string {
  if (problem !== undefined) return `${id}: ${problem}`
  return isDemo ? 'the built-in demo, which knows only commands' : id
}

function pluginList(plugins: Overview['plugins']): string {
  if (plugins.length === 0) return '<p>None is on.</p>'
  const items = plugins.map(
    ({ name, state, problem }) =>
      `<li class="${problem === undefined ? '' : 'bad'}"><strong>${escapeHtml(name)}</strong> ${escapeHtml(problem ?? state)}</li>`,
  )
  return `<ul class="plugins">${items.join('')}</ul>`
}

const STYLE = `:root{color-scheme:light dark;--text:#1c2733;--faint:#5b6b7b;--back:#eef2f6;--card:#fff;--line:#d5dde5;--act:#1a6fd0;--good:#13723d;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#e8edf2;--faint:#9fb0c0;--back:#0f1620;--card:#18222e;--line:#2b3947;--act:#2f7fdd;--good:#5fd08e;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:42rem;margin:0 auto;padding:1.5rem 1rem 3rem}header{display:flex;align-items:center;gap:.75rem;flex-wrap:wrap}
h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.05rem;margin:0 0 .5rem}p{margin:.5rem 0}
.state{margin:0;padding:.1rem .7rem;border:1px solid;border-radius:1rem;font-weight:600;font-size:.9rem}.good{color:var(--good)}.bad{color:var(--bad)}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem;margin:1rem 0}
.chat{display:flex;gap:1.25rem;align-items:center;flex-wrap:wrap}.qr{background:#fff;border-radius:.5rem;width:11rem;height:11rem;flex:none}.qr svg{display:block;width:100%;height:100%}
.button{display:inline-block;background:var(--act);color:#fff;padding:.5rem 1rem;border-radius:.5rem;text-decoration:none;font-weight:600;overflow-wrap:anywhere}
.button:focus-visible{outline:3px solid var(--text);outline-offset:2px}
code{font:.9em ui-monospace,monospace;background:var(--back);padding:.1rem .3rem;border-radius:.25rem;overflow-wrap:anywhere}
ol,ul{margin:0;padding-left:1.25rem}li{margin:.35rem 0;overflow-wrap:anywhere}.troubles{color:var(--bad)}.plugins{list-style:none;padding:0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:0}dt{color:var(--faint)}dd{margin:0;overflow-wrap:anywhere}`
