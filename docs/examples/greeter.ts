import { definePlugin, z } from '@pluggram/sdk'

export default definePlugin({
  name: 'greeter',
  description: 'Greets people by their name',
  config: z.object({
    greeting: z.string().default('Hello'),
    max_names: z.int().min(1).default(3),
  }),
  commands: {
    greet: {
      description: 'Greet somebody',
      usage: '/greet Ann, Bob',
      examples: ['say hello to Ann', 'greet my friend'],
      execute(args, { config, user }) {
        const names = args === '' ? [user.firstName] : args.split(',').map((name) => name.trim())
        if (names.length > config.max_names) {
          return { success: false, error: `At most ${config.max_names} names at once.` }
        }
        return { success: true, response: names.map((name) => `${config.greeting}, ${name}!`).join('\n') }
      },
    },
  },
})
