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
 * Renders an SVG to PNG in a separate thread, within 20 s. It uses DejaVu Sans, regular and bold,
 * and none of the machine's fonts. The caller must escape untrusted text in the SVG.
 * @throws ThreadWorkError when it is not an SVG or takes too long
 */
export async function renderPng(svg: string, signal: AbortSignal): Promise<Uint8Array> {
  const png = await draw(svg, signal)
  if (!(png instanceof Uint8Array)) throw new TypeError('The thread gave no picture.')
  return png
}
