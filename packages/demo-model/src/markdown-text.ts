/** Escapes plain text for Markdown and puts it on one line. */
export function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*[\]<>~|]/g, String.raw`\$&`)
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`)
}

/** Shortens and quotes a user's text. */
export function quote(text: string, maximum = 300): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const characters = Array.from(line)
  const short = characters.length > maximum ? `${characters.slice(0, maximum).join('')}…` : line
  return `“${plain(short)}”`
}

/** Shortens Markdown to about `maximum` characters, ending at a paragraph or line if possible. */
export function shorten(markdown: string, maximum: number): string {
  const text = markdown.trim()
  if (text.length <= maximum) return text
  const head = text.slice(0, maximum)
  const end = Math.max(head.lastIndexOf('\n'), head.lastIndexOf('. ') + 1)
  return `${head.slice(0, end > maximum / 2 ? end : maximum).trimEnd()} …`
}
