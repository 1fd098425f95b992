import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LLMock } from '@copilotkit/aimock'
import { chromium } from 'playwright-core'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { shippedPlugins } from '../apps/assistant/src/shipped-plugins.ts'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { CHROMIUM, chromiumNote, chromiumProblem } from './support/chromium.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

/** A folder for a picture of each plugin, for people to look at. */
const { SCREENSHOTS } = process.env

const PARAGRAPH =
  'The river rose in the night, and by the morning the old bridge stood in the water up to its arches. '
const ARTICLE = `<html><head><title>The river</title></head><body><nav>Menu</nav><article><h1>The river</h1><p>${PARAGRAPH.repeat(8)}</p></article></body></html>`

const names = shippedPlugins().map(({ name }) => name)

const ships = (name: string): boolean => names.includes(name)

/** Local web pages, a feed and an API. */
class Site {
  readonly entries = ['Opening day']
  readonly #server: Server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const send = (type: string, text: string): void =>
      void response.writeHead(200, { 'content-type': type }).end(text)
    const { pathname, searchParams } = new URL(request.url ?? '', this.url)
    if (pathname === '/article') return send('text/html', ARTICLE)
    if (pathname === '/feed.xml') return send('application/rss+xml', this.#feed())
    if (pathname === '/weather') {
      return send(
        'application/json',
        JSON.stringify({ town: (JSON.parse(body) as { town: string }).town, degrees: 21 }),
      )
    }
    if (pathname === '/pets')
      return send(
        'application/json',
        JSON.stringify([{ id: 1, name: 'Rex', status: searchParams.get('status') }]),
      )
    response.writeHead(404).end()
  })
  url = ''

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #feed(): string {
    const items = this.entries
      .toReversed()
      .map(
        (title) =>
          `<item><title>${title}</title><guid>${title}</guid><link>${this.url}/article</link></item>`,
      )
    return `<rss version="2.0"><channel><title>Town news</title>${items.join('')}</channel></rss>`
  }
}

/** A language model like a vendor's, with two fixed answers. */
async function startModel(): Promise<LLMock> {
  const mock = new LLMock({ port: 0 })
  mock.onMessage('Good morning', { content: 'Guten Morgen' })
  mock.onMessage('The river', { content: 'A river rose and reached an old bridge.' })
  mock.onMessage('Tell me a joke', { content: 'A plugin walks into a bar, and **nothing else** stops.' })
  await mock.start()
  return mock
}

const PETS = `openapi: 3.1.0
paths:
  /pets:
    get: { operationId: listPets, summary: Lists pets, parameters: [{ name: status, in: query, required: true, schema: { type: string } }] }
`

/** A database of the owner's. */
function createLibrary(file: string): void {
  const database = new DatabaseSync(file)
  database.exec(
    `CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO books (title) VALUES ('The Sea'), ('The Hills');
     CREATE TABLE loans (book TEXT, reader TEXT, since TEXT, remark TEXT, fee REAL);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 57)
     INSERT INTO loans SELECT 'The Sea, volume ' || i, 'Ada Lovelace & <friends>', '2026-11-22', 'مرحبا Grüße мир', i * 1.25 FROM n`,
  )
  database.close()
}

function homeFor(site: Site, library: string): Parameters<typeof createHome>[0] {
  return {
    'pets.yaml': PETS,
    'plugins_config.json': { enabled_plugins: Object.fromEntries(names.map((name) => [name, true])) },
    'config.json': {
      databases: { library: { url: `sqlite:${library}` } },
      plugins: {
        database: {
          lookups: {
            book: { database: 'library', description: 'A book by its number', table: 'books', column: 'id' },
            loans: { database: 'library', description: 'Who has which book', query: 'SELECT * FROM loans' },
          },
        },
        web_page: { allow_addresses: ['127.0.0.1'] },
        feeds: { allow_addresses: ['127.0.0.1'] },
        api_integration: {
          endpoints: {
            weather: {
              url: `${site.url}/weather`,
              description: 'The weather in a town',
              body: { town: '{{ message }}' },
              reply: '{{ answer.town }}: {{ answer.degrees }} °C',
            },
          },
          openapi: [{ document: '${file:pets.yaml}', server: site.url }],
        },
        polls_and_forms: {
          forms: {
            party: {
              title: 'Summer party',
              questions: [
                { key: 'name', ask: 'What is your name?' },
                {
                  key: 'meal',
                  ask: 'What would you like to eat?',
                  type: 'choice',
                  choices: ['Fish', 'Soup'],
                },
              ],
            },
          },
        },
      },
    },
  }
}

describe.skipIf(chromiumProblem)(`every plugin that ships, in the playground${chromiumNote}`, () => {
  const site = new Site()
  const shown = new Set<string>()
  const problems: string[] = []
  let model: LLMock
  let assistant: RunningAssistant
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    await site.start()
    model = await startModel()
    const library = join(await createHome(), 'library.db')
    createLibrary(library)
    assistant = await startAssistant(await createHome(homeFor(site, library)), {
      OPENAI_BASE_URL: `${model.url}/v1`,
      OPENAI_API_KEY: 'sk-e2e-secret-key-123456',
    })
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
      ],
    })
    page = await browser.newPage({ viewport: { width: 1180, height: 860 }, colorScheme: 'light' })
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    await page.goto(assistant.loginLink)
    await page.click('button')
    await page.getByTestId('composer').waitFor()
  })

  afterEach(async ({ task }) => {
    const [name = ''] = task.name.split(' ', 1)
    if (task.result?.state !== 'fail') shown.add(name)
    if (SCREENSHOTS === undefined) return
    await mkdir(SCREENSHOTS, { recursive: true })
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  })

  afterAll(async () => {
    await browser?.close()
    await stopAllPrograms()
    await model?.stop()
    await site.stop()
    await removeHomes()
  })

  const fromBot = (): Locator => page.locator('[data-testid=message][data-from=bot]')

  /** Sends a message and returns the bot's messages after it, as soon as there are that many. */
  async function say(text: string, count = 1): Promise<Locator> {
    const before = await fromBot().count()
    await page.getByTestId('composer').fill(text)
    await page.getByTestId('send').click()
    return arrival(before, count)
  }

  async function arrival(before: number, count = 1): Promise<Locator> {
    await fromBot()
      .nth(before + count - 1)
      .waitFor({ timeout: 30_000 })
    return fromBot().nth(before + count - 1)
  }

  /** Presses a button below the last message that has it, and returns the answers. */
  async function press(name: string | RegExp): Promise<Locator> {
    const before = await fromBot().count()
    await page.getByTestId('inline-button').filter({ hasText: name }).last().click()
    return arrival(before)
  }

  /** Presses a button that changes its own message. */
  async function pressToChange(name: string, text: string | RegExp): Promise<void> {
    await page.getByTestId('inline-button').filter({ hasText: name }).last().click()
    await fromBot().filter({ hasText: text }).last().waitFor({ timeout: 30_000 })
  }

  test.runIf(ships('ai_chatbot'))('ai_chatbot talks', async () => {
    const answer = await say('Tell me a joke')
    expect(await answer.locator('strong, b').innerText()).toBe('nothing else')
  })

  test.runIf(ships('dice'))('dice rolls, and rolls again', async () => {
    expect(await (await say('/roll 2d6')).innerText()).toContain('2d6')
    expect(await (await press('Roll again')).innerText()).toContain('2d6')
  })

  test.runIf(ships('file_info'))('file_info tells what a file is', async () => {
    const before = await fromBot().count()
    await page
      .getByTestId('file-input-document')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('three words here') })
    await page.getByRole('dialog').getByRole('textbox').fill('/file')
    await page.getByRole('dialog').getByRole('button', { name: /send/i }).click()
    expect(await (await arrival(before)).innerText()).toContain('Name: notes.txt')
  })

  test.runIf(ships('translate'))('translate translates', async () => {
    expect(await (await say('/translate german Good morning')).innerText()).toContain('Guten Morgen')
  })

  test.runIf(ships('web_page'))('web_page reads a page and says what it says', async () => {
    const answer = await say(`/read ${site.url}/article`)
    expect(await answer.innerText()).toContain('A river rose and reached an old bridge.')
    expect(await answer.getByText('Open the page').count()).toBe(1)
    expect(await (await say('/read http://169.254.169.254/latest/meta-data')).innerText()).toContain(
      'not on the public internet',
    )
  })

  test.runIf(ships('api_integration'))(
    'api_integration asks an endpoint, and a service that describes itself',
    async () => {
      expect(await (await say('/weather Oslo')).innerText()).toContain('Oslo: 21 °C')
      expect(await (await say('/list_pets free')).innerText()).toContain('Rex')
    },
  )

  test.runIf(ships('feeds'))('feeds brings what is new into the chat', async () => {
    expect(await (await say(`/feed add ${site.url}/feed.xml`, 2)).innerText()).toContain('Opening day')
    site.entries.push('The bridge is open again')
    await say('/feed check')
    await fromBot().filter({ hasText: 'The bridge is open again' }).waitFor({ timeout: 30_000 })
  })

  test.runIf(ships('polls_and_forms'))('polls_and_forms counts votes and asks questions', async () => {
    await say('/poll Lunch?; Pizza; Soup')
    await pressToChange('Pizza', /Pizza[^]*1 \(100 %\)/)
    await pressToChange('End poll', 'Poll ended: 1 vote')
    await say('/form party')
    await say('Ada')
    expect(await (await press('Fish')).innerText()).toContain('please check your answers')
    await pressToChange('Send', 'Thank you!')
    const file = await say('/form export party')
    expect(await file.getByTestId('document').innerText()).toContain('party.csv')
  })

  test.runIf(ships('admin'))('admin lists the plugins, with buttons', async () => {
    const list = await say('/plugins')
    expect(await list.innerText()).toContain('🟢 Polls and forms')
    expect(await list.getByTestId('inline-button').count()).toBeGreaterThan(3)
  })

  test.runIf(ships('reminders'))('reminders keeps what it is told', async () => {
    expect(await (await say('/remind in 2 hours to water the plants')).innerText()).toContain(
      'water the plants',
    )
    expect(await (await say('/reminders')).innerText()).toContain('water the plants')
  })

  test.runIf(ships('knowledge'))('knowledge learns and tells', async () => {
    await say('/learn The library opens at ten.')
    expect(await (await say('/documents')).innerText()).toMatch(/library/i)
  })

  test.runIf(ships('scheduled_task'))('scheduled_task keeps a job', async () => {
    await say('/every 2 hours Drink something')
    expect(await (await say('/jobs')).innerText()).toContain('Drink something')
  })

  test.runIf(ships('database'))('database looks a record up, and draws a table', async () => {
    expect(await (await say('/book 2')).innerText()).toContain('The Hills')
    const table = await say('/loans')
    expect(await table.innerText()).toContain('20 of 57 rows.')
    const picture = table.getByTestId('photo').locator('img')
    await expect
      .poll(async () => Number(await picture.evaluate((node) => Reflect.get(node, 'naturalWidth'))))
      .toBeGreaterThan(700)
  })

  test.runIf(ships('logging'))('logging shows what was said', async () => {
    expect(await (await say('/journal 5 dice')).innerText()).toContain('answered by dice')
  })

  test.runIf(ships('metrics'))('metrics shows a picture of how it goes', async () => {
    expect(await (await say('/stats')).getByTestId('photo').count()).toBe(1)
  })

  test('none is left out, and nothing failed in the page', () => {
    expect([...shown].toSorted()).toEqual(names.toSorted())
    expect(problems).toEqual([])
  })
})
