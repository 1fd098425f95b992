import type { ChosenTool } from './choose-tool.ts'
import { plain, shorten } from './markdown-text.ts'
import { TEXTS } from './texts.ts'

const MAX_RESULT = 1_500
const MAX_LINES = 20
const MARKED = /<(?<mark>data-[0-9a-f]{12})[^>\n]*>\n(?<text>[\s\S]*?)\n<\/\k<mark>>/

/** Asks for the arguments that the sentence did not state clearly. */
export function askForMissing({ tool, missing, example }: ChosenTool): string {
  const lines = missing.map(
    ({ name, description }) => `- **${plain(name)}**${description && `: ${plain(description)}`}`,
  )
  const shown = example === undefined ? '' : TEXTS.example(plain(example))
  return TEXTS.argumentsMissing(plain(tool.id), lines.join('\n'), shown)
}

/** Formats tool results for people; the demo model adds nothing to them. */
export function showResults(results: readonly string[]): string {
  return results.map((result) => shorten(showResult(result), MAX_RESULT)).join('\n\n')
}

function showResult(result: string): string {
  const marked = MARKED.exec(result)?.groups?.['text']
  // without marks it is the assistant's own message about the call
  return marked === undefined ? plain(result) : showValue(readJson(marked))
}

function showValue(value: unknown): string {
  if (typeof value === 'string') return value.split('\n').slice(0, MAX_LINES).map(plain).join('\n')
  if (Array.isArray(value)) {
    return value.length === 0
      ? TEXTS.emptyResult
      : value
          .slice(0, MAX_LINES)
          .map((item) => `- ${oneLine(item)}`)
          .join('\n')
  }
  if (typeof value !== 'object' || value === null) return plain(String(value))
  if ('error' in value && typeof value.error === 'string') return `⚠️ ${plain(value.error)}`
  if ('text' in value && typeof value.text === 'string') return showValue(value.text)
  return Object.entries(value)
    .slice(0, MAX_LINES)
    .map(([key, item]) => `**${plain(key.replaceAll('_', ' '))}**: ${oneLine(item)}`)
    .join('\n')
}

function oneLine(value: unknown): string {
  if (typeof value === 'string') return plain(value)
  if (typeof value !== 'object' || value === null) return plain(String(value))
  return Array.isArray(value)
    ? value.map(oneLine).join(', ')
    : Object.entries(value)
        .map(([key, item]) => `${plain(key.replaceAll('_', ' '))}: ${oneLine(item)}`)
        .join(', ')
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
