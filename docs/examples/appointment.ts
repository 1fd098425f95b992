import { definePlugin, z } from '@pluggram/sdk'

const appointment = z.object({ what: z.string(), day: z.iso.date(), people: z.array(z.string()) })

export default definePlugin({
  name: 'appointment',
  permissions: { ai: true },
  commands: {
    appointment: {
      description: 'Read an appointment out of a text',
      async execute(args, context) {
        const { object } = await context.services.ai.generateObject({
          system: 'Read the appointment out of the text of the user.',
          messages: [{ role: 'user', content: args }],
          schema: appointment,
          for: context,
          signal: context.signal,
        })
        return { success: true, response: `${object.day}: ${object.what} with ${object.people.join(', ')}` }
      },
    },
  },
})
