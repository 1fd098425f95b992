/** A file uploaded with a call. */
export interface Upload {
  readonly bytes: Uint8Array
  readonly fileName: string
  readonly mimeType: string
}
