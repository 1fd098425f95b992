import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  BLOCKED_MEANWHILE,
  dataOf,
  OFF_HERE,
  openPages,
  PRESSES,
  ROLE_IS_GONE,
  withPages,
} from './hostile-access/buttons.ts'
import type { Pages } from './hostile-access/buttons.ts'
import { COMMANDS, FORMS, NUMBERS, ODD_TARGETS, PAIRINGS, REPLAYS } from './hostile-access/messages.ts'
import { MCP_TOKEN, Stage, wanted } from './hostile-access/stage.ts'
import { ask, botMessages, TOKEN } from './support/emulator.ts'
import { removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

let stage: Stage
let pages: Pages
let config: string

beforeAll(async () => {
  stage = await Stage.create()
  config = await stage.readConfig()
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

describe('before there is an owner', () => {
  test.for(PAIRINGS)('%s', async (row) => {
    expect(await stage.play(row)).toEqual(wanted(row))
  })
  test('the right person pairs', async () => {
    expect(await stage.pair()).toEqual([
      expect.stringContaining("You're now the owner"),
      expect.stringContaining('is now blocked'),
    ])
  })
  test.for(REPLAYS)('%s', async (row) => {
    expect(await stage.play(row)).toEqual(wanted(row))
  })
})

describe('commands of an owner', () => {
  test.for(COMMANDS)('%s', async (row) => {
    expect(await stage.play(row)).toEqual(wanted(row))
  })
  test.for(FORMS)('written %s', async (row) => {
    expect(await stage.play(row)).toEqual(wanted(row))
  })
  test.for(NUMBERS)('%s', async (row) => {
    expect(await stage.play(row)).toEqual(wanted(row))
  })
  test.for(ODD_TARGETS)('about %s', async (row) => {
    expect(await stage.play(row)).toEqual(wanted(row))
  })
})

describe('buttons and questions of others', () => {
  test('each gets pages of their own', async () => {
    pages = await openPages(stage)
    expect(new Set(Object.values(pages)).size).toBe(Object.keys(pages).length)
  })
  test.for(PRESSES)('%s, by %s', async (row) => {
    const attempt = withPages(row, pages)
    expect(await stage.play(attempt)).toEqual(wanted(attempt))
  })
  test.for(ROLE_IS_GONE)('%s, by somebody who is no owner any more', async (row) => {
    const attempt = withPages(row, pages)
    expect(await stage.play(attempt)).toEqual(wanted(attempt))
  })
  test('the former owner is blocked', async () => {
    expect(await stage.blockCleo()).toEqual([expect.stringContaining('is now blocked')])
  })
  test.for(BLOCKED_MEANWHILE)('%s, by somebody who is blocked', async (row) => {
    const attempt = withPages(row, pages)
    expect(await stage.play(attempt)).toEqual(wanted(attempt))
  })
  test('the dice are switched off in the group', async () => {
    expect(
      await stage.answersTo('ada', 'team', () => stage.say('ada', 'team', '/plugins off dice here')),
    ).toEqual([expect.stringContaining('off')])
  })
  test.for(OFF_HERE)('%s of a plugin that is off here', async (row) => {
    const attempt = withPages(row, pages)
    expect(await stage.play(attempt)).toEqual(wanted(attempt))
  })
})

describe('tools over MCP', () => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  const send = async (headers: Record<string, string>, query = ''): Promise<[number, string]> => {
    const response = await fetch(`${stage.assistant.url}/mcp${query}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body,
    })
    return [response.status, await response.text()]
  }

  test.each<[what: string, headers: Record<string, string>, query?: string]>([
    ['without a token', {}],
    ['with an empty one', { authorization: 'Bearer ' }],
    ['with another one', { authorization: 'Bearer token-of-the-owner-0123456788' }],
    ['with half of it', { authorization: `Bearer ${MCP_TOKEN.slice(0, 16)}` }],
    ['with the token of the bot', { authorization: `Bearer ${TOKEN}` }],
    ['with it as a password', { authorization: `Basic ${btoa(`owner:${MCP_TOKEN}`)}` }],
    ['with it in the address', {}, `?token=${MCP_TOKEN}&access_token=${MCP_TOKEN}`],
    ['with it in a cookie', { cookie: `token=${MCP_TOKEN}` }],
  ])('%s', async (_what, headers, query) => {
    const [status, text] = await send(headers, query)
    expect(status).toBe(401)
    expect(text).not.toContain('dice')
  })

  test('with the token they are there', async () => {
    expect((await send({ authorization: `Bearer ${MCP_TOKEN}` }))[0]).not.toBe(401)
  })
})

test('nothing of all that left a trace', async () => {
  const { driver, people, groups } = stage
  const { ada, bob, tess, cleo, mallory, eve } = people
  expect(await stage.readConfig()).toBe(config)
  const [users = ''] = await ask(driver, ada, '/users')
  const decided = users.split('\n').filter((line) => !line.endsWith(': not decided'))
  expect(decided.map((line) => line.replace(/^.*?(-?\d+):/, '$1:')).toSorted()).toEqual(
    [
      `${ada.id}: owner`,
      `${bob.id}: allowed (config.json)`,
      `${tess.id}: trusted (config.json)`,
      `${groups.team}: allowed (config.json)`,
      `${cleo.id}: blocked`,
      `${mallory.id}: blocked`,
    ].toSorted(),
  )
  // the poll is still open, and a press of this make counts where it belongs
  const chat = { id: groups.team, type: 'supergroup', title: 'team' }
  const message = { message_id: pages.poll.id, date: 1, chat, text: 'x' }
  await stage.forge('bob', 'team', dataOf(pages.poll, 'Pizza'), { message })
  await expect
    .poll(async () => (await botMessages(driver, chat.id)).find(({ id }) => id === pages.poll.id)?.text)
    .toMatch(/Pizza\n\S+ 1 /)
  expect(await ask(driver, bob, '/reminders')).toEqual([expect.stringContaining('drink tea')])
  expect(await ask(driver, bob, '/roll 3d6')).toEqual([expect.stringContaining('3d6')])
  // who was blocked has answers to nothing but what comes now
  const before = await botMessages(driver, mallory.id, 0)
  await ask(driver, ada, `/allow ${mallory.id}`)
  expect(await ask(driver, mallory, '/who')).toEqual(['everyone'])
  expect(await botMessages(driver, mallory.id)).toHaveLength(before.length + 1)
  // what a stranger wrote is answered once she is let in, as somebody without rights
  const seen = (await botMessages(driver, eve.id)).length
  await ask(driver, ada, `/allow ${eve.id}`)
  const answers = (await botMessages(driver, eve.id, seen + 2)).slice(seen).map(({ text }) => text)
  expect(answers.toSorted()).toEqual(expect.arrayContaining(['everyone', '⚠️ Only the owner can do that.']))
})
