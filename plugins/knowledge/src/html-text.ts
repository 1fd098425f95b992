import { parseHTML } from 'linkedom'
import type { Section } from './split-text.ts'

interface TreeNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly textContent: string | null
  readonly childNodes: Iterable<TreeNode>
}

const HEADINGS = /^H[1-6]$/
const BLOCKS = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE BR DD DIV DL DT FIGCAPTION FIGURE FOOTER HEADER HR LI MAIN OL P PRE SECTION TABLE TR UL'.split(
    ' ',
  ),
)
const SKIPPED = new Set(
  'SCRIPT STYLE NOSCRIPT TEMPLATE SVG IFRAME BUTTON SELECT TEXTAREA HEAD NAV'.split(' '),
)

/** The text of a page, by its headings. It does not recurse, so deep nesting does no harm. */
export function htmlText(html: string): Section[] {
  const isWhole = /<html[\s>]/i.test(html) && /<body[\s>]/i.test(html)
  const { document } = parseHTML(
    isWhole ? html : `<!doctype html><html><head></head><body>${html}</body></html>`,
  )
  const sections: { place: string; text: string }[] = [{ place: '', text: '' }]
  const stack: (TreeNode | string)[] = [document.body as unknown as TreeNode]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const section = sections.at(-1)
    if (!section) break
    if (typeof node === 'string') {
      section.text += node
    } else if (node.nodeType === 3) {
      section.text += (node.textContent ?? '').replaceAll(/\s+/g, ' ')
    } else if (node.nodeType === 1) {
      const name = node.nodeName.toUpperCase()
      if (SKIPPED.has(name)) continue
      if (HEADINGS.test(name)) {
        const place = (node.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
        sections.push({ place: place.slice(0, 120).toWellFormed(), text: '' })
        continue
      }
      const isBlock = BLOCKS.has(name)
      if (isBlock) stack.push('\n\n')
      stack.push(...[...node.childNodes].toReversed())
      if (isBlock) stack.push('\n\n')
    }
  }
  return sections
}
