import { pdfSections } from './pdf-sections.ts'
import { decodeText } from '@pluggram/plugin-kit/decode-text'
import { htmlText } from './html-text.ts'
import { markdownSections } from './markdown-sections.ts'
import type { Section } from './split-text.ts'

export const DOCUMENT_KINDS = ['text', 'markdown', 'html', 'pdf'] as const
export type DocumentKind = (typeof DOCUMENT_KINDS)[number]

/** The text of a document, by page or heading. Throws whatever its parser throws. */
export async function readSections(bytes: Uint8Array, kind: DocumentKind): Promise<Section[]> {
  switch (kind) {
    case 'pdf':
      return pdfSections(bytes)
    case 'html':
      return htmlText(decodeText(bytes))
    case 'markdown':
      return markdownSections(decodeText(bytes))
    case 'text':
      return [{ place: '', text: decodeText(bytes) }]
  }
}
