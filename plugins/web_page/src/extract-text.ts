import { Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'

/** The content of a page, without navigation and the like. */
export interface PageText {
  readonly title: string
  /** Paragraphs, separated by an empty line. */
  readonly text: string
}

/** A page with more elements is not text to read, and would take long. */
const MAX_ELEMENTS = 50_000
const BLOCKS = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE BR DD DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION TABLE TR UL'.split(
    ' ',
  ),
)
const SKIPPED = new Set(
  'TITLE SCRIPT STYLE NOSCRIPT TEMPLATE SVG IFRAME BUTTON SELECT TEXTAREA HEAD'.split(' '),
)

interface TreeNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly textContent: string | null
  readonly childNodes: Iterable<TreeNode>
}

/** Extracts a page's article; from a page without one, all of its text. */
export function extractText(html: string): PageText {
  const { document } = parseDocument(html)
  const title = oneLine(document.querySelector('title')?.textContent ?? '')
  const whole = toText(document.body as unknown as TreeNode | null)
  const article = new Readability<TreeNode>(document, {
    maxElemsToParse: MAX_ELEMENTS,
    serializer: (node: unknown) => node as TreeNode,
  }).parse()
  const text = article?.content ? toText(article.content) : ''
  // an article of a few words suggests that the page is something else
  const isArticle = text.length >= Math.min(200, whole.length / 4)
  return { title: oneLine(article?.title ?? '') || title, text: isArticle ? text : whole }
}

/** Completes a fragment of HTML, because the parser does not build a page from it. */
function parseDocument(html: string): ReturnType<typeof parseHTML> {
  const isWhole = /<html[\s>]/i.test(html) && /<body[\s>]/i.test(html)
  return parseHTML(isWhole ? html : `<!doctype html><html><head></head><body>${html}</body></html>`)
}

/** The text of a tree, block by block. It does not recurse, so deep nesting does no harm. */
function toText(root: TreeNode | null): string {
  if (!root) return ''
  const blocks: string[] = []
  let line = ''
  const stack: (TreeNode | 'break')[] = [root]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === 'break') {
      blocks.push(oneLine(line))
      line = ''
    } else if (node.nodeType === 3) {
      line += node.textContent ?? ''
    } else if (node.nodeType === 1 && !SKIPPED.has(node.nodeName.toUpperCase())) {
      const isBlock = BLOCKS.has(node.nodeName.toUpperCase())
      if (isBlock) stack.push('break')
      stack.push(...[...node.childNodes].toReversed())
      if (isBlock) stack.push('break')
    }
  }
  blocks.push(oneLine(line))
  return blocks.filter((block) => block !== '').join('\n\n')
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
