import type { FastifyRequest } from 'fastify'
import { BotApiError, badRequest } from '../bot-api-error.ts'
import { MAX_UPLOAD_BYTES } from '../options.ts'
import type { Upload } from '../upload.ts'

export interface RequestParams {
  readonly params: Record<string, unknown>
  readonly uploads: ReadonlyMap<string, Upload>
}

const NO_UPLOADS: ReadonlyMap<string, Upload> = new Map()

/**
 * Reads parameters from the query and from a JSON, form or multipart body. The body takes
 * precedence.
 */
export async function readRequestParams(request: FastifyRequest): Promise<RequestParams> {
  const params: Record<string, unknown> = {}
  const url = request.raw.url ?? ''
  const question = url.indexOf('?')
  if (question >= 0) addFields(params, url.slice(question + 1))
  if (request.isMultipart()) return readMultipart(request, params)
  const { body } = request
  if (!Buffer.isBuffer(body) || body.length === 0) return { params, uploads: NO_UPLOADS }
  const contentType = (request.headers['content-type'] ?? '').toLowerCase()
  if (contentType.startsWith('application/json')) addJson(params, body.toString('utf8'))
  else addFields(params, body.toString('utf8'))
  return { params, uploads: NO_UPLOADS }
}

function addFields(params: Record<string, unknown>, text: string): void {
  for (const [name, value] of new URLSearchParams(text)) addParam(params, name, value)
}

function addJson(params: Record<string, unknown>, text: string): void {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badRequest("can't parse JSON-encoded request body")
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest("can't parse JSON-encoded request body: an object is expected")
  }
  for (const [name, entry] of Object.entries(value)) addParam(params, name, entry)
}

/**
 * Reads a multipart body. A file is sent under its parameter's name, or referenced as
 * `attach://name`. The files of a request may have 50 MB in total.
 */
async function readMultipart(
  request: FastifyRequest,
  params: Record<string, unknown>,
): Promise<RequestParams> {
  const uploads = new Map<string, Upload>()
  let size = 0
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      const bytes = await part.toBuffer()
      size += bytes.byteLength
      if (size > MAX_UPLOAD_BYTES) throw new BotApiError(413, 'Request Entity Too Large')
      uploads.set(part.fieldname, { bytes, fileName: part.filename || 'file', mimeType: part.mimetype })
      params[part.fieldname] ??= `attach://${part.fieldname}`
    } else {
      addParam(params, part.fieldname, part.value)
    }
  }
  return { params, uploads }
}

function addParam(params: Record<string, unknown>, name: string, value: unknown): void {
  // no method has such a parameter, and as a key it would set the object's prototype
  if (name !== '__proto__') params[name] = value
}
