import type { Section } from './split-text.ts'

/** The sections of a Markdown text, by its headings. Lines in a code block are no headings. */
export function markdownSections(markdown: string): Section[] {
  const sections: { place: string; lines: string[] }[] = [{ place: '', lines: [] }]
  let isCode = false
  for (const line of markdown.split(/\r?\n/)) {
    if (/^\s{0,3}(?:```|~~~)/.test(line)) isCode = !isCode
    const heading = isCode ? undefined : /^#{1,6}\s+(\S.*)$/.exec(line)?.[1]
    if (heading === undefined) sections.at(-1)?.lines.push(line)
    else sections.push({ place: heading.slice(0, 120).toWellFormed().trim(), lines: [] })
  }
  return sections.map(({ place, lines }) => ({ place, text: lines.join('\n') }))
}
