const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Characters that take two columns in a fixed-width font (Unicode: East Asian Width W and F). */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F7E0}-\u{1F7EB}\u{1F900}-\u{1F9FF}\u{1FA70}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u
const ZERO = /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}]+$/u

/** How many columns a text takes in a fixed-width font. */
export function displayWidth(text: string): number {
  // most cells are plain Latin text
  if (/^[\u0020-\u02FF]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) {
    if (ZERO.test(segment)) continue
    width += WIDE.test(segment) || segment.includes('\uFE0F') || /^\p{RI}/u.test(segment) ? 2 : 1
  }
  return width
}
