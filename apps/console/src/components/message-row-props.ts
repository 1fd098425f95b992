import type { BubbleItem } from '../state/timeline.ts'

/** What a row and its bubble show. */
export interface MessageRowProps extends Pick<
  BubbleItem,
  'message' | 'isMine' | 'startsGroup' | 'endsGroup' | 'delivery'
> {
  readonly pending: BubbleItem['pending']
  readonly preview: BubbleItem['preview']
  readonly isGroupChat: boolean
  readonly actorId: number | undefined
}
