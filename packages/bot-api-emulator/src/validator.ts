import { Ajv } from 'ajv'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { badRequest } from './bot-api-error.ts'
import type { SchemaNode } from './schemas.ts'
import { botApiSchemas } from './schemas.ts'

const SCHEMA_ID = 'bot-api'

/** Telegram's own words for what is missing, where it has some. */
const MISSING: Record<string, string> = {
  chat_id: 'chat_id is empty',
  from_chat_id: 'chat_id is empty',
  text: 'message text is empty',
  message_id: 'message identifier is not specified',
  message_ids: 'message identifiers are not specified',
  file_id: 'file_id not specified',
  photo: 'there is no photo in the request',
  document: 'there is no document in the request',
  audio: 'there is no audio in the request',
  video: 'there is no video in the request',
  animation: 'there is no animation in the request',
  voice: 'there is no voice in the request',
  video_note: 'there is no video note in the request',
  sticker: 'there is no sticker in the request',
  action: 'wrong parameter action in request',
  latitude: 'latitude is empty',
  longitude: 'longitude is empty',
  user_id: 'invalid user_id specified',
}

/** Checks calls against the generated schemas. A method's validator is compiled when first needed. */
export class Validator {
  #ajv: Ajv | undefined
  readonly #params = new Map<string, ValidateFunction>()
  readonly #results = new Map<string, ValidateFunction>()

  /** Throws Telegram's 400 when the parameters do not fit the method. */
  checkParams(method: string, params: Record<string, unknown>): void {
    const schema = botApiSchemas().methods[method]?.params
    if (!schema) return
    const validate = this.#compile(this.#params, method, schema)
    if (validate(params)) return
    throw badRequest(describe(validate.errors ?? []))
  }

  /** What is wrong with a result, for tests and for generated answers; undefined when nothing is. */
  resultProblem(method: string, result: unknown): string | undefined {
    const schema = botApiSchemas().methods[method]?.result
    if (!schema) return `unknown method ${method}`
    const validate = this.#compile(this.#results, method, schema)
    return validate(result) ? undefined : describe(validate.errors ?? [])
  }

  #compile(cache: Map<string, ValidateFunction>, method: string, schema: SchemaNode): ValidateFunction {
    let validate = cache.get(method)
    if (!validate) {
      const absolute = JSON.parse(
        JSON.stringify(schema).replaceAll('"#/definitions/', `"${SCHEMA_ID}#/definitions/`),
      ) as object
      this.#ajv ??= createAjv()
      validate = this.#ajv.compile(absolute)
      cache.set(method, validate)
    }
    return validate
  }
}

function createAjv(): Ajv {
  // The schemas are our own output: checking them against the meta schema would only cost time.
  const ajv = new Ajv({ strict: false, validateSchema: false, inlineRefs: false, addUsedSchema: false })
  return ajv.addSchema({ definitions: botApiSchemas().definitions }, SCHEMA_ID)
}

/** The most telling error: the one deepest inside, since a union complains about every branch. */
function describe(errors: readonly ErrorObject[]): string {
  let best: ErrorObject | undefined
  for (const error of errors) {
    if (error.keyword === 'anyOf') continue
    if (!best || error.instancePath.length > best.instancePath.length) best = error
  }
  best ??= errors[0]
  if (!best) return 'invalid parameters specified'
  const field = fieldName(best.instancePath)
  if (best.keyword === 'required') {
    const missing = String(best.params['missingProperty'])
    if (field === '' && Object.hasOwn(MISSING, missing)) return MISSING[missing] ?? ''
    return `parameter "${field === '' ? missing : `${field}.${missing}`}" is required`
  }
  if (field === 'action') return 'wrong parameter action in request'
  const expected =
    best.keyword === 'const'
      ? `must be ${JSON.stringify(best.params['allowedValue'])}`
      : best.keyword === 'enum'
        ? `must be one of ${(best.params['allowedValues'] as unknown[]).slice(0, 12).map(String).join(', ')}`
        : (best.message ?? 'is invalid')
  return `parameter "${field}" ${expected}`
}

/** `/reply_markup/inline_keyboard/0/1` → `reply_markup.inline_keyboard[0][1]` */
function fieldName(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : `${index > 0 ? '.' : ''}${part}`))
    .join('')
}
