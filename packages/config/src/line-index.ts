/**
 * Converts offsets to lines and columns, both starting at 1. Columns count UTF-16 units, as editors
 * do.
 */
export interface LineIndex {
  positionAt(offset: number): { readonly line: number; readonly column: number }
}

/** Lines end with LF, CRLF or a lone CR, as in the JSON parser and most editors. */
export function createLineIndex(text: string): LineIndex {
  const starts = [0]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1)
  }
  return {
    positionAt(offset) {
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = Math.ceil((low + high) / 2)
        if ((starts[middle] as number) <= offset) low = middle
        else high = middle - 1
      }
      return { line: low + 1, column: offset - (starts[low] as number) + 1 }
    },
  }
}
