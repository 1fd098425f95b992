import { relative } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { isTest } from './house.ts'
import type { House } from './house.ts'

/** The longest function allowed in hand-written code, except tests. */
const MOST_LINES = 80

export interface FunctionLength {
  /** `packages/host/src/x.ts:12 name`. */
  readonly place: string
  readonly lines: number
}

/** Every function of the production code, longest first. */
export function functionLengths({ root, files }: House): FunctionLength[] {
  return [...files.values()]
    .filter(({ path }) => !isTest(relative(root, path)))
    .flatMap(({ path, text }) => {
      const lineAt = lineCounter(text)
      const found: FunctionLength[] = []
      const note = (node: { start: number; end: number; id?: unknown }): void => {
        const first = lineAt(node.start)
        const name =
          /^(?:export |default |async |function\*? ?)*([\w#$]*)/.exec(text.slice(node.start))?.[1] ?? ''
        found.push({
          place: `${relative(root, path)}:${first} ${name}`.trimEnd(),
          lines: lineAt(node.end) - first + 1,
        })
      }
      new Visitor({
        FunctionDeclaration: note,
        FunctionExpression: note,
        ArrowFunctionExpression: note,
      }).visit(parseSync(path, text).program)
      return found
    })
    .toSorted((a, b) => b.lines - a.lines)
}

export function checkFunctionLengths(house: House): string[] {
  return functionLengths(house)
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ place, lines }) => `${place}: the function has ${lines} lines, the most is ${MOST_LINES}`)
}

function lineCounter(text: string): (index: number) => number {
  const starts = [0]
  for (let index = text.indexOf('\n'); index !== -1; index = text.indexOf('\n', index + 1))
    starts.push(index + 1)
  return (index) => {
    let low = 0
    let high = starts.length
    while (low + 1 < high) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= index) low = middle
      else high = middle
    }
    return low + 1
  }
}
