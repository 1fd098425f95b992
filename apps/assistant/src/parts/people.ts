import { createPeoplePlugin, knockPage, manyPage, PEOPLE_PLUGIN } from '@pluggram/access'
import { definePart } from '@pluggram/assembly'
import type { Reply } from '@pluggram/sdk'
import * as tokens from './tokens.ts'

/** Asks the owners who may use the assistant, and answers what waited for their decision. */
export const people = definePart({
  name: 'people',
  needs: {
    access: tokens.access,
    storage: tokens.storage,
    outgoing: tokens.outgoing,
    replay: tokens.replay,
    logger: tokens.logger,
  },
  start({ access, storage: { messages }, outgoing, replay, logger }, life) {
    life.add(tokens.ownPlugins, { name: PEOPLE_PLUGIN, definition: createPeoplePlugin(access) })

    async function askOwners(reply: Reply): Promise<void> {
      for (const id of access.rules.owners()) {
        const chat = { id, type: 'private' } as const
        const letter = { plugin: PEOPLE_PLUGIN, chat, replies: [reply], isBroadcast: false }
        const { sent } = await outgoing.post(letter)
        // an owner in config.json may never have written to the bot; the sender logs it
        sent.catch(() => {})
      }
    }

    async function answerHeld(): Promise<void> {
      for (const update of await messages.held()) {
        if (access.control.mayTalk(update)) await replay(update.updateId)
        else if (access.control.isIgnored(update)) await messages.drop(update.updateId)
      }
    }

    const inBackground = (what: string, work: () => Promise<void>): void =>
      void work().catch((error: unknown) => logger.warn(what, { err: error }))
    access.doorbell.onRing((visitor) =>
      inBackground('cannot tell the owner who wants to talk', () =>
        askOwners(visitor ? knockPage(visitor) : manyPage()),
      ),
    )
    const answerSoon = (): void => inBackground('cannot answer what waited for the owner', answerHeld)
    access.onChange(answerSoon)
    // config.json may have changed while the assistant was down
    life.onOpen(answerSoon)
  },
})
