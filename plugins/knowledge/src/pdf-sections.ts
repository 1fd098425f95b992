import { getDocumentProxy } from 'unpdf'
import type { Section } from './split-text.ts'

/** More than can be learned, so reading stops here. */
const MAX_TEXT = 5_000_000
const MAX_PAGES = 5_000

/**
 * The text of a PDF, by page. Pages are read one after another, so that only one of them is
 * unpacked in memory at a time.
 */
export async function pdfSections(bytes: Uint8Array): Promise<Section[]> {
  const pdf = await getDocumentProxy(bytes)
  const sections: Section[] = []
  let left = MAX_TEXT
  for (let number = 1; number <= Math.min(pdf.numPages, MAX_PAGES) && left > 0; number++) {
    const page = await pdf.getPage(number)
    const text = await textOf(page.streamTextContent(), left)
    left -= text.length
    sections.push({ place: `page ${number}`, text })
    page.cleanup()
  }
  return sections
}

/** At most `most` characters of a page's text, in painting order. */
async function textOf(stream: ReadableStream<unknown>, most: number): Promise<string> {
  let text = ''
  // leaving the loop stops the work on the page
  for await (const chunk of stream) {
    for (const item of itemsOf(chunk)) {
      text += item.hasEOL === true ? `${item.str}\n` : item.str
      if (text.length >= most) return text
    }
  }
  return text
}

interface TextItem {
  readonly str: string
  readonly hasEOL?: unknown
}

function itemsOf(chunk: unknown): readonly TextItem[] {
  if (typeof chunk !== 'object' || chunk === null || !('items' in chunk) || !Array.isArray(chunk.items))
    return []
  return chunk.items.filter(
    (item: unknown): item is TextItem =>
      typeof item === 'object' && item !== null && 'str' in item && typeof item.str === 'string',
  )
}
