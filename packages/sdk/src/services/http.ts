/** The way to other servers. Needs `permissions: { network: [hosts] }` and the owner's consent. */
export interface HttpService {
  /**
   * As the web's `fetch`, which inside a plugin process is this very function. The answer is read
   * whole before it is given (20 MiB at most, within 30 s unless `init.signal` says less). GET,
   * HEAD, PUT and DELETE are tried again when the server is overloaded or the connection breaks.
   * Answers whose headers allow it are kept and given again (`cache: 'no-store'` asks anew). One
   * host takes 1,000 requests at once and 200 a second, and is left alone for a while when it
   * failed five times in a row.
   * @throws PermissionError when the host was not granted, or leads to an address inside the
   * owner's network
   * @throws PluggramError `network-failed` when there is no answer
   * @throws LimitError `network-limited` when the host is asked too often, `network-open` when it
   * is left alone
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
}
