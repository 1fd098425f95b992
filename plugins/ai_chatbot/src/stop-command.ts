import type { PluginResult } from '@pluggram/sdk'
import type { StopOutcome } from './running-answers.ts'

/** The reply to `/stop` and the button. The stopped answer itself says that it was stopped. */
export function stopResult(outcome: StopOutcome): PluginResult {
  switch (outcome) {
    case 'stopped':
      return { success: true, response: { reaction: '👌' } }
    case 'theirs':
      return { success: false, error: 'Only the person who asked can stop this answer.' }
    case 'nothing':
      return { success: true, response: 'There is nothing to stop.' }
  }
}
