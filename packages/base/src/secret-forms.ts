/** Shorter secrets have too short a recognisable middle when they are encoded. */
const MIN_ENCODED_LENGTH = 12

/**
 * A secret in encodings that do not keep its characters: hexadecimal, and Base64 wherever in the
 * encoded text it begins.
 */
export function encodedForms(secret: string): string[] {
  if (secret.length < MIN_ENCODED_LENGTH) return []
  const bytes = Buffer.from(secret)
  const hex = bytes.toString('hex')
  return [hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((offset) => base64Forms(bytes, offset))]
}

/** The characters of Base64 that depend on nothing but the secret. */
function base64Forms(bytes: Buffer, offset: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  const form = encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.byteLength) * 8) / 6))
  return [form, form.replaceAll('+', '-').replaceAll('/', '_')]
}
