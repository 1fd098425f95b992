import { createThreadWork } from './thread-work.ts'

const draw = createThreadWork<string>({
  script: new URL('draw-worker.ts', import.meta.url),
  here: async (svg) => {
    const { drawSvg } = await import('./draw-svg.ts')
    return drawSvg(svg)
  },
  limitMs: 20_000,
})

/**
 * Makes a PNG of an SVG in a thread of its own, with the fonts DejaVu Sans and its bold: the machine's fonts are not asked for.
 * Text from strangers must be escaped by whoever writes the SVG. At most 20 s.
 * @throws ThreadWorkError when it is no SVG or takes too long
 */
export async function renderPng(svg: string, signal: AbortSignal): Promise<Uint8Array> {
  const png = await draw(svg, signal)
  if (!(png instanceof Uint8Array)) throw new TypeError('The thread gave no picture.')
  return png
}
