import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { CHROMIUM, chromiumNote, chromiumProblem } from './support/chromium.ts'
import { createHome, removeHomes } from './support/home.ts'
import { inkAndPaper, placesOfLetters } from './support/page-probes.ts'
import { png } from './support/png.ts'
import { stopAllPrograms } from './support/program.ts'

const albumHome = () => ({
  'plugins/album/picture.png': png(320, 200),
  'plugins/album/index.ts': `import { readFile } from 'node:fs/promises'
  import { setTimeout as sleep } from 'node:timers/promises'
  async function* endless(signal) {
    for (let word = 1; !signal.aborted; word += 1) {
      yield 'word ' + word + ' '
      await sleep(100)
    }
  }
  export default class {
    async processMessage(message, context) {
      if (message === 'album') return { success: true, response: { text: 'A **photo** for you', format: 'markdown', media: { kind: 'photo', source: await readFile(new URL('picture.png', import.meta.url)) } } }
      if (message === 'confirm') return { success: true, response: { text: 'Sure?', buttons: [[{ text: 'Yes', data: 'yes' }, { text: 'No', data: 'no' }]] } }
      if (message.startsWith('echo ')) return { success: true, response: { text: message.slice(5), format: 'markdown' } }
      if (message === 'links') return { success: true, response: { text: 'See [one](https://a.example), [two](https://b.example), \`code\` and /help.', format: 'markdown', buttons: [[{ text: 'Yes', data: 'yes' }, { text: 'No', data: 'no' }]] } }
      if (message === 'endless') return { success: true, response: endless(context.signal) }
      if (context.callback) return { success: true, response: { text: 'You chose ' + message, editMessageId: context.message.id } }
    }
  }`,
  'plugins_config.json': {
    enabled_plugins: { album: true, dice: true, reminders: true, file_info: true, ai_chatbot: true },
  },
})

describe.skipIf(chromiumProblem)(`the playground in a browser${chromiumNote}`, () => {
  let assistant: RunningAssistant
  let browser: Browser
  let page: Page
  const problems: string[] = []

  let home: string

  beforeAll(async () => {
    home = await createHome(albumHome())
    assistant = await startAssistant(home)
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    page = await browser.newPage({
      viewport: { width: 1180, height: 860 },
      colorScheme: 'light',
      locale: 'en-US',
    })
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    await page.goto(assistant.loginLink)
    await page.click('button')
    await page.getByTestId('composer').waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    await stopAllPrograms()
    await removeHomes()
  })

  const fromBot = () => page.locator('[data-testid=message][data-from=bot]')

  /** Sends a text and waits until the bot's next message appears. */
  async function say(text: string): Promise<string> {
    const before = await fromBot().count()
    await page.getByTestId('composer').fill(text)
    await page.getByTestId('send').click()
    const answer = fromBot().nth(before)
    await answer.waitFor({ timeout: 30_000 })
    return answer.getByTestId('message-text').innerText()
  }

  const focused = () =>
    page.evaluate<string>(
      `document.activeElement.name || document.activeElement.dataset.testid || document.activeElement.getAttribute('aria-label') || document.activeElement.textContent`,
    )

  /** Presses a key and tells what has the focus then. */
  async function press(key: string): Promise<string> {
    await page.keyboard.press(key)
    return focused()
  }

  test('the login link leads to a chat with the examples of the README', async () => {
    expect(new URL(page.url()).pathname).toBe('/playground')
    expect(await page.locator('.chip').allInnerTexts()).toEqual([
      'roll two dice',
      'remind me tomorrow at 9 to call Ann',
      'What can you do?',
      '/help',
    ])
    await page.locator('.chip').first().click()
    await fromBot().filter({ hasText: '2d6' }).waitFor()
    await expect
      .poll(() => page.getByTestId('chat-item').locator('.chat-item__title').innerText())
      .toBe('You')
  })

  test('the chat answers a text', async () => {
    expect(await say('hello')).toContain('how do I connect a model?')
  })

  test('a command answers, and its button works', async () => {
    expect(await say('/roll 2d6')).toContain('2d6')
    const before = await fromBot().count()
    await fromBot().last().getByTestId('inline-button').click()
    await fromBot().nth(before).waitFor()
    expect(await fromBot().last().innerText()).toContain('2d6')
  })

  test('a button can change the message it stands under', async () => {
    await say('confirm')
    await fromBot().last().getByTestId('inline-button').first().click()
    const changed = page.getByTestId('message-text').filter({ hasText: 'You chose yes' })
    await changed.waitFor()
    expect(await changed.count()).toBe(1)
  })

  test('photos go both ways', async () => {
    await say('album')
    expect(await fromBot().last().getByTestId('photo').count()).toBe(1)
    expect(await fromBot().last().locator('strong, b').innerText()).toBe('photo')
    const before = await fromBot().count()
    await page
      .getByTestId('file-input-photo')
      .setInputFiles({ name: 'sky.png', mimeType: 'image/png', buffer: png(64, 48) })
    await page.getByRole('dialog').getByRole('button', { name: /send/i }).click()
    await fromBot().nth(before).waitFor()
    expect(await fromBot().last().innerText()).toContain('64')
    expect(await page.locator('[data-testid=message][data-from=user] [data-testid=photo]').count()).toBe(1)
  })

  test('an answer shows while it is being written and ends as one message', async () => {
    const before = await fromBot().count()
    await page.getByTestId('composer').fill('how do I connect a model?')
    // the page itself watches: seen from outside, a draft may be gone too early
    const draftShows = page.evaluate<string>(`new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        const words = document.querySelector('[data-testid=draft]')?.textContent.trim()
        if (words) resolve(words)
      })
      observer.observe(document.body, { childList: true, characterData: true, subtree: true })
    })`)
    await page.getByTestId('send').click()
    expect(await draftShows).toMatch(/\w/)
    await fromBot().nth(before).waitFor({ timeout: 30_000 })
    await page.getByTestId('draft').waitFor({ state: 'detached' })
    expect(await fromBot().count()).toBe(before + 1)
    expect(await fromBot().last().innerText()).toContain('OPENAI_API_KEY')
  })

  test('an answer that is being written can be stopped', async () => {
    const before = await fromBot().count()
    await page.getByTestId('composer').fill('endless')
    await page.getByTestId('send').click()
    await page.getByTestId('draft').getByText('word 2').waitFor()
    await page.getByTestId('stop-draft').click()
    await fromBot().nth(before).waitFor()
    expect(await fromBot().last().innerText()).toContain('word 2')
    await page.getByTestId('stop-draft').waitFor({ state: 'detached' })
  })

  test('text from right to left scrambles neither the time nor lines of another direction', async () => {
    await say(
      'echo \u05E9\u05DC\u05D5\u05DD, 3 + 4 = 7\nIn English: `.env` is read by /help.\n\u0645\u0631\u062D\u0628\u0627!',
    )
    const answer = fromBot().last()
    const isLeftToRight = async (selector: string, text: string): Promise<boolean> => {
      const places = await page.evaluate<number[]>(placesOfLetters(selector, text))
      expect(places.length).toBe(text.length)
      return places.every((place, index) => index === 0 || place >= (places[index - 1] ?? 0))
    }
    const time = await answer.locator('time').innerText()
    expect(time).toMatch(/^\d{1,2}:\d\d.[AP]M$/)
    const last = '[data-testid=message]:last-child'
    expect(await isLeftToRight(`${last} time`, time)).toBe(true)
    expect(await isLeftToRight(`${last} .bubble__text`, 'In English: ')).toBe(true)
    expect(await isLeftToRight(`${last} .copyable`, '.env')).toBe(true)
    expect(await isLeftToRight(`${last} .text-button`, '/help')).toBe(true)
    expect(await isLeftToRight(`${last} .bubble__text`, '\u0645\u0631\u062D\u0628\u0627!')).toBe(false)
    // the exclamation mark stands at the end of its line, which is on the left
    const greeting = await page.evaluate<number[]>(
      placesOfLetters(`${last} .bubble__text`, '\u0645\u0631\u062D\u0628\u0627!'),
    )
    expect(greeting.at(-1)).toBe(Math.min(...greeting))
  })

  test('each list is one stop of the Tab key, and the arrow keys go through it', async () => {
    await say('links')
    await page.getByRole('searchbox').focus()
    const stops: string[] = []
    while (stops.at(-1) !== 'composer' && stops.length < 12) stops.push(await press('Tab'))
    expect(stops).toEqual([
      'chat-item',
      'new-chat',
      expect.stringContaining('message'),
      'Menu of commands',
      'composer',
    ])
    await press('Shift+Tab')
    expect(await press('Shift+Tab')).toBe('message')
    const place = () => page.evaluate<string>('document.activeElement.dataset.messageId')
    const newest = await place()
    await press('ArrowUp')
    expect(Number(await place())).toBe(Number(newest) - 1)
    await press('Home')
    expect(await place()).toBe(
      await page.locator('[data-message-id]').first().getAttribute('data-message-id'),
    )
    await press('End')
    expect(await place()).toBe(newest)
    const inside: string[] = []
    for (let step = 0; step < 7; step += 1) inside.push(await press('ArrowRight'))
    expect(inside).toEqual([
      'one',
      'two',
      'code',
      '/help',
      'Message actions',
      'inline-button',
      'inline-button',
    ])
    expect(await press('ArrowLeft')).toBe('inline-button')
    expect(await press('Escape')).toBe('message')
    expect(await page.locator('[data-message-id][tabindex="0"]').count()).toBe(1)
    // a menu is entered by its first item and left by Tab
    await page.getByTestId('attach').focus()
    await page.keyboard.press('Enter')
    await expect.poll(focused).toContain('Photo or video')
    expect(await press('End')).toContain('Location')
    expect(await press('Home')).toContain('Photo or video')
    await press('Escape')
    expect(await focused()).toBe('attach')
  })

  test('a dialog begins with what it asks for, and sends where I am', async () => {
    await page.getByTestId('new-chat').click()
    await expect.poll(focused).toBe('firstName')
    await page.keyboard.press('Escape')
    await page
      .getByTestId('file-input-document')
      .setInputFiles({ name: 'data.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(15_000) })
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('TEXTAREA')
    await page.keyboard.type('/file')
    const shown = fromBot().filter({ hasText: 'data.bin' })
    await page.keyboard.press('Enter')
    await shown.waitFor()
    // one way to write sizes, in the page and in answers
    expect(await shown.innerText()).toContain('Size: 15 KB (15,000 bytes)')
    expect(await page.getByTestId('document').last().innerText()).toContain('15 KB')

    const locations = page.locator('[data-from=user] .location__label')
    const openDialog = async (): Promise<void> => {
      await page.getByTestId('attach').click()
      await page.getByRole('menuitem', { name: 'Location' }).click()
    }
    await openDialog()
    await page.getByTestId('where-i-am').click()
    await page.getByRole('alert').getByText('did not share your location').waitFor()
    await page.getByLabel('City or coordinates').fill('nowhere')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('know that place').waitFor()
    await page.getByLabel('City or coordinates').fill('vienna')
    await page.keyboard.press('Enter')
    await locations.filter({ hasText: '48.20800, 16.37300' }).waitFor()
    await page.context().setGeolocation({ latitude: -33.5, longitude: 151.25 })
    await page.context().grantPermissions(['geolocation'], { origin: assistant.url })
    await openDialog()
    await page.getByTestId('where-i-am').click()
    await locations.filter({ hasText: '-33.50000, 151.25000' }).waitFor()
  })

  test('the selected chat can be read in both themes', async () => {
    for (const theme of ['light', 'dark']) {
      expect(await page.evaluate<string>('getComputedStyle(document.documentElement).colorScheme')).toContain(
        theme,
      )
      for (const part of ['.chat-item__title', '.chat-item__time', '.chat-item__preview']) {
        const contrast = await page.evaluate<number>(inkAndPaper(`.chat-item[aria-current] ${part}`))
        expect(contrast, `${part} in the ${theme} theme`).toBeGreaterThanOrEqual(4.5)
      }
      await page.getByTestId('theme-toggle').click()
      await page.waitForFunction(
        `document.documentElement.dataset.theme === '${theme === 'light' ? 'dark' : 'light'}'`,
      )
    }
  })

  test('nothing failed in the page, and nothing overflows on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    await page.getByTestId('composer').waitFor()
    await page.setViewportSize({ width: 1180, height: 860 })
    expect(problems).toEqual([])
  })

  test('without the session there is no chat but the way to log in', async () => {
    const stranger = await browser.newPage()
    await stranger.goto(`${assistant.url}/playground`)
    await stranger.getByText('pluggram login').waitFor()
    expect(await stranger.getByTestId('composer').count()).toBe(0)
    await stranger.close()
  })

  test('a banner says when messages cannot be saved, and when the assistant has stopped', async () => {
    const banner = page.getByTestId('status-banner')
    expect(await banner.innerText()).toBe('')
    const other = new DatabaseSync(join(home, 'data/pluggram.db'), { timeout: 30_000 })
    other.exec('BEGIN IMMEDIATE')
    await page.getByTestId('composer').fill('hello while nothing can be saved')
    await page.getByTestId('send').click()
    await banner.getByText('Messages cannot be saved').waitFor({ timeout: 60_000 })
    other.exec('ROLLBACK')
    other.close()
    await expect.poll(() => banner.innerText(), { timeout: 60_000 }).toBe('')
    await assistant.stop()
    await banner.getByText('The assistant has stopped').waitFor({ timeout: 60_000 })
  })
})
