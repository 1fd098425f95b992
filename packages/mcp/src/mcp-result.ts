import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client'
import { PictureResult } from '@pluggram/ai/tools'
import { PluggramError } from '@pluggram/sdk'
import type { ModelFile } from '@pluggram/sdk'

const MAX_CHARACTERS = 100_000
const MAX_PICTURES = 4
/** Telegram takes larger photos from nobody, and few models do. */
const MAX_PICTURE_CHARACTERS = 10_000_000
/** Kinds of pictures that models and people can see. */
const PICTURE = /^image\/(?:png|jpeg|webp|gif)$/

/**
 * Converts a tool's result to text, with its pictures beside it if it has any.
 * @throws PluggramError `tool-refused` with the server's message when the call failed
 */
export function readToolResult({
  content,
  structuredContent,
  isError,
}: CallToolResult): string | PictureResult {
  const pictures: ModelFile[] = []
  const blocks = (content ?? []).map((block) => blockToText(block, pictures))
  const text = blocks.length > 0 ? blocks.join('\n') : JSON.stringify(structuredContent ?? null)
  const shown = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS).toWellFormed()}…` : text
  if (isError === true) throw new PluggramError('tool-refused', shown || 'The call failed.')
  return pictures.length === 0 ? shown : new PictureResult(shown, pictures)
}

function blockToText(block: ContentBlock, pictures: ModelFile[]): string {
  switch (block.type) {
    case 'text':
      return block.text
    case 'image':
    case 'audio':
      return (
        takePicture(block.mimeType, block.data, pictures) ??
        `[${block.type}, ${block.mimeType}, about ${Math.round(block.data.length * 0.75)} bytes]`
      )
    case 'resource_link':
      return `[${block.name}: ${block.uri}]`
    case 'resource': {
      const { resource } = block
      if ('text' in resource) return `${resource.uri}:\n${resource.text}`
      return takePicture(resource.mimeType ?? '', resource.blob, pictures) ?? `[${resource.uri}, binary]`
    }
    default:
      return ''
  }
}

/** Adds a picture; `undefined` if it is none, or one too many or too large. */
function takePicture(mediaType: string, base64: string, pictures: ModelFile[]): string | undefined {
  if (!PICTURE.test(mediaType) || pictures.length >= MAX_PICTURES) return undefined
  if (base64.length > MAX_PICTURE_CHARACTERS) return undefined
  pictures.push({ mediaType, data: new Uint8Array(Buffer.from(base64, 'base64')) })
  return `[picture ${pictures.length}, shown to the user]`
}
