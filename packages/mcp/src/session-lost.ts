/** Thrown when a server no longer knows our session. The call was not made. */
export class SessionLost extends Error {}
