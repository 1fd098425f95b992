import { GuardedRegExp } from '@pluggram/plugin-kit'
import jsonata from 'jsonata'
import { ApiError } from './api-error.ts'
import { TEXTS } from './texts.ts'

/**
 * Text with `{{ expressions }}` in it. An expression is JSONata (jsonata.org) over the template's
 * input.
 */
export interface Template {
  /** Alternating texts and expressions, starting with a text; texts may be empty. */
  readonly texts: readonly string[]
  readonly expressions: readonly Expression[]
}

type Expression = (data: unknown) => Promise<unknown>

/** An expression that runs longer, deeper or wider is aborted. */
const LIMITS = {
  timeout: 1_000,
  stack: 200,
  sequence: 100_000,
  // used as a constructor only
  RegexEngine: GuardedRegExp as unknown as RegExpConstructor,
}
const EXPRESSION = /\{\{([^]*?)\}\}/

/**
 * Parses a template.
 * @throws Error with the mistake in an expression and its position
 */
export function parseTemplate(text: string): Template {
  const parts = text.split(EXPRESSION)
  const texts = parts.filter((_part, index) => index % 2 === 0)
  if (texts.some((part) => part.includes('{{'))) throw new Error('has {{ without }}')
  return {
    texts,
    expressions: parts.filter((_part, index) => index % 2 === 1).map((source) => compile(source.trim())),
  }
}

function compile(source: string): Expression {
  let expression: ReturnType<typeof jsonata>
  try {
    expression = jsonata(source, LIMITS)
  } catch (error) {
    throw new Error(`“${source}” is no expression: ${describe(error)}`, { cause: error })
  }
  return async (data) => {
    try {
      const value: unknown = await expression.evaluate(data)
      // JSONata's arrays carry members of their own
      return value === undefined ? undefined : JSON.parse(JSON.stringify(value) ?? 'null')
    } catch (error) {
      const reason = `“${source}” failed: ${describe(error)}`
      throw new ApiError(TEXTS.doesNotFitWhat, { reason }, error)
    }
  }
}

function describe(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message)
  return 'unknown reason'
}

/** Fills in a template. `encode` makes the text of each expression safe for its context. */
export async function fillIn(
  { texts, expressions }: Template,
  data: unknown,
  encode: (text: string) => string = (text) => text,
): Promise<string> {
  let filled = texts[0] ?? ''
  for (const [index, expression] of expressions.entries()) {
    filled += encode(toText(await expression(data))) + (texts[index + 1] ?? '')
  }
  return filled
}

/** A template that is a single expression keeps the type of its value; any other gives text. */
export async function valueOf(template: Template, data: unknown): Promise<unknown> {
  const [only] = template.expressions
  const isAlone = template.expressions.length === 1 && template.texts.every((text) => text.trim() === '')
  return isAlone && only ? ((await only(data)) ?? null) : fillIn(template, data)
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Fills in every text of a JSON value. */
export async function fillInJson(value: unknown, data: unknown): Promise<unknown> {
  if (typeof value === 'string') return valueOf(parseTemplate(value), data)
  if (Array.isArray(value)) return Promise.all(value.map((item: unknown) => fillInJson(item, data)))
  if (typeof value !== 'object' || value === null) return value
  const members = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await fillInJson(item, data)] as const),
  )
  return Object.fromEntries(members)
}

/** Every text of a JSON value, to check them for mistakes. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
