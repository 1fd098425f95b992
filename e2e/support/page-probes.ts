/** Scripts that run in a page; they are texts because tests know no browser types. */

/** The left edges of a text's letters, as they are drawn; empty if an element has no such text. */
export function placesOfLetters(selector: string, text: string): string {
  return `(() => {
    const wanted = ${JSON.stringify(text)}
    const walker = document.createTreeWalker(document.querySelector(${JSON.stringify(selector)}), NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const start = node.data.indexOf(wanted)
      if (start === -1) continue
      return [...wanted].map((_, index) => {
        const range = document.createRange()
        range.setStart(node, start + index)
        range.setEnd(node, start + index + 1)
        return range.getBoundingClientRect().left
      })
    }
    return []
  })()`
}

/** The contrast of an element's text on the nearest background, as WCAG measures it. */
export function inkAndPaper(selector: string): string {
  return `(() => {
    const element = document.querySelector(${JSON.stringify(selector)})
    const canvas = new OffscreenCanvas(1, 1).getContext('2d')
    const read = (color, below) => {
      canvas.fillStyle = below ? 'rgb(' + below.join(' ') + ')' : '#fff'
      canvas.fillRect(0, 0, 1, 1)
      canvas.fillStyle = color
      canvas.fillRect(0, 0, 1, 1)
      return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)]
    }
    let paper = element
    const isClear = (node) => /(transparent|, 0\\))$/.test(getComputedStyle(node).backgroundColor)
    while (paper.parentElement && isClear(paper)) paper = paper.parentElement
    const background = read(getComputedStyle(paper).backgroundColor)
    const ink = read(getComputedStyle(element).color, background)
    const light = (rgb) => {
      const [r, g, b] = rgb.map((value) => value / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const [dark, bright] = [light(ink), light(background)].sort((a, b) => a - b)
    return (bright + 0.05) / (dark + 0.05)
  })()`
}
