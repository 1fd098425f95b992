import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { initWasm, Resvg } from '@resvg/resvg-wasm'

const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']

let fonts: Promise<Uint8Array[]> | undefined

/** Renders an SVG to PNG in this thread, using bundled fonts instead of the machine's. */
export async function drawSvg(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  const fontBuffers = await (fonts ??= load())
  const picture = new Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: 'DejaVu Sans', loadSystemFonts: false },
  })
  const rendered = picture.render()
  try {
    return new Uint8Array(rendered.asPng())
  } finally {
    rendered.free()
    picture.free()
  }
}

async function load(): Promise<Uint8Array[]> {
  await initWasm(await readFile(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))))
  const read = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(new URL(`../fonts/${name}`, import.meta.url)))
  return Promise.all(FONTS.map((name) => read(name)))
}
