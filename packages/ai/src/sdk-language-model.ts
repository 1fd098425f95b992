import type { LanguageModel } from 'ai'

/** The interface every model implements, as the AI SDK of this version defines it. */
export type SdkLanguageModel = Extract<LanguageModel, { specificationVersion: 'v4' }>

export type CallOptions = Parameters<SdkLanguageModel['doStream']>[0]
export type StreamPart =
  Awaited<ReturnType<SdkLanguageModel['doStream']>>['stream'] extends ReadableStream<infer Part>
    ? Part
    : never
