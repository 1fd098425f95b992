/** The first `length` units of a text, plus one if that would split a surrogate pair. */
export function cutWhole(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  const isCut = last >= 0xd8_00 && last <= 0xdb_ff
  return text.slice(0, isCut ? length + 1 : length)
}
