/** One turn of the conversation as the demo model sees it. */
export interface DemoTurn {
  readonly role: 'user' | 'assistant'
  readonly text: string
}
