import { definePlugin } from '@pluggram/sdk'
import type { PluginDefinition } from '@pluggram/sdk'
import { APPROVALS_PLUGIN } from './approvals.ts'
import type { ApprovalDecider } from './decide-approval.ts'
import type { KnownAddresses } from './known-addresses.ts'

/** The plugin that handles the buttons of approvals, and nothing else. */
export function createApprovalsPlugin(decider: ApprovalDecider, known: KnownAddresses): PluginDefinition {
  return definePlugin({
    name: APPROVALS_PLUGIN,
    // matches no text, so that only its buttons reach this plugin
    patterns: [/(?!)/],
    setup: () => ({
      processMessage: (data, context) => (context.callback ? decider.press(data, context) : undefined),
      // a private chat has the id of its user
      forgetUser: async ({ id }) => void (await known.forget({ id })),
    }),
  })
}
