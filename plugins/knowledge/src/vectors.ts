const SCALE = 127

/**
 * Packs a vector of length 1 into one byte per number. This takes a quarter of the space and hardly
 * changes the order of similarity. A vector without a direction becomes zeros.
 */
export function packVector(vector: readonly number[]): Uint8Array {
  const length = Math.hypot(...vector)
  const packed = Int8Array.from(vector, (value) => (length > 0 ? Math.round((value / length) * SCALE) : 0))
  return new Uint8Array(packed.buffer)
}

/** The similarity of two packed vectors, from -1 to 1; 0 if they come from different models. */
export function dotProduct(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return 0
  const left = new Int8Array(a.buffer, a.byteOffset, a.length)
  const right = new Int8Array(b.buffer, b.byteOffset, b.length)
  let sum = 0
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0)
  return sum / (SCALE * SCALE)
}
