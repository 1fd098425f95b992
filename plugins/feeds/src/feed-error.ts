/** A message for a user about a feed that cannot be read. */
export class FeedError extends Error {}
