#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { createBotApiEmulator } from './create-bot-api-emulator.ts'
import type { BotApiEmulatorOptions } from './options.ts'

const HELP = `Usage: bot-api-emulator [options]

Runs a Bot API on this machine that Telegram libraries take for Telegram.

Options:
  --port NUMBER      port to listen on (default: a free one)
  --host ADDRESS     address to listen on (default: 127.0.0.1)
  --token TOKEN      the bot's token (default: a random one)
  --username NAME    the bot's username (default: emulated_bot)
  --name NAME        the bot's name (default: Emulated Bot)
  --group-privacy    show the bot only what is meant for it in groups
  --fetch-web-files  fetch files that the bot names by a web address
  --help             show this text

Chats are driven over HTTP under /emulator, faults injected at /emulator/faults and calls read at
/emulator/calls; the package's README lists the routes.
`

async function main(): Promise<void> {
  const options = readOptions()
  if (options === 'help') {
    process.stdout.write(HELP)
    return
  }
  const emulator = await createBotApiEmulator({
    ...options,
    logger: { debug: () => undefined, warn: (details, message) => console.warn(message, details) },
  })
  process.stdout.write(
    `Bot API: ${emulator.url}\nToken:   ${emulator.token}\nDriver:  ${emulator.url}/emulator\n`,
  )
  const stop = (): void => {
    emulator.close().catch(fail)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

function readOptions(): BotApiEmulatorOptions | 'help' {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      token: { type: 'string' },
      username: { type: 'string' },
      name: { type: 'string' },
      'group-privacy': { type: 'boolean' },
      'fetch-web-files': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const port = Number(values.port ?? '0')
  if (!/^\d+$/.test(values.port ?? '0') || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${values.port}".`)
  }
  if (values.username !== undefined && !/^[a-z]\w{3,31}$/i.test(values.username)) {
    throw new Error('--username must be 4 to 32 letters, digits and underscores, without an @.')
  }
  return {
    port,
    fetchWebFiles: values['fetch-web-files'] ?? false,
    ...(values.host !== undefined && { host: values.host }),
    ...(values.token !== undefined && { token: values.token }),
    bot: {
      groupPrivacy: values['group-privacy'] ?? false,
      ...(values.username !== undefined && { username: values.username }),
      ...(values.name !== undefined && { firstName: values.name }),
    },
  }
}

function fail(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reason = error instanceof Error ? error.message : String(error)
  const hint = code === 'EADDRINUSE' ? ' Another program uses that port; choose another with --port.' : ''
  process.stderr.write(`bot-api-emulator: ${reason}${hint}\nTry --help.\n`)
  process.exitCode = 1
}

main().catch(fail)
