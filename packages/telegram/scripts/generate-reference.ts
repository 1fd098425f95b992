import { readFile, writeFile } from 'node:fs/promises'
import { REFUSALS, WAYS } from '../src/api/refusals.ts'
import type { RefusalRow, RefusalMeaning } from '../src/api/refusals.ts'
import { messagePage } from './message-reference.ts'

const PAGE = new URL('../../../docs/reference/refusals.md', import.meta.url)
const START = '<!-- table: refusals -->\n'
const END = '<!-- end of table: refusals -->'

const OTHERWISE: Readonly<Record<RefusalMeaning, (notice: string) => string>> = {
  message: (notice) => `in the chat: “${notice}”`,
  closed: (notice) => `in private, to who asked, once an hour for a chat: “${notice}”`,
  gone: () => 'nothing: nobody is there; the chat is left alone until somebody writes in it',
  done: () => 'nothing: Telegram has it already',
}

/** The page with its table of refusals as the code has them. */
export async function refusalPage(): Promise<{ readonly file: URL; readonly text: string }> {
  const text = await readFile(PAGE, 'utf8')
  const [before, rest] = text.split(START)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error('docs/reference/refusals.md has no marks')
  return { file: PAGE, text: `${before}${START}${refusalTable()}${END}${after}` }
}

function refusalTable(): string {
  const rows = Object.entries<RefusalRow>(REFUSALS).map(
    ([name, { examples, ways, meaning, notice = '' }]) => [
      name,
      examples.map((example) => `\`${example}\``).join('<br>'),
      ways.map((way) => WAYS[way]).join('; else ') || '–',
      OTHERWISE[meaning](notice),
    ],
  )
  return ['refusal', 'Telegram says', 'what is sent instead', 'what people are told otherwise']
    .map((title) => `| ${title} `)
    .join('')
    .concat('|\n|---|---|---|---|\n', rows.map((row) => `| ${row.join(' | ')} |\n`).join(''))
}

if (import.meta.main) {
  for (const { file, text } of [await refusalPage(), await messagePage()]) await writeFile(file, text)
}
