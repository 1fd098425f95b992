import type { ApiClient } from '../api/api-client.ts'
import type { TranscriptMessage } from '../api/driver-types.ts'
import type { EventStreamHandlers } from '../api/event-stream.ts'
import type { FileUpload } from '../api/upload-file.ts'

/** The page's external dependencies, so that tests can replace them. */
export interface PlaygroundDoors {
  readonly api: ApiClient
  readonly uploadFile: (
    upload: FileUpload,
    onProgress: (fraction: number) => void,
  ) => Promise<TranscriptMessage>
  readonly openEventStream: (url: string, handlers: EventStreamHandlers) => () => void
  readonly now: () => number
  readonly languageCode: string
}
