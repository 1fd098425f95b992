const MAX_WIDTH = 400
const MAX_HEIGHT = 420
const MIN_SIDE = 110

/** The display size of a picture in a bubble: its own proportions, within limits. */
export function photoSize(
  width = MAX_WIDTH,
  height = 300,
): { readonly width: number; readonly height: number } {
  const safeWidth = Math.max(1, width)
  const safeHeight = Math.max(1, height)
  const scale = Math.min(1, MAX_WIDTH / safeWidth, MAX_HEIGHT / safeHeight)
  return {
    width: Math.round(Math.max(MIN_SIDE, safeWidth * scale)),
    height: Math.round(Math.max(MIN_SIDE, safeHeight * scale)),
  }
}
