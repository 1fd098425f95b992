/** What a pipeline has at this moment, and what it did since it started. */
export interface PipelineStats {
  /** Updates that wait or are being answered. */
  readonly pending: number
  readonly unsent: number
  readonly accepted: number
  readonly answered: number
  readonly failed: number
  /**
   * Updates from people who may not use the assistant, since the start. Blocked people are not
   * counted.
   */
  readonly turnedAway: number
  /** Updates parked since the start, see `MAX_TRIES`. */
  readonly parked: number
  /** Messages given up, since the start. */
  readonly undelivered: number
  /** Messages that may or may not have arrived, since the start. */
  readonly ambiguous: number
}
