import type { BubbleItem } from '../state/timeline.ts'

/** The props of a row and its bubble. */
export interface MessageRowProps extends Pick<
  BubbleItem,
  'message' | 'isMine' | 'startsGroup' | 'endsGroup' | 'delivery'
> {
  readonly pending: BubbleItem['pending']
  readonly preview: BubbleItem['preview']
  readonly stopId: BubbleItem['stopId']
  readonly isGroupChat: boolean
  readonly actorId: number | undefined
}
