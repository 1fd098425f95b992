import { definePlugin } from '@pluggram/sdk'

export default definePlugin({
  name: 'issues',
  credentials: {
    github: { hosts: ['api.github.com'], reason: 'reads the issues of your repositories' },
  },
  commands: {
    issues: {
      description: 'Your open issues',
      role: 'owner',
      async execute(_args, { services, signal }) {
        // "authorization: Bearer …" is added on the way
        const response = await services.http.fetch('https://api.github.com/issues', { signal })
        const issues = (await response.json()) as readonly { title: string }[]
        return { success: true, response: issues.map(({ title }) => `• ${title}`).join('\n') || 'None.' }
      },
    },
  },
})
