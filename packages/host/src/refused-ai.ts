import type { AiService } from '@pluggram/sdk'

/** The AI service of a plugin that may not use it: every call ends in `refuse`, which throws. */
export function createRefusedAi(refuse: () => never): AiService {
  const refuseCall = async (): Promise<never> => refuse()
  return {
    model: refuseCall,
    models: refuseCall,
    choose: refuseCall,
    abilities: refuseCall,
    usage: refuseCall,
    streamText: refuse,
    generateText: refuseCall,
    generateObject: refuseCall,
    embed: refuseCall,
    transcribe: refuseCall,
    speak: refuseCall,
  }
}
