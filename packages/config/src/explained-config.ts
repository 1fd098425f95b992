import { createJsonSchema } from './json-schema.ts'
import { inOneLine, isJsonObject, type JsonObject } from './json-value.ts'

const WIDTH = 100
const INDENT = '  '

/**
 * A config.json that explains every key. The keys of `written` are set; every other one is there
 * with its default (or an example, where there is none) as a comment.
 */
export function createExplainedConfig(written: JsonObject): string {
  const { properties } = createJsonSchema() as { properties: JsonObject }
  const entries = Object.entries(properties).flatMap(([key, schema]) => {
    const value = written[key]
    if (value === undefined) {
      const lines = explain(key, schema as JsonObject, INDENT)
      return lines.length === 0 ? [] : ['', ...lines]
    }
    const json = JSON.stringify(value, null, INDENT).replaceAll('\n', `\n${INDENT}`)
    return [
      '',
      ...comment(String((schema as JsonObject)['description']), INDENT),
      `${INDENT}"${key}": ${json},`,
    ]
  })
  return [...comment(HEAD, ''), '{', ...entries.slice(1), '}', ''].join('\n')
}

const HEAD =
  'The settings of your assistant. All are optional. To change one, remove the // before its line; what is written there is the default. Secrets belong into .env: "${NAME}" takes one from there.'

/** A key's lines, with its description above it; none for a key without default and example. */
function explain(key: string, schema: JsonObject, indent: string): string[] {
  const { default: standard, examples, description = '', properties } = schema
  const about = comment(String(description), indent)
  const example = Array.isArray(examples) ? (examples[0] as unknown) : undefined
  if (example !== undefined) return [...about, `${indent}// "${key}": ${inOneLine(example)}, // an example`]
  if (!isJsonObject(properties))
    return standard === undefined ? [] : [...about, `${indent}// "${key}": ${inOneLine(standard)},`]
  const inner = Object.entries(properties).flatMap(([name, member]) =>
    explain(name, member as JsonObject, indent + INDENT),
  )
  return inner.length === 0 ? [] : [...about, `${indent}"${key}": {`, ...inner, `${indent}},`]
}

function comment(text: string, indent: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length + 1 > WIDTH) lines.push(`${indent}// ${word}`)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
