/** Plain text inside Markdown: it shows as it stands, on one line. */
export function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*[\]<>~|]/g, String.raw`\$&`)
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`)
}

/** What somebody wrote, shortened and quoted. */
export function quote(text: string, maximum = 300): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const characters = Array.from(line)
  const short = characters.length > maximum ? `${characters.slice(0, maximum).join('')}…` : line
  return `“${plain(short)}”`
}

/** A Markdown text of at most about `maximum` characters, ended at a paragraph or line where possible. */
export function shorten(markdown: string, maximum: number): string {
  const text = markdown.trim()
  if (text.length <= maximum) return text
  const head = text.slice(0, maximum)
  const end = Math.max(head.lastIndexOf('\n'), head.lastIndexOf('. ') + 1)
  return `${head.slice(0, end > maximum / 2 ? end : maximum).trimEnd()} …`
}
