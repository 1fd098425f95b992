import { chromium } from 'playwright-core'
import type { Browser, Locator } from 'playwright-core'
import { decodeQR } from 'qr/decode.js'
import { afterEach, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { CHROMIUM, chromiumNote, chromiumProblem } from './support/chromium.ts'
import { runCommand } from './support/command.ts'
import { createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** A picture of what is on the page, as pixels; the browser itself reads the file. */
async function pixelsOf(browser: Browser, shown: Locator) {
  const picture = (await shown.screenshot()).toString('base64')
  const page = await browser.newPage()
  const { width, height, data } = await page.evaluate<{
    width: number
    height: number
    data: number[]
  }>(`(async () => {
    const image = new Image()
    image.src = 'data:image/png;base64,${picture}'
    await image.decode()
    const { width, height } = image
    const context = new OffscreenCanvas(width, height).getContext('2d')
    context.drawImage(image, 0, 0)
    return { width, height, data: [...context.getImageData(0, 0, width, height).data] }
  })()`)
  await page.close()
  return { width, height, data: Uint8ClampedArray.from(data) }
}

describe.skipIf(chromiumProblem)(`the page of an assistant on Telegram${chromiumNote}`, () => {
  test('the printed link leads to the bot: its name, health, t.me link and QR code, and what comes next', async () => {
    const { url, driver } = await startEmulator()
    const home = await createHome({ 'config.json': { assistant: { name: 'Ada <b>&' } } })
    const assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url })
    const { bot } = await driver.get<{ bot: { username: string } }>('/state')
    // only the owner sees it
    const stranger = await fetch(`${assistant.url}/playground`, { redirect: 'manual' })
    expect(stranger.headers.get('location')).toBe('/login')

    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    try {
      const page = await browser.newPage({ viewport: { width: 360, height: 740 } })
      const errors: string[] = []
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
      await page.goto(assistant.loginLink)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByRole('heading', { name: 'Ada <b>&' }).waitFor()
      expect(await page.getByRole('status').textContent()).toBe('Ready')
      expect(await page.content()).toMatch(/<p class="">Working\. (No message|Last message)/)
      const link = `https://t.me/${bot.username}`
      expect(await page.getByRole('link', { name: `Open @${bot.username}` }).getAttribute('href')).toBe(link)
      expect(await page.textContent('body')).toMatch(/Become its owner: send @\S+ .*\/pair \S+/)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
        expect({ colorScheme, isWide }).toEqual({ colorScheme, isWide: false })
        // what a phone's camera sees
        expect(decodeQR(await pixelsOf(browser, page.getByRole('img', { name: 'QR code' })))).toBe(link)
      }
      expect(errors).toEqual([])
    } finally {
      await browser.close()
    }

    // while Telegram is away the page says so
    await driver.post('/faults', { kind: 'unauthorized', times: 100_000 })
    // a message ends the poll that is held
    await write(driver, await createPerson(driver), 'hello')
    const { cookie } = await logIn({
      url: assistant.url,
      loginLink: (await runCommand(home, 'login')).output.trim(),
    })
    await expect
      .poll(async () => (await fetch(`${assistant.url}/playground`, { headers: { cookie } })).text())
      .toMatch(/Not ready[\s\S]*Not receiving: Telegram does not know the bot token/)
  })
})
