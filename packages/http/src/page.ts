/** A small page without scripts, for messages that are shown before the console is available. */
export function messagePage(title: string, paragraphs: readonly string[], form = ''): string {
  const body = paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}
h1{font-size:1.4rem}form{display:flex;flex-wrap:wrap;gap:.5rem}
input,button{font:inherit;padding:.5rem .9rem;border-radius:.6rem;border:1px solid #8888}input{flex:1;min-width:10rem}
button{background:#4b60e4;color:#fff;border:0;cursor:pointer}
</style></head><body><main><h1>${escapeHtml(title)}</h1>${body}${form}</main></body></html>`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
