/**
 * The first `maximum` UTF-16 units of a text, with `end` after it when something was cut off. A pair of surrogates is never
 * halved, and halves that were in the text are replaced.
 */
export function cutText(text: string, maximum: number, end = ''): string {
  if (text.length <= maximum) return text.toWellFormed()
  const isPair = isHigh(text.charCodeAt(maximum - 1)) && isLow(text.charCodeAt(maximum))
  return text.slice(0, isPair ? maximum - 1 : maximum).toWellFormed() + end
}

function isHigh(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdb_ff
}

function isLow(unit: number): boolean {
  return unit >= 0xdc_00 && unit <= 0xdf_ff
}
