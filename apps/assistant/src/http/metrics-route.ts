import type { FastifyInstance, FastifyRequest } from 'fastify'

export interface MetricsRouteOptions {
  /** The text and its type. */
  render(): Promise<{ readonly text: string; readonly type: string }>
  mayRead(request: FastifyRequest): Promise<boolean>
}

/** `GET /metrics` in the text format of Prometheus. */
export function registerMetricsRoute(
  server: FastifyInstance,
  { render, mayRead }: MetricsRouteOptions,
): void {
  server.get('/metrics', async (request, reply) => {
    if (!(await mayRead(request))) {
      return reply
        .code(401)
        .header('www-authenticate', 'Basic realm="Pluggram metrics"')
        .send({
          error: {
            code: 'login-required',
            message:
              'Metrics are for this machine and for the owner: log in, or send "Authorization: Bearer …" with PLUGGRAM_METRICS_TOKEN.',
          },
        })
    }
    const { text, type } = await render()
    return reply.type(type).send(text)
  })
}
