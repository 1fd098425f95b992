import { Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'

/** What a page says, without what stands around it. */
export interface PageText {
  readonly title: string
  /** Paragraphs with an empty line between them. */
  readonly text: string
}

/** A page with more elements is no text to read, and would take long. */
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

/** Finds the article in a page; a page without one gives all of its words. */
export function extractText(html: string): PageText {
  const { document } = parseDocument(html)
  const title = oneLine(document.querySelector('title')?.textContent ?? '')
  const whole = toText(document.body as unknown as TreeNode | null)
  const article = new Readability<TreeNode>(document, {
    maxElemsToParse: MAX_ELEMENTS,
    serializer: (node: unknown) => node as TreeNode,
  }).parse()
  const text = article?.content ? toText(article.content) : ''
  // an article of a few words is a sign that the page is something else
  const isArticle = text.length >= Math.min(200, whole.length / 4)
  return { title: oneLine(article?.title ?? '') || title, text: isArticle ? text : whole }
}

/** The parser makes no page of what is only a part of one. */
function parseDocument(html: string): ReturnType<typeof parseHTML> {
  const isWhole = /<html[\s>]/i.test(html) && /<body[\s>]/i.test(html)
  return parseHTML(isWhole ? html : `<!doctype html><html><head></head><body>${html}</body></html>`)
}

/** The text of a tree, block by block; the walk needs no recursion, so that depth costs nothing. */
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
