import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { initWasm, Resvg } from '@resvg/resvg-wasm'

let fonts: Promise<Uint8Array> | undefined

/** Makes a PNG of an SVG, with a font of our own: the machine's fonts are not asked for. */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const font = await (fonts ??= load())
  const picture = new Resvg(svg, {
    font: { fontBuffers: [font], defaultFontFamily: 'DejaVu Sans', loadSystemFonts: false },
  })
  const rendered = picture.render()
  try {
    return new Uint8Array(rendered.asPng())
  } finally {
    rendered.free()
    picture.free()
  }
}

async function load(): Promise<Uint8Array> {
  const file = (name: string): string => fileURLToPath(import.meta.resolve(name))
  await initWasm(await readFile(file('@resvg/resvg-wasm/index_bg.wasm')))
  return new Uint8Array(await readFile(file('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')))
}
