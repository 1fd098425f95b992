import type { PluginResult } from '@pluggram/sdk'
import type { StopOutcome } from './running-answers.ts'
import { TEXTS } from './texts.ts'

/** The reply to `/stop` and the button. The stopped answer itself says that it was stopped. */
export function stopResult(outcome: StopOutcome): PluginResult {
  switch (outcome) {
    case 'stopped':
      return { success: true, response: { reaction: '👌' } }
    case 'theirs':
      return { success: false, error: TEXTS.onlyPersonWhoAskedCan }
    case 'nothing':
      return { success: true, response: TEXTS.nothingStop }
  }
}
