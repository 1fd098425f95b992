import { definePlugin } from '@pluggram/sdk'
import type { PluginDefinition } from '@pluggram/sdk'
import { APPROVALS_PLUGIN } from './approvals.ts'
import type { AlwaysAllowed } from './always-allowed.ts'
import type { ApprovalDecider } from './decide-approval.ts'
import type { KnownAddresses } from './known-addresses.ts'
import type { WaitingTurns } from './waiting-turns.ts'

/** The plugin that handles the buttons of approvals, and nothing else. */
export function createApprovalsPlugin(
  decider: ApprovalDecider,
  {
    known,
    always,
    waiting,
  }: {
    readonly known: KnownAddresses
    readonly always: AlwaysAllowed
    readonly waiting: WaitingTurns
  },
): PluginDefinition {
  return definePlugin({
    name: APPROVALS_PLUGIN,
    // matches no text, so that only its buttons reach this plugin
    patterns: [/(?!)/],
    async setup() {
      await waiting.start()
      return {
        processMessage: (data, context) => (context.callback ? decider.press(data, context) : undefined),
        // a private chat has the id of its user
        async forgetUser({ id }) {
          await known.forget({ id })
          await always.forget(id)
        },
        cleanup: async () => waiting.stop(),
      }
    },
  })
}
