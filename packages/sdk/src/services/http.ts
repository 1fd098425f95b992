/** Makes HTTP requests. Needs `permissions: { network: [hosts] }` and the owner's consent. */
export interface HttpService {
  /**
   * Works like the standard `fetch`; in a plugin process the global `fetch` is this function. The
   * whole response is read before the promise resolves: at most 20 MiB within 30 s, or less with
   * `init.signal`. GET, HEAD, PUT and DELETE are retried when the server is overloaded or the
   * connection breaks. Responses are cached if their headers allow it (`cache: 'no-store'` bypasses
   * the cache). A host gets at most 1,000 concurrent requests and 200 a second. After five failures
   * in a row, requests to it are refused for a while.
   * @throws PermissionError when the host was not granted, or leads to an address inside the
   * owner's network
   * @throws PluggramError `network-failed` when there is no response
   * @throws LimitError `network-limited` when the rate limit is exceeded, `network-open` while
   * requests to the host are refused
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
}
